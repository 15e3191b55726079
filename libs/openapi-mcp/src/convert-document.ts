import type { AuthConfig, RouteMap } from '@mcp-hub/domain';
import { buildTool } from './build-tool.js';
import type { ToolComponent } from './component.js';
import { Diagnostics, type Diagnostic } from './diagnostics.js';
import type { OpenApiDocument } from './load-document.js';
import { documentDefaults, readOperations } from './read-operations.js';
import { References } from './references.js';
import { credentialsFor } from './security.js';
import { selectOperations } from './select-operations.js';
import { absolute, serverUrl, type ServerUrl } from './server-url.js';
import { nameTools } from './tool-names.js';
import { ToolSchemas } from './tool-schemas.js';

/** What an entry says about the conversion; the names are those of `openapi_config` (hub-api.md, section 1). */
export interface ConversionOptions {
  /** Where the document was read, after redirects; none for a file or an inline document. */
  documentUrl?: string;
  baseUrl?: string;
  serverVariables: Readonly<Record<string, string>>;
  auth?: AuthConfig;
  routeMaps: readonly RouteMap[];
  names: Readonly<Record<string, string>>;
  excludeDeprecated: boolean;
  maxTools?: number;
}

export type Conversion =
  | { ok: true; tools: ToolComponent[]; diagnostics: Diagnostic[] }
  /** The API can't be called at all; `message` says what to set. */
  | { ok: false; message: string };

/** Document → representation → components (openapi-to-mcp.md). */
export function convertDocument(document: OpenApiDocument, options: ConversionOptions): Conversion {
  const diagnostics = new Diagnostics();
  const references = new References(document.root, diagnostics);
  const schemas = new ToolSchemas(references, diagnostics, document.version === '3.0');
  const defaults = documentDefaults(document);
  const found = selectOperations(readOperations(document, references, diagnostics), options, diagnostics);
  const operations = found.slice(0, options.maxTools);
  for (const { pointer } of found.slice(operations.length)) {
    diagnostics.add('warning', pointer, 'too_many_tools', 'Beyond max_tools; left out.');
  }

  const servers = {
    ...(options.documentUrl === undefined ? {} : { documentUrl: options.documentUrl }),
    variables: options.serverVariables,
  };
  const rootServer: ServerUrl =
    options.baseUrl === undefined ? serverUrl(defaults.servers, servers) : absolute(options.baseUrl, undefined);
  if (!rootServer.ok && operations.some((operation) => operation.servers.length === 0)) return rootServer;

  const names = nameTools(operations, options.names);
  const tools = operations.flatMap((operation, index) => {
    const server = operation.servers.length > 0 ? serverUrl(operation.servers, servers) : rootServer;
    if (!server.ok) {
      diagnostics.add('error', operation.pointer, 'server_invalid', `${server.message} The operation is left out.`);
      return [];
    }
    const credentials = credentialsFor(operation, defaults, options.auth, references, diagnostics);
    return [
      buildTool(
        {
          name: names[index] ?? '',
          operation,
          serverUrl: server.url,
          credentials,
        },
        references,
        schemas,
      ),
    ];
  });
  if (tools.length === 0) diagnostics.add('warning', '/paths', 'no_tools', 'No operation became a tool.');
  return { ok: true, tools, diagnostics: diagnostics.list() };
}
