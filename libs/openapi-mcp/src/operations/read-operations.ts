import type { Diagnostics } from '../document/diagnostics.js';
import {
  isObject,
  own,
  ownArray,
  ownObject,
  ownString,
  pointerTo,
  strings,
  type JsonObject,
} from '../document/json.js';
import type { OpenApiDocument } from '../document/load-document.js';
import type { DocumentDefaults, Operation } from './operation.js';
import { readParameters } from './read-parameters.js';
import { readRequestBody } from './read-request-body.js';
import type { References } from '../document/references.js';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

/**
 * Every operation of a document, in its order (openapi-to-mcp.md, section 1). What is broken costs one operation or
 * one parameter and leaves a diagnostic; webhooks and callbacks are no operations of the server.
 */
export function readOperations(
  document: OpenApiDocument,
  references: References,
  diagnostics: Diagnostics,
): Operation[] {
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(ownObject(document.root, 'paths'))) {
    const pointer = pointerTo('', 'paths', path);
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) {
      diagnostics.add('warning', pointer, 'path_invalid', 'A path begins with "/"; it is left out.');
      continue;
    }
    const located = references.followObject(item, pointer);
    if (!located) continue;
    const seen = new Set<string>();
    for (const { method, node, at } of operationsOf(located.value, located.pointer)) {
      if (seen.has(method)) continue;
      seen.add(method);
      const operation = readOperation({ method, node, at, path }, located, references, diagnostics);
      if (operation) operations.push(operation);
    }
  }
  return operations;
}

export function documentDefaults(document: OpenApiDocument): DocumentDefaults {
  const security = own(document.root, 'security');
  return {
    servers: ownArray(document.root, 'servers'),
    ...(Array.isArray(security) ? { security: security as unknown[] } : {}),
    securitySchemes: ownObject(ownObject(document.root, 'components'), 'securitySchemes'),
  };
}

interface Found {
  method: string;
  node: unknown;
  at: string;
}

function operationsOf(item: JsonObject, pointer: string): Found[] {
  const named = Object.entries(item)
    .filter(([key]) => methods.some((method) => method === key))
    .map(([key, node]) => ({
      method: key.toUpperCase(),
      node,
      at: pointerTo(pointer, key),
    }));
  // OpenAPI 3.2.
  const additional = Object.entries(ownObject(item, 'additionalOperations'))
    .filter(([key]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key))
    .map(([key, node]) => ({
      method: key.toUpperCase(),
      node,
      at: pointerTo(pointer, 'additionalOperations', key),
    }));
  return [...named, ...additional];
}

function readOperation(
  found: Found & { path: string },
  item: { value: JsonObject; pointer: string },
  references: References,
  diagnostics: Diagnostics,
): Operation | undefined {
  const { node, at: pointer } = found;
  if (!isObject(node)) {
    diagnostics.add('error', pointer, 'operation_invalid', 'The operation is not an object; it is left out.');
    return undefined;
  }
  const body = readRequestBody(own(node, 'requestBody'), pointerTo(pointer, 'requestBody'), references);
  const operationId = ownString(node, 'operationId');
  const summary = ownString(node, 'summary') ?? ownString(item.value, 'summary');
  const description = ownString(node, 'description') ?? ownString(item.value, 'description');
  const ownServers = ownArray(node, 'servers');
  const security = own(node, 'security');
  return {
    pointer,
    method: found.method,
    path: found.path,
    ...(operationId === undefined ? {} : { operationId }),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    tags: strings(ownArray(node, 'tags')),
    isDeprecated: own(node, 'deprecated') === true,
    parameters: readParameters(
      found.path,
      [
        {
          items: ownArray(item.value, 'parameters'),
          pointer: pointerTo(item.pointer, 'parameters'),
        },
        {
          items: ownArray(node, 'parameters'),
          pointer: pointerTo(pointer, 'parameters'),
        },
      ],
      references,
      diagnostics,
    ),
    ...(body ? { body } : {}),
    responseTypes: responseTypes(node, pointer, references),
    servers: ownServers.length > 0 ? ownServers : ownArray(item.value, 'servers'),
    ...(Array.isArray(security) ? { security: security as unknown[] } : {}),
  };
}

function responseTypes(node: JsonObject, pointer: string, references: References): string[] {
  const types = Object.entries(ownObject(node, 'responses')).flatMap(([status, response]) => {
    if (!/^(2\d\d|2xx|default)$/i.test(status)) return [];
    const located = references.followObject(response, pointerTo(pointer, 'responses', status));
    return located ? Object.keys(ownObject(located.value, 'content')) : [];
  });
  return [...new Set(types)];
}
