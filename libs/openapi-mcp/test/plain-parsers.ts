/**
 * What a server makes of a request, written from the specifications and not from the code that builds it: for each style
 * the shortest parser that follows its table, given the kind of value that the server's schema expects.
 */
export type Kind = 'scalar' | 'list' | 'object';
export type Parsed = string | string[] | [key: string, text: string][];
/** A deep object: its members, in their order. */
export type Tree = [key: string, value: string | Tree][];

const decode = decodeURIComponent;

export function parsePathSegment(
  segment: string,
  name: string,
  style: string,
  isExploded: boolean,
  kind: Kind,
): Parsed {
  if (style === 'matrix') return parseMatrix(segment, name, isExploded, kind);
  const text = style === 'label' ? withoutPrefix(segment, '.') : segment;
  const delimiter = style === 'label' && isExploded ? '.' : ',';
  if (kind === 'scalar') return decode(text);
  const pieces = text.split(delimiter);
  if (kind === 'list') return pieces.map(decode);
  return isExploded ? pieces.map(keyAndValue) : pairsOf(pieces.map(decode));
}

function parseMatrix(segment: string, name: string, isExploded: boolean, kind: Kind): Parsed {
  const pairs = withoutPrefix(segment, ';').split(';').map(keyAndValue);
  if (kind === 'object' && isExploded) return pairs;
  for (const [key] of pairs) if (key !== name) throw new Error(`"${key}" where "${name}" was to be`);
  if (kind === 'list' && isExploded) return pairs.map(([, text]) => text);
  const value = withoutPrefix(segment, `;${segment.slice(1).split('=')[0] ?? ''}`).replace(/^=/, '');
  if (kind === 'scalar') return decode(value);
  return kind === 'list' ? value.split(',').map(decode) : pairsOf(value.split(',').map(decode));
}

/** @param pairs the parameters of the query, encoded, that belong to this parameter */
export function parseQuery(pairs: string[], name: string, style: string, isExploded: boolean, kind: Kind): Parsed {
  const decoded = [...new URLSearchParams(pairs.join('&'))];
  if (kind === 'object' && isExploded) return decoded;
  for (const [key] of decoded) if (key !== name) throw new Error(`"${key}" where "${name}" was to be`);
  if (kind === 'list' && isExploded) return decoded.map(([, text]) => text);
  if (decoded.length !== 1) throw new Error(`${decoded.length} values where one was to be`);
  if (kind === 'scalar') return decoded[0]?.[1] ?? '';
  const delimiter = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' }[style];
  const raw = (pairs[0] ?? '').slice((pairs[0] ?? '').indexOf('=') + 1);
  const pieces = delimiter === undefined ? raw.split(',').map(decode) : decode(raw).split(delimiter);
  return kind === 'list' ? pieces : pairsOf(pieces);
}

/** `name[a][0]=x`, as the query-string parsers of the common frameworks read it. */
export function parseDeepObject(pairs: string[], name: string): Tree {
  const tree: Tree = [];
  for (const [key, text] of new URLSearchParams(pairs.join('&'))) {
    const path = [...withoutPrefix(key, name).matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '');
    if (`${name}${path.map((step) => `[${step}]`).join('')}` !== key) throw new Error(`"${key}" is no deep key`);
    let node = tree;
    path.forEach((step, index) => {
      const known = node.find(([one]) => one === step)?.[1];
      if (index === path.length - 1) {
        if (known !== undefined) throw new Error(`"${key}" twice`);
        node.push([step, text]);
      } else if (known === undefined) {
        const inner: Tree = [];
        node.push([step, inner]);
        node = inner;
      } else if (typeof known === 'string') throw new Error(`"${key}" inside of text`);
      else node = known;
    });
  }
  return tree;
}

export function parseHeader(text: string, isExploded: boolean, kind: Kind): Parsed {
  if (kind === 'scalar') return text;
  const pieces = text.split(',');
  if (kind === 'list') return pieces;
  return isExploded ? pieces.map((piece) => split(piece, '=')) : pairsOf(pieces);
}

/** RFC 6265, section 5.4, seen from the server: names and values of a `Cookie` header. */
export function parseCookies(header: string): [name: string, value: string][] {
  return header.split('; ').map((pair) => split(pair, '='));
}

export function parseCookieValue(value: string, isEncoded: boolean, kind: Kind): Parsed {
  const text = isEncoded ? decode : (piece: string) => piece;
  if (kind === 'scalar') return text(value);
  const pieces = value.split(',').map(text);
  return kind === 'list' ? pieces : pairsOf(pieces);
}

function keyAndValue(text: string): [string, string] {
  const [key, value] = split(text, '=');
  return [decode(key), decode(value)];
}

function pairsOf(pieces: string[]): [string, string][] {
  if (pieces.length % 2 !== 0) throw new Error('a key without its value');
  return pieces.flatMap((piece, index): [string, string][] =>
    index % 2 === 0 ? [[piece, pieces[index + 1] ?? '']] : [],
  );
}

function split(text: string, delimiter: string): [string, string] {
  const at = text.indexOf(delimiter);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function withoutPrefix(text: string, prefix: string): string {
  if (!text.startsWith(prefix)) throw new Error(`"${text}" does not begin with "${prefix}"`);
  return text.slice(prefix.length);
}
