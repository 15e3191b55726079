import type { JsonObject } from '@mcp-hub/application';
import { headerValue } from '../../wire/header-value.js';
import { isObject } from '../../wire/json-rpc.js';
import { paramHeadersOf, paramOf, type ParamHeader } from '../../wire/param-headers.js';

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
      const found = paramHeadersOf(tool['inputSchema']);
      if (found.length > 0) this.#byTool.set(tool['name'], found);
      else this.#byTool.delete(tool['name']);
    }
  }

  /** @returns by lower-case name; undefined where the tool wants none */
  of({ name, arguments: args }: JsonObject): Record<string, string> | undefined {
    const wanted = this.#byTool.size > 0 && typeof name === 'string' ? this.#byTool.get(name) : undefined;
    if (!wanted) return undefined;
    const headers: Record<string, string> = {};
    for (const param of wanted) {
      const { text } = paramOf(param, args);
      if (text !== undefined) headers[`mcp-param-${param.name.toLowerCase()}`] = headerValue(text);
    }
    return headers;
  }
}
