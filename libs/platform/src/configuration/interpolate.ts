const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Interpolated {
  value: unknown;
  /** The variables that were referred to. */
  used: string[];
  /** What is wrong, each one sentence about the value. */
  problems: string[];
}

/**
 * Puts variables in place of `${NAME}` and `${NAME:-default}` in every text of a value (hub-api.md, section 3). The
 * default stands in for a variable that is missing or empty.
 */
export function interpolate(value: unknown, variables: Readonly<Record<string, string>>): Interpolated {
  const used: string[] = [];
  const problems: string[] = [];
  const inText = (text: string): string => {
    const filled = text.replace(reference, (_whole, name: string, fallback: string | undefined) => {
      used.push(name);
      const found = variables[name];
      if (found !== undefined && (found !== '' || fallback === undefined)) return found;
      if (fallback === undefined) problems.push(`refers to \${${name}}, which is not set`);
      return fallback ?? '';
    });
    if (text.replace(reference, '').includes('${'))
      problems.push('has a "${" that is no reference; write ${NAME} or ${NAME:-default}');
    return filled;
  };
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return inText(node);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item)]));
  };
  return { value: walk(value), used, problems };
}
