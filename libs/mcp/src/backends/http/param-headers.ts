import type { JsonObject } from '@mcp-hub/application';
import { isObject } from '../../wire/json-rpc.js';
import { headerValue } from './header-value.js';

interface ParamHeader {
  header: string;
  /** Of the argument, from the outside in. */
  path: readonly string[];
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const deepest = 32;

/**
 * The `Mcp-Param-*` headers that a tool wants beside its arguments (2026-07-28, "Schema Extension": `x-mcp-header`), by
 * what the tool lists say that pass by.
 */
export class ParamHeaders {
  readonly #byTool = new Map<string, readonly ParamHeader[]>();

  /** @param result of `tools/list` */
  learn({ tools }: JsonObject): void {
    if (!Array.isArray(tools)) return;
    for (const tool of tools as unknown[]) {
      if (!isObject(tool) || typeof tool['name'] !== 'string') continue;
      const found: ParamHeader[] = [];
      if (isObject(tool['inputSchema'])) collect(tool['inputSchema'], [], found);
      if (found.length > 0) this.#byTool.set(tool['name'], found);
      else this.#byTool.delete(tool['name']);
    }
  }

  /** @returns by lower-case name; undefined where the tool wants none */
  of({ name, arguments: args }: JsonObject): Record<string, string> | undefined {
    const wanted = this.#byTool.size > 0 && typeof name === 'string' ? this.#byTool.get(name) : undefined;
    if (!wanted) return undefined;
    const headers: Record<string, string> = {};
    for (const { header, path } of wanted) {
      const text = textOf(path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), args));
      if (text !== undefined) headers[header] = headerValue(text);
    }
    return headers;
  }
}

/** Only what is reached by `properties` alone can have a header. */
function collect(schema: JsonObject, path: readonly string[], found: ParamHeader[]): void {
  const name = schema['x-mcp-header'];
  if (path.length > 0 && typeof name === 'string' && token.test(name)) {
    found.push({ header: `mcp-param-${name.toLowerCase()}`, path });
  }
  if (!isObject(schema['properties']) || path.length >= deepest) return;
  for (const [key, child] of Object.entries(schema['properties'])) {
    if (isObject(child)) collect(child, [...path, key], found);
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  const isExact = typeof value === 'number' && Number.isFinite(value);
  return isExact && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? String(value) : undefined;
}
