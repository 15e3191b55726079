import type { Ids, JsonObject, McpCallContext } from '@mcp-hub/application';
import type { Timers } from '../../src/wire/timers.js';

/** Ids that differ from each other and from those of other sources by their prefix. */
export class CountingIds implements Ids {
  #count = 0;
  constructor(private readonly prefix = 'id') {}
  next(): string {
    this.#count += 1;
    return `${this.prefix}-${this.#count}`;
  }
}

/** Timers that run when the test says so. */
export class ManualTimers implements Timers {
  readonly #pending = new Set<{ at: number; run: () => void }>();
  #now = 0;
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#pending.add(timer);
    return () => this.#pending.delete(timer);
  }
  every(ms: number, run: () => void): () => void {
    let stop = (): void => undefined;
    const again = (): void => {
      run();
      stop = this.after(ms, again);
    };
    stop = this.after(ms, again);
    return () => {
      stop();
    };
  }
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#pending].filter(({ at }) => at <= this.#now)) {
      this.#pending.delete(timer);
      timer.run();
    }
  }
}

export type Heard = { method: string; params: JsonObject };

/** The context of a call, and what was told to its caller. */
export function aCall(over: Partial<McpCallContext> = {}): {
  context: McpCallContext;
  heard: Heard[];
  abort: () => void;
} {
  const heard: Heard[] = [];
  const controller = new AbortController();
  return {
    heard,
    abort: () => {
      controller.abort();
    },
    context: {
      callId: 'call-1',
      signal: controller.signal,
      caller: { id: 'anonymous' },
      clientCapabilities: {},
      forwardedHeaders: {},
      onNotification: (method, params) => heard.push({ method, params }),
      ...over,
    },
  };
}

/** Waits until the condition holds. @throws after 5 s */
export async function eventually(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Gave up waiting for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
