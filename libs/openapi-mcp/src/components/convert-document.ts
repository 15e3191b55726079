import { buildTool } from './build-tool.js';
import type { Conversion, ConversionOptions } from './conversion.js';
import { Diagnostics } from '../document/diagnostics.js';
import type { OpenApiDocument } from '../document/load-document.js';
import { documentDefaults, readOperations } from '../operations/read-operations.js';
import { References } from '../document/references.js';
import { credentialsFor } from './security.js';
import { selectOperations } from './select-operations.js';
import { absolute, serverUrl, type ServerUrl } from './server-url.js';
import { nameTools } from './tool-names.js';
import { ToolSchemas } from '../schemas/tool-schemas.js';

/** Document → representation → components (openapi-to-mcp.md). */
export function convertDocument(document: OpenApiDocument, options: ConversionOptions): Conversion {
  const diagnostics = new Diagnostics();
  const references = new References(document.root, diagnostics);
  const schemas = new ToolSchemas(references, diagnostics, document.version === '3.0');
  const defaults = documentDefaults(document);
  const all = readOperations(document, references, diagnostics);
  const found = selectOperations(all, options, diagnostics);
  const operations = found.slice(0, options.max_tools);
  for (const { pointer } of found.slice(operations.length)) {
    diagnostics.add('warning', pointer, 'too_many_tools', 'Beyond max_tools; left out.');
  }

  const servers = {
    ...(options.documentUrl === undefined ? {} : { documentUrl: options.documentUrl }),
    variables: options.server_variables,
  };
  const rootServer: ServerUrl =
    options.base_url === undefined ? serverUrl(defaults.servers, servers) : absolute(options.base_url, undefined);
  if (!rootServer.ok && operations.some((operation) => operation.servers.length === 0)) return rootServer;

  const names = nameTools(operations, options.mcp_names ?? {});
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
  return { ok: true, components: tools, operationCount: all.length, diagnostics: diagnostics.list() };
}
