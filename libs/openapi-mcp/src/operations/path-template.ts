export interface Placeholder {
  name: string;
  isMultiSegment: boolean;
}

/** The `{placeholders}` of a templated path, in its order. */
export function placeholdersOf(path: string): Placeholder[] {
  return [...path.matchAll(/\{(\+?)([^{}]+)\}/g)].map((match) => ({
    name: match[2] ?? '',
    isMultiSegment: match[1] === '+',
  }));
}

export interface PathTemplate {
  /** What placeholders are filled in: the path, and what of its query has none. */
  template: string;
  /** Query parameters that the template spells: by their name on the wire, the placeholder's name. */
  queries: ReadonlyMap<string, string>;
}

/** Takes the query that some write into a path (`/a?x={y}`, `/a{?x,y}`) out of its template. */
export function splitTemplate(path: string): PathTemplate {
  const queries = new Map<string, string>();
  const withoutForms = path.replaceAll(/\{[?&]([^{}]+)\}/g, (_, names: string) => {
    for (const name of names.split(',')) {
      const plain = name.trim().replace(/(?:\*|:\d+)$/, '');
      if (plain !== '') queries.set(plain, plain);
    }
    return '';
  });
  const mark = withoutForms.indexOf('?');
  if (mark < 0) return { template: withoutForms, queries };
  const hash = withoutForms.indexOf('#', mark);
  const query = hash < 0 ? withoutForms.slice(mark + 1) : withoutForms.slice(mark + 1, hash);
  const literal = query.split('&').filter((pair) => {
    const [, name, placeholder] = /^([^={}]+)=\{\+?([^{}]+)\}$/.exec(pair) ?? [];
    if (name !== undefined && placeholder !== undefined) queries.set(name, placeholder);
    return pair !== '' && !/\{[^{}]+\}/.test(pair);
  });
  const beforeQuery = withoutForms.slice(0, mark);
  return { template: literal.length === 0 ? beforeQuery : `${beforeQuery}?${literal.join('&')}`, queries };
}
