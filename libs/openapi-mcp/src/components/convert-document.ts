import { buildResource, buildTemplate } from './build-resource.js';
import { buildTool, type ComponentContext, type ComponentParts } from './build-tool.js';
import { kindOf } from './component-kind.js';
import { nameComponents } from './component-names.js';
import type { Component } from './component.js';
import type { Conversion, ConversionOptions } from './conversion.js';
import { routeOperations, type RoutedOperation } from './route-operations.js';
import { DocumentSecurity } from './security.js';
import { entryServerUrl, serverUrl, type ServerUrl } from './server-url.js';
import { Diagnostics } from '../document/diagnostics.js';
import type { OpenApiDocument } from '../document/load-document.js';
import { References } from '../document/references.js';
import type { DocumentDefaults, Operation } from '../operations/operation.js';
import { documentDefaults } from '../operations/document-defaults.js';
import { readOperations } from '../operations/read-operations.js';
import { OutputSchemas } from '../schemas/output-schemas.js';
import { ToolSchemas } from '../schemas/tool-schemas.js';

/** Document → representation → components (openapi-to-mcp.md). Schemas of operations that are left out are not read. */
export function convertDocument(document: OpenApiDocument, options: ConversionOptions): Conversion {
  const diagnostics = new Diagnostics();
  const converted = convertInto(document, options, diagnostics);
  if (!converted.ok) return converted;
  const { components, operations } = converted;
  return { ok: true, components, operationCount: operations.length, diagnostics: diagnostics.list() };
}

export type Converted = { ok: true; components: Component[]; operations: Operation[] } | (Conversion & { ok: false });

/** The same with all operations that were read; what there is to say goes into `diagnostics`. */
export function convertInto(
  document: OpenApiDocument,
  options: ConversionOptions,
  diagnostics: Diagnostics,
): Converted {
  const references = new References(document.root, diagnostics, document.externals);
  const ignoresSiblingsOfReferences = document.version < '3.1';
  const schemas = new ToolSchemas(references, diagnostics, ignoresSiblingsOfReferences, options.schema_refs);
  const outputs = new OutputSchemas(references, diagnostics, { ...options, ignoresSiblingsOfReferences });
  const defaults = documentDefaults(document, references, options.documentUrl);
  const all = readOperations(document, references, diagnostics);
  reportUnusedNames(options.mcp_names ?? {}, all, diagnostics);
  const routed = routeOperations(all, options, diagnostics);

  const reachable = withServers(routed, defaults, options, diagnostics);
  if (!reachable.ok) return reachable;
  const security = new DocumentSecurity(defaults, all, options.auth, references, diagnostics);
  const candidates = reachable.operations.map(({ routed: one, url }) => {
    const credentials = security.credentialsFor(one.operation);
    return { ...kindOf(one, credentials, diagnostics), serverUrl: url, credentials, tags: one.tags };
  });
  const names = nameComponents(
    candidates.map(({ kind, operation }) => ({ namespace: namespaceOf(kind, operation), operation })),
    options.mcp_names ?? {},
  );
  const context: ComponentContext = {
    references,
    schemas,
    outputs,
    changes: options.mcp_component_fn,
    diagnostics,
  };
  let toolCount = 0;
  const components = candidates.flatMap(({ kind, ...rest }, index) => {
    if (kind === 'tool') toolCount += 1;
    if (kind === 'tool' && options.max_tools !== undefined && toolCount > options.max_tools) {
      diagnostics.add('warning', rest.operation.pointer, 'too_many_tools', 'Beyond max_tools; left out.');
      return [];
    }
    return [build(kind, { ...rest, name: names[index] ?? '' }, context)];
  });
  if (components.length === 0) diagnostics.add('warning', '/paths', 'no_tools', 'No operation became a component.');
  return { ok: true, components, operations: all };
}

function reportUnusedNames(
  names: Readonly<Record<string, string>>,
  operations: readonly Operation[],
  diagnostics: Diagnostics,
): void {
  const known = new Set(operations.map(({ operationId }) => operationId));
  for (const operationId of Object.keys(names).filter((id) => !known.has(id))) {
    const message = `mcp_names has a name for "${operationId}", which is no operationId of the document.`;
    diagnostics.add('warning', '/paths', 'name_unused', message);
  }
}

function build(kind: Component['kind'], parts: ComponentParts, context: ComponentContext): Component {
  switch (kind) {
    case 'tool':
      return buildTool(parts, context);
    case 'resource':
      return buildResource(parts, context);
    case 'template':
      return buildTemplate(parts, context);
  }
}

/** A template whose variables are all in the query has a resource's address when none is given. */
function namespaceOf(kind: Component['kind'], { parameters }: Operation): string {
  return kind === 'template' && !parameters.some(({ place }) => place === 'path') ? 'resource' : kind;
}

type Reachable = { ok: true; operations: { routed: RoutedOperation; url: string }[] } | (ServerUrl & { ok: false });

/** The server of each operation; one without is left out, and the document refused only where none has any. */
function withServers(
  routed: readonly RoutedOperation[],
  defaults: DocumentDefaults,
  options: ConversionOptions,
  diagnostics: Diagnostics,
): Reachable {
  // A document without an address of its own is taken to be where its API is.
  const base = options.documentUrl ?? options.base_url;
  const servers = {
    ...(base === undefined ? {} : { documentUrl: base }),
    variables: options.server_variables,
  };
  const root = options.base_url === undefined ? serverUrl(defaults.servers, servers) : entryServerUrl(options.base_url);
  const found = routed.map((one) => ({
    routed: one,
    server: one.operation.servers.length > 0 ? serverUrl(one.operation.servers, servers) : root,
  }));
  const operations = found.flatMap(({ routed: one, server }) => (server.ok ? [{ routed: one, url: server.url }] : []));
  if (!root.ok && (root.isByEntry || operations.length === 0) && routed.length > 0) return root;
  for (const { routed: one, server } of found) {
    if (server.ok) continue;
    const message = `${server.message} The operation is left out.`;
    diagnostics.add('error', one.operation.pointer, 'server_invalid', message);
  }
  return { ok: true, operations };
}
