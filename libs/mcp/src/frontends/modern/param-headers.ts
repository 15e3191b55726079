import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../wire/json-rpc.js';
import { decodeHeaderValue } from './header-value.js';

/** An argument of a tool that its client repeats in a header `Mcp-Param-<name>`. */
export interface ParamHeader {
  path: readonly string[];
  /** As declared. */
  name: string;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const none: readonly ParamHeader[] = [];

/** The `x-mcp-header` declarations of an input schema, along chains of `properties` (2026-07-28, "Schema extension"). */
export function paramHeadersOf(inputSchema: unknown): readonly ParamHeader[] {
  const found: ParamHeader[] = [];
  const visit = (schema: unknown, path: readonly string[]): void => {
    if (!isObject(schema)) return;
    const name = schema['x-mcp-header'];
    if (path.length > 0 && typeof name === 'string' && token.test(name)) found.push({ path, name });
    if (!isObject(schema['properties'])) return;
    for (const [key, child] of Object.entries(schema['properties'])) visit(child, [...path, key]);
  };
  visit(inputSchema, []);
  return found.length > 0 ? found : none;
}

/** @returns what is wrong with the headers of a call; undefined where they agree with its arguments */
export function paramHeaderFault(
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): { header: string; body: string } | undefined {
  for (const { path, name } of declared) {
    const value = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), args);
    const expected = asText(value);
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

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
