import type { IncomingHttpHeaders } from 'node:http';
import { decodeHeaderValue } from '../../wire/header-value.js';
import { paramOf, type ParamHeader } from '../../wire/param-headers.js';

/** @returns what is wrong with the headers of a call; undefined where they agree with its arguments */
export function paramHeaderFault(
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): { header: string; body: string } | undefined {
  for (const param of declared) {
    const { path, name } = param;
    const { value, text: expected } = paramOf(param, args);
    if (expected === undefined) continue;
    const header = headers[`mcp-param-${name.toLowerCase()}`];
    const said = `${path.join('.')}=${JSON.stringify(value)}`;
    if (typeof header !== 'string') {
      return { header: `Mcp-Param-${name}`, body: `the body carries ${said}, but the header is absent` };
    }
    const decoded = decodeHeaderValue(header);
    const isSame = typeof value === 'number' && decoded?.trim() ? Number(decoded) === value : decoded === expected;
    if (!isSame) return { header: `Mcp-Param-${name}`, body: `the body carries ${said}, but the header differs` };
  }
  return undefined;
}
