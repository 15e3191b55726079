import type { Parameter } from '../operations/operation.js';
import { encodeLiteral } from './percent-encoding.js';
import { serializePath } from './path-style.js';

export type RequestPath =
  /** `query` is what the template itself has after a question mark. */
  { ok: true; path: string; query: string } | { ok: false; problems: string[] };

/** `.` or `..`, however often encoded: what a URL parser takes for one, and what is one once it is decoded. */
const dotSegment = /^(?:\.|%(?:25)*2e){1,2}$/i;

interface Segment {
  text: string;
  /** The arguments in it, as the caller knows them. */
  keys: string[];
}

/**
 * The path of a request from its template (openapi-to-mcp.md, section 5). A value never leaves its segment: a segment
 * with an argument in it that would be empty, `.` or `..` is refused, as is one that spells that by percent-encoding.
 * What a template has after `#` is not part of a request.
 *
 * @param values the path arguments by parameter name
 * @param keys how the caller knows each parameter
 */
export function requestPath(
  template: string,
  parameters: ReadonlyMap<string, Parameter>,
  values: ReadonlyMap<string, unknown>,
  keys: ReadonlyMap<string, string>,
): RequestPath {
  const path = new PathText();
  for (const token of template.split(/(\{\+?[^{}]+\})/)) {
    const name = /^\{\+?([^{}]+)\}$/.exec(token)?.[1];
    const parameter = name === undefined ? undefined : parameters.get(name);
    if (name === undefined || !parameter) path.addLiteral(token);
    else path.addArgument(parameter, values.get(name), keys.get(name) ?? name);
  }
  return path.end();
}

class PathText {
  readonly #segments: Segment[] = [];
  #segment: Segment = { text: '', keys: [] };
  #query = '';
  #part: 'path' | 'query' | 'fragment' = 'path';
  readonly #problems = new Set<string>();

  addLiteral(literal: string): void {
    for (const piece of literal.split(/([/?#])/)) {
      if (this.#part === 'fragment') return;
      if (piece === '#') this.#part = 'fragment';
      else if (this.#part === 'query') this.#query += piece === '?' ? '&' : encodeLiteral(piece);
      else if (piece === '?') this.#part = 'query';
      else if (piece === '/') this.#endSegment();
      else this.#segment.text += encodeLiteral(piece);
    }
  }

  addArgument(parameter: Parameter, value: unknown, key: string): void {
    if (this.#part !== 'path') return;
    const [first = '', ...rest] = serializePath(parameter, value, (problem) =>
      this.#problems.add(`${key}: ${problem}`),
    ).split('/');
    this.#append(first, key);
    for (const text of rest) {
      this.#endSegment();
      this.#append(text, key);
    }
  }

  end(): RequestPath {
    this.#endSegment();
    if (this.#problems.size > 0) return { ok: false, problems: [...this.#problems] };
    return { ok: true, path: this.#segments.map(({ text }) => text).join('/'), query: this.#query };
  }

  #append(text: string, key: string): void {
    this.#segment.text += text;
    this.#segment.keys.push(key);
  }

  #endSegment(): void {
    const { text, keys } = this.#segment;
    if (keys.length > 0 && (text === '' || dotSegment.test(text))) this.#refuse(keys);
    this.#segments.push(this.#segment);
    this.#segment = { text: '', keys: [] };
  }

  #refuse(keys: readonly string[]): void {
    this.#problems.add(`${[...new Set(keys)].join(', ')}: must not make a path segment empty, "." or ".."`);
  }
}
