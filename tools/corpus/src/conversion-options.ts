import type { ConversionOptions } from '@mcp-hub/openapi-mcp';

/** An entry that says nothing but where its API is: what a newcomer publishes. */
export function conversionOptions(baseUrl = 'http://127.0.0.1:1/base'): ConversionOptions {
  return {
    base_url: baseUrl,
    server_variables: {},
    route_maps: [],
    output_schemas: 'lenient',
    schema_refs: 'keep',
    exclude_deprecated: false,
  };
}
