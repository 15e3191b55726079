import { setImmediate } from 'node:timers/promises';
import { connectClient, type ClientKind, type ConnectedClient } from './mcp-clients.js';

export interface LoopReport {
  calls: number;
  failures: string[];
  /** Distinct answers, in the order in which each was first seen. */
  answers: string[];
}

/** Keeps calling until it is told to stop, and remembers every call that failed. */
export class CallLoop {
  private readonly failures: string[] = [];
  private readonly seen = new Set<string>();
  private calls = 0;
  private isStopping = false;
  private readonly running: Promise<void>;

  private constructor(private readonly callOnce: () => Promise<string>) {
    this.running = this.run();
  }

  /** One client of that kind that stays connected, as people's clients do. */
  static async connected(kind: ClientKind, url: string): Promise<CallLoop> {
    const client: ConnectedClient = await connectClient(kind, url);
    const loop = new CallLoop(async () => {
      const { text, isError } = await client.call('greet', { name: 'loop' });
      if (isError) throw new Error(text);
      return text;
    });
    void loop.running.then(() => client.close());
    return loop;
  }

  /** Plain requests, one after another, to the first of the URLs that takes the connection. */
  static plain(urls: () => string[]): CallLoop {
    return new CallLoop(() => callPlainly(urls()));
  }

  /** Resolves once `count` more calls were answered. */
  async answered(count: number, timeoutMs = 30_000): Promise<void> {
    const wanted = this.calls + count;
    const deadline = AbortSignal.timeout(timeoutMs);
    while (this.calls < wanted) {
      deadline.throwIfAborted();
      await setImmediate();
    }
  }

  get failureCount(): number {
    return this.failures.length;
  }

  async stop(): Promise<LoopReport> {
    this.isStopping = true;
    await this.running;
    return { calls: this.calls, failures: this.failures, answers: [...this.seen] };
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        this.seen.add(await this.callOnce());
      } catch (error) {
        this.failures.push(describe(error));
      }
      this.calls++;
      await setImmediate();
    }
  }
}

async function callPlainly(urls: string[]): Promise<string> {
  let refused: unknown;
  for (const url of urls) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'greet',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: 'greet',
            arguments: { name: 'loop' },
            _meta: {
              'io.modelcontextprotocol/protocolVersion': '2026-07-28',
              'io.modelcontextprotocol/clientCapabilities': {},
            },
          },
        }),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      if (!text.includes('loop!')) throw new Error(`HTTP ${response.status}: ${text.slice(0, 300)}`);
      return /"text":"([^"]*)"/.exec(text)?.[1] ?? text;
    } catch (error) {
      if (!isRefused(error)) throw error;
      refused = error;
    }
  }
  throw refused;
}

/** No connection was made: another gateway may take it, as behind any load balancer. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
