import { isObject, own, ownArray, ownObject, ownString, strings, type JsonObject } from '../document/json.js';
import type { OpenApiDocument } from '../document/load-document.js';
import type { References } from '../document/references.js';
import type { DocumentDefaults } from './operation.js';
import { swaggerSecuritySchemes } from './swagger-security.js';

/**
 * What a document says for all of its operations: servers, security, security schemes.
 *
 * @param references to follow where whole sections stand in other places; without them such sections are empty
 * @param documentUrl where the document was read: a Swagger 2.0 document without schemes has that one's
 */
export function documentDefaults(
  document: OpenApiDocument,
  references?: References,
  documentUrl?: string,
): DocumentDefaults {
  const { root, version } = document;
  const security = securityOf(root);
  const section = (node: JsonObject, key: string, pointer: string): JsonObject => {
    const value = own(node, key);
    const isReference = isObject(value) && typeof own(value, '$ref') === 'string';
    return (isReference ? references?.followObject(value, pointer)?.value : ownObject(node, key)) ?? {};
  };
  const components = section(root, 'components', '/components');
  const securitySchemes = section(components, 'securitySchemes', '/components/securitySchemes');
  const definitions = section(root, 'securityDefinitions', '/securityDefinitions');
  const servers = serversOf(root);
  return {
    servers: version === '2.0' && servers.length === 0 ? swaggerServers(root, documentUrl) : servers,
    ...(security ? { security } : {}),
    securitySchemes: { ...swaggerSecuritySchemes(definitions), ...securitySchemes },
  };
}

/** The servers of a document, path or operation; one that is only a URL counts too. */
export function serversOf(node: JsonObject): unknown[] {
  const value = own(node, 'servers');
  const servers = isObject(value) || typeof value === 'string' ? [value] : ownArray(node, 'servers');
  return servers.map((server) => (typeof server === 'string' ? { url: server } : server)).filter(isObject);
}

/** @returns undefined where nothing is said, so that what is around it counts */
export function securityOf(node: JsonObject): unknown[] | undefined {
  const value = own(node, 'security');
  if (Array.isArray(value)) return value as unknown[];
  return isObject(value) ? [value] : undefined;
}

/** Swagger 2.0's `host`, `basePath` and `schemes`: https where there is a choice; relative without a host. */
function swaggerServers(root: JsonObject, documentUrl: string | undefined): unknown[] {
  // Some write a whole URL into it.
  const [, givenScheme, host = ''] =
    /^(?:(https?):)?(?:\/\/)?([^/]*)/i.exec(ownString(root, 'host')?.trim() ?? '') ?? [];
  const path = ownString(root, 'basePath')?.trim() ?? '/';
  const basePath = path.startsWith('/') ? path : `/${path}`;
  if (host === '') return [{ url: basePath }];
  const own = strings(ownArray(root, 'schemes')).map((scheme) => scheme.toLowerCase());
  const ofDocument = documentUrl === undefined ? undefined : /^(https?):/i.exec(documentUrl)?.[1]?.toLowerCase();
  const scheme =
    ['https', 'http'].find((candidate) => own.includes(candidate)) ??
    givenScheme?.toLowerCase() ??
    ofDocument ??
    'https';
  return [{ url: `${scheme}://${host}${basePath}` }];
}
