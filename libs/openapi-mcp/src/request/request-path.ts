import type { Parameter } from '../operations/operation.js';
import { encodeLiteral } from './percent-encoding.js';
import { serializePath } from './serialize-parameter.js';

export type RequestPath =
  /** `query` is what the template itself has after a question mark. */
  { ok: true; path: string; query: string } | { ok: false; problems: string[] };

/** What a URL parser takes for `.` or `..`: the dots, encoded or not. */
const dotSegment = /^(?:\.|%2e){1,2}$/i;

/**
 * The path of a request from its template (openapi-to-mcp.md, section 5). A value never leaves its segment: a segment
 * with an argument in it that would be empty, `.` or `..` is refused, as is a value that spells one by percent-encoding.
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
  const [beforeFragment = ''] = template.split('#');
  const [pathTemplate = '', ...queries] = beforeFragment.split('?');
  const problems: string[] = [];
  const segments = pathTemplate.split('/').map((segmentTemplate) => {
    const names: string[] = [];
    const segment = segmentTemplate
      .split(/(\{\+?[^{}]+\})/)
      .map((part) => {
        const name = /^\{\+?([^{}]+)\}$/.exec(part)?.[1];
        const parameter = name === undefined ? undefined : parameters.get(name);
        if (name === undefined || !parameter) return encodeLiteral(part);
        names.push(name);
        const value = values.get(name);
        const pieces = parameter.isMultiSegment ? String(value).split('/') : [value];
        if (pieces.some((piece) => typeof piece === 'string' && dotSegment.test(piece))) {
          problems.push(problemFor([keys.get(name) ?? name]));
        }
        return serializePath(parameter, value);
      })
      .join('');
    if (names.length > 0 && segment.split('/').some((piece) => piece === '' || dotSegment.test(piece))) {
      problems.push(problemFor(names.map((name) => keys.get(name) ?? name)));
    }
    return segment;
  });
  if (problems.length > 0) return { ok: false, problems: [...new Set(problems)] };
  return {
    ok: true,
    path: segments.join('/'),
    query: queries.map(encodeLiteral).join('&'),
  };
}

function problemFor(keys: readonly string[]): string {
  return `${keys.join(', ')}: must not make a path segment empty, "." or ".."`;
}
