import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, ownArray, ownString, pointerTo, type JsonObject } from '../document/json.js';
import type { OpenApiDocument } from '../document/load-document.js';
import type { References } from '../document/references.js';
import { securityOf, serversOf } from './document-defaults.js';
import type { Operation } from './operation.js';
import { readPathItem, type FoundOperation, type PathItem } from './path-item.js';
import { splitTemplate } from './path-template.js';
import { mediaTypes, mediaTypesOf, type ReadContext } from './read-context.js';
import { readParameters } from './read-parameters.js';
import { readRequestBody } from './read-request-body.js';
import { readResponses } from './read-response.js';
import { swaggerBody } from './swagger-body.js';

/** Far beyond what is real. Each thing that is said of an operation repeats its path. */
const maxPathLength = 4096;

/**
 * Every operation of a document, in its order (openapi-to-mcp.md, section 1). What is broken costs one operation or
 * one parameter and leaves a diagnostic; webhooks and callbacks are no operations of the server.
 */
export function readOperations(
  document: OpenApiDocument,
  references: References,
  diagnostics: Diagnostics,
): Operation[] {
  const { root, version, cycles = [] } = document;
  const context: ReadContext = {
    references,
    diagnostics,
    isSwagger: version === '2.0',
    consumes: mediaTypes(ownArray(root, 'consumes')),
    produces: mediaTypes(ownArray(root, 'produces')),
  };
  for (const pointer of cycles) {
    diagnostics.add('info', pointer, 'document_cycle', 'The value contains itself; it is read as a reference to it.');
  }
  const webhooks = own(root, 'webhooks');
  if (isObject(webhooks) && Object.keys(webhooks).length > 0) {
    diagnostics.add('info', '/webhooks', 'webhooks_ignored', 'Webhooks are not called; they become nothing.');
  }
  const paths = references.followObjectOrNone(own(root, 'paths'), '/paths');
  return Object.entries(paths?.value ?? {}).flatMap(([key, node]) => {
    const pointer = pointerTo(paths?.pointer ?? '', key);
    const path = pathOf(key, pointer, paths?.value ?? {}, diagnostics);
    const item = path === undefined ? undefined : readPathItem(path, node, pointer, context);
    return item?.operations.map((found) => readOperation(found, item, context)) ?? [];
  });
}

/** @returns undefined for what is no path; `x-…` silently, since that is nobody's mistake */
function pathOf(key: string, pointer: string, paths: JsonObject, diagnostics: Diagnostics): string | undefined {
  if (key.length > maxPathLength) {
    diagnostics.add('warning', pointer, 'path_invalid', 'No server takes a path of this length; it is left out.');
    return undefined;
  }
  if (key.startsWith('/')) return key;
  if (key.startsWith('x-')) return undefined;
  const repaired = `/${key}`;
  if (key === '' || /^[a-z][a-z0-9+.-]*:/i.test(key) || key.startsWith('$') || Object.hasOwn(paths, repaired)) {
    diagnostics.add('warning', pointer, 'path_invalid', 'A path begins with "/"; it is left out.');
    return undefined;
  }
  diagnostics.add('info', pointer, 'path_repaired', `A path begins with "/"; it is read as ${repaired.slice(0, 200)}.`);
  return repaired;
}

function readOperation({ method, node, pointer }: FoundOperation, item: PathItem, context: ReadContext): Operation {
  const parametersPointer = pointerTo(pointer, 'parameters');
  const { parameters, bodyParameters } = readParameters(
    item.path,
    [...item.parameters, { value: own(node, 'parameters'), pointer: parametersPointer }],
    context,
  );
  const body =
    readRequestBody(own(node, 'requestBody'), pointerTo(pointer, 'requestBody'), context) ??
    swaggerBody(bodyParameters, mediaTypesOf(node, 'consumes', context), parametersPointer, context);
  const { template } = splitTemplate(item.path);
  const operationId = ownString(node, 'operationId');
  // The path's own texts are about all of its methods: good enough to describe one of them, not to name it.
  const summary = ownString(node, 'summary');
  const description = ownString(node, 'description') ?? summary ?? item.description ?? item.summary;
  const servers = serversOf(node);
  const security = securityOf(node);
  return {
    pointer,
    method,
    path: item.path,
    ...(template === item.path ? {} : { template }),
    ...(operationId === undefined ? {} : { operationId }),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    tags: tagsOf(node),
    isDeprecated: own(node, 'deprecated') === true,
    parameters,
    ...(body ? { body } : {}),
    ...readResponses(node, pointer, context),
    servers: servers.length > 0 ? servers : item.servers,
    ...(security ? { security } : {}),
  };
}

/** By name; some write the whole Tag Object. */
function tagsOf(node: JsonObject): string[] {
  const names = ownArray(node, 'tags').map((tag) => (isObject(tag) ? own(tag, 'name') : tag));
  return names.flatMap((name) => (typeof name === 'string' || typeof name === 'number' ? [String(name)] : []));
}
