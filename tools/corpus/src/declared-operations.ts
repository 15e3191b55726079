import { isObject, type JsonObject } from './walk-schema.js';

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace', 'query'];

/**
 * The pointers of all operations of a document, counted apart from the converter: so that none is lost unseen.
 * Of a path item that is a reference within the document, where that leads.
 */
export function declaredOperations(root: JsonObject): string[] {
  const paths = isObject(root.paths) ? root.paths : {};
  return Object.entries(paths).flatMap(([path, item]) => {
    if (!path.startsWith('/') || !isObject(item)) return [];
    const reference = typeof item.$ref === 'string' && item.$ref.startsWith('#/') ? item.$ref.slice(1) : undefined;
    const target = reference === undefined ? item : lookUp(root, reference);
    const pointer = reference ?? `/paths/${escaped(path)}`;
    if (!isObject(target)) return [];
    return methods.filter((method) => isObject(target[method])).map((method) => `${pointer}/${method}`);
  });
}

function lookUp(root: JsonObject, pointer: string): unknown {
  return pointer
    .slice(1)
    .split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, token) => (isObject(node) ? node[token] : undefined), root);
}

function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
