export { RegistryModule, type RegistryModuleOptions } from './registry.module.js';
export { RegistryRuntime } from './registry-runtime.js';
export type { EndpointOf } from './present-server.js';
