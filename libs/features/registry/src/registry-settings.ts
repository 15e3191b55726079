import type { EndpointOf } from './present-server.js';

/** What the registry's handlers need of the configuration. */
export class RegistrySettings {
  constructor(
    readonly hub: { name: string; version: string; environment: string },
    readonly loadTimeoutMs: number,
    readonly endpointOf: EndpointOf,
  ) {}
}
