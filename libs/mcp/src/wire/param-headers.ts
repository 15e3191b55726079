import type { JsonObject } from '@mcp-hub/application';
import { isObject } from './json-rpc.js';

/** An argument of a tool that modern clients repeat in a header `Mcp-Param-<name>`. */
export interface ParamHeader {
  /** As declared. */
  name: string;
  /** Of the argument, from the outside in. */
  path: readonly string[];
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const deepest = 32;
const none: readonly ParamHeader[] = [];

/**
 * The `x-mcp-header` declarations of an input schema (2026-07-28, "Schema extension"): only what is reached by
 * `properties` alone can have a header.
 */
export function paramHeadersOf(inputSchema: unknown): readonly ParamHeader[] {
  if (!isObject(inputSchema)) return none;
  const found: ParamHeader[] = [];
  collect(inputSchema, [], found);
  return found.length > 0 ? found : none;
}

/** @returns the argument, and what its header says; `text` is undefined where there is nothing that a header could say exactly */
export function paramOf({ path }: ParamHeader, args: unknown): { value: unknown; text: string | undefined } {
  const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), args);
  return { value, text: textOf(value) };
}

function collect(schema: JsonObject, path: readonly string[], found: ParamHeader[]): void {
  const name = schema['x-mcp-header'];
  if (path.length > 0 && typeof name === 'string' && token.test(name)) found.push({ name, path });
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
