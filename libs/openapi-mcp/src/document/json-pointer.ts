import { isObject, own } from './json.js';

/** @returns undefined where the text is no JSON pointer but an anchor */
export function pointerTokens(fragment: string): string[] | undefined {
  if (fragment === '') return [];
  if (!fragment.startsWith('/')) return undefined;
  return fragment.slice(1).split('/');
}

/** One token as its author may have meant it: percent-encoded or not. */
export function decodedTokens(token: string): string[] {
  const plain = token.replaceAll('~1', '/').replaceAll('~0', '~');
  if (!token.includes('%')) return [plain];
  try {
    return [decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'), plain];
  } catch (error) {
    // A bare percent sign.
    if (error instanceof URIError) return [plain];
    throw error;
  }
}

/** The member that a token names, own members only. */
export function member(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(token) ? (value as unknown[])[Number(token)] : undefined;
  return isObject(value) ? own(value, token) : undefined;
}

/** Several documents are told apart by the URL that stands before the pointer; the document itself has none. */
export function splitPointer(pointer: string): { url: string; path: string } {
  const hash = pointer === '' || pointer.startsWith('/') ? -1 : pointer.indexOf('#');
  return hash < 0 ? { url: '', path: pointer } : { url: pointer.slice(0, hash), path: pointer.slice(hash + 1) };
}

export function pointerIn(url: string, path: string): string {
  return url === '' ? path : `${url}#${path}`;
}

/** The pointers of what contains a node, the nearest one first; without the whole document. */
export function* ancestorsOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
}
