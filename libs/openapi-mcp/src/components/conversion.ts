import type { AuthConfig, OpenApiConfig } from '@mcp-hub/domain';
import type { Diagnostic } from '../document/diagnostics.js';
import type { Component } from './component.js';

/** What an entry says about the conversion: `openapi_config` (hub-api.md, section 1) without where its document is. */
export interface ConversionOptions extends Pick<
  OpenApiConfig,
  | 'base_url'
  | 'server_variables'
  | 'route_maps'
  | 'route_map_fn'
  | 'mcp_names'
  | 'mcp_component_fn'
  | 'output_schemas'
  | 'schema_refs'
  | 'exclude_deprecated'
  | 'max_tools'
> {
  /** Where the document was read, after redirects; none for a file or an inline document. */
  documentUrl?: string;
  auth?: AuthConfig;
}

export type Conversion =
  /** Every operation of the document is one of the components or named in a diagnostic. */
  | { ok: true; components: Component[]; operationCount: number; diagnostics: Diagnostic[] }
  /** The API can't be called at all; `message` says what to set. */
  | { ok: false; message: string };
