import type { OpenApiConfig, ServerEntry } from '@mcp-hub/domain';
import { aServerEntry } from './builders.js';

/** An entry that the openapi loader takes: its document is at a URL, unless `config` tells otherwise. */
export function anOpenApiEntry(
  overrides: Partial<ServerEntry> = {},
  config: Partial<OpenApiConfig> = { url: 'https://api.example/openapi.json' },
): ServerEntry {
  return aServerEntry({
    openapi_config: {
      timeout: 30,
      route_maps: [],
      headers: {},
      server_variables: {},
      output_schemas: 'lenient',
      schema_refs: 'keep',
      external_refs: false,
      exclude_deprecated: false,
      ...config,
    },
    ...overrides,
  });
}
