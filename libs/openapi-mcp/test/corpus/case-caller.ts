import type { ServerEntry } from '@mcp-hub/domain';
import { addressOf, ComponentCaller, resourceAddress, type Component } from '../../src/index.js';
import type { Fetch } from '../../src/calls/fetch.js';
import { systemTimers } from '../recorded-api.js';
import type { CaseCall } from './corpus-case.js';

export type CaseOutcome =
  | { kind: 'result'; result: unknown }
  /** A JSON-RPC error. */
  | { kind: 'error'; code?: number; message: string }
  | { kind: 'cancelled' };

/** Makes the calls of a case as the hub's backend makes them. */
export class CaseCaller {
  readonly #components: readonly Component[];
  readonly #forwarded: ReadonlySet<string>;
  readonly #caller: ComponentCaller;

  constructor(components: readonly Component[], entry: ServerEntry, fetch: Fetch) {
    this.#components = components;
    this.#forwarded = new Set(entry.forward_headers.map((name) => name.toLowerCase()));
    const { headers = {}, timeout = 30, max_result_bytes } = entry.openapi_config ?? {};
    this.#caller = new ComponentCaller({
      fetch,
      timers: systemTimers,
      random: () => 0,
      options: {
        headers,
        timeoutMs: timeout * 1000,
        ...(max_result_bytes !== undefined && { maxResultBytes: max_result_bytes }),
        retry: { attempts: 3, baseDelayMs: 1 },
      },
    });
  }

  async call(call: CaseCall, signal: AbortSignal): Promise<CaseOutcome> {
    const context = { forwardedHeaders: this.#forwardedOf(call.headers ?? {}), signal };
    const component = this.#called(call);
    try {
      if (component.kind === 'tool') {
        const result = await this.#caller.callTool(component, { args: call.arguments ?? {}, ...context });
        return { kind: 'result', result };
      }
      const read = await this.#caller.readResource(component, call.read ?? '', context);
      return read.ok ? { kind: 'result', result: { contents: read.contents } } : { ...read, kind: 'error' };
    } catch (error) {
      if (signal.aborted) return { kind: 'cancelled' };
      throw error;
    }
  }

  /** A tool by its name, a resource by what its URI begins with. */
  #called({ call, read }: CaseCall): Component {
    const address = resourceAddress(read ?? '');
    const found = this.#components.find((one) =>
      one.kind === 'tool' ? one.name === call : addressOf(one) === address,
    );
    if (found) return found;
    const names = this.#components.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    throw new Error(`there is no ${call ?? read ?? ''} among ${names}`);
  }

  /** What the gateway lets through: the headers that the entry names. */
  #forwardedOf(headers: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => this.#forwarded.has(name.toLowerCase())));
  }
}
