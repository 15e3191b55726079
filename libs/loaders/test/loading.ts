import type { LoadContext, LoadRequest, McpCallContext } from '@mcp-hub/application';
import { LoadFailed, type EgressPolicy, type OpenApiConfig, type ServerEntry } from '@mcp-hub/domain';

export const localPolicy: EgressPolicy = {
  allowPrivateNetworks: false,
  allowLoopback: true,
  allowHosts: [],
  denyHosts: [],
};
export const strictPolicy: EgressPolicy = { ...localPolicy, allowLoopback: false };

export function aServerEntry(part: Partial<ServerEntry> = {}): ServerEntry {
  return {
    id: 'sample',
    name: 'Sample',
    description: '',
    version_detail: { version: '1.0.0', release_date: '2026-01-01T00:00:00Z', is_latest: true },
    packages: [],
    remotes: [],
    tags: [],
    enabled: true,
    activation: 'eager',
    replicas: 1,
    session_recovery: 'transparent',
    isolation: 'shared',
    forward_headers: [],
    ...part,
  };
}

export function anOpenApiConfig(part: Partial<OpenApiConfig> = {}): OpenApiConfig {
  return {
    timeout: 5,
    route_maps: [],
    headers: {},
    server_variables: {},
    output_schemas: 'lenient',
    schema_refs: 'keep',
    external_refs: false,
    exclude_deprecated: false,
    ...part,
  };
}

export function aLoadRequest(entry: Partial<ServerEntry>, spec?: unknown): LoadRequest {
  const text = typeof spec === 'string' ? spec : JSON.stringify(spec);
  return {
    entry: aServerEntry(entry),
    generation: 1,
    ...(spec === undefined ? {} : { spec: new TextEncoder().encode(text) }),
  };
}

export function aLoadContext(signal = new AbortController().signal): LoadContext & { lines: string[] } {
  const lines: string[] = [];
  return { signal, lines, log: (_, text) => lines.push(text) };
}

export function aCallContext(part: Partial<McpCallContext> = {}): McpCallContext {
  return {
    callId: 'call-1',
    signal: new AbortController().signal,
    caller: { id: 'anonymous' },
    clientCapabilities: {},
    forwardedHeaders: {},
    onNotification: () => undefined,
    ...part,
  };
}

/** @returns the failure that the work ends with */
export async function failureOf(work: Promise<unknown>): Promise<LoadFailed> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LoadFailed) return error;
    throw error;
  }
  throw new Error('It was expected to fail.');
}
