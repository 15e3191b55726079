import { setTimeout as delay } from 'node:timers/promises';
import { counterTools, type CounterTool, type Told, type ToldCall } from './told-outcomes.js';

export type Era = 'legacy' | 'modern';

const modernVersion = '2026-07-28';
const legacyVersion = '2025-11-25';
const metaPrefix = 'io.modelcontextprotocol/';
/** Longer than the hub lets anybody wait. */
const answerWithinMs = 90_000;

interface RpcBody {
  jsonrpc: '2.0';
  id?: unknown;
  method: string;
  params?: Record<string, unknown>;
}

interface RpcAnswer {
  id?: unknown;
  result?: { isError?: boolean; content?: { text?: string }[]; _meta?: Record<string, unknown> };
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

interface Answer {
  status: number;
  headers: Headers;
  /** The response to the request; undefined where none came. */
  message: RpcAnswer | undefined;
  text: string;
}

/**
 * A client of the counter server that calls without end, on raw requests, so that what it was told is exact. A gateway
 * that takes no connection is passed over for the next, as behind a load balancer; nothing else is tried again.
 */
export class CounterClient {
  readonly calls: ToldCall[] = [];
  /** Answers by which it was told that its session was moved. */
  revivals = 0;
  /** Sessions that it had to open anew, the first not counted. */
  sessionsLost = 0;
  private session: string | undefined;
  private isStopping = false;
  private count = 0;
  private readonly running: Promise<void>;

  constructor(
    private readonly era: Era,
    private readonly name: string,
    private readonly urls: () => string[],
    private readonly random: () => number,
  ) {
    this.running = this.run();
  }

  /** Resolves when its last call is answered. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      if (this.era === 'legacy' && this.session === undefined && !(await this.open())) {
        await delay(100);
        continue;
      }
      await this.callOnce();
      await delay(this.random() * 30);
    }
  }

  private async callOnce(): Promise<void> {
    const key = `${this.name}-${++this.count}`;
    const dice = this.random();
    const tool: CounterTool = counterTools[dice < 0.6 ? 0 : dice < 0.8 ? 1 : 2];
    const workMs = this.random() < 0.5 ? 0 : 20 + this.random() * 280;
    const args = { key, workMs, late: this.random() < 0.5 };
    const told = await this.told(tool, args, this.random() < 0.4);
    this.calls.push({ key, tool, client: this.name, told });
  }

  private async told(tool: CounterTool, args: { key: string }, wantsProgress: boolean): Promise<Told> {
    const progress = wantsProgress ? { progressToken: args.key } : {};
    let answer: Answer;
    try {
      answer = await this.post({
        jsonrpc: '2.0',
        id: args.key,
        method: 'tools/call',
        params: { name: tool, arguments: args, _meta: { ...this.meta(), ...progress } },
      });
    } catch (error) {
      return { kind: 'nothing', why: describe(error) };
    }
    const { message, status, text } = answer;
    if (status === 404 && this.era === 'legacy') {
      this.session = undefined;
      this.sessionsLost += 1;
    }
    if (!message || message.id !== args.key) return { kind: 'nothing', why: `HTTP ${status}: ${text.slice(0, 300)}` };
    if (message.result) {
      if (message.result._meta?.['mcp-hub-registry/session'] !== undefined) this.revivals += 1;
      const isRight = message.result.isError !== true && message.result.content?.[0]?.text === args.key;
      return isRight ? { kind: 'result' } : { kind: 'nothing', why: `another result: ${text.slice(0, 300)}` };
    }
    return status === 200
      ? outcomeIn(message, text)
      : { kind: 'nothing', why: `HTTP ${status}: ${text.slice(0, 300)}` };
  }

  private async open(): Promise<boolean> {
    try {
      const clientInfo = { name: this.name, version: '1.0.0' };
      const params = { protocolVersion: legacyVersion, capabilities: {}, clientInfo };
      const { headers, message } = await this.post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
      if (!message?.result) return false;
      this.session = headers.get('mcp-session-id') ?? undefined;
      await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return this.session !== undefined;
    } catch {
      // An initialize that got lost is sent again; what counts are the calls.
      return false;
    }
  }

  /** @throws TypeError of `fetch` where a connection was made and no answer came */
  private async post(body: RpcBody): Promise<Answer> {
    const deadline = AbortSignal.timeout(answerWithinMs);
    for (;;) {
      const urls = this.urls();
      if (this.random() < 0.5) urls.reverse();
      for (const url of urls) {
        try {
          const response = await fetch(url, {
            method: 'POST',
            headers: this.headers(body),
            body: JSON.stringify(body),
            signal: deadline,
          });
          const text = await response.text();
          return {
            status: response.status,
            headers: response.headers,
            message: answerIn(response, text, body.id),
            text,
          };
        } catch (error) {
          if (!isRefused(error)) throw error;
        }
      }
      await delay(50, undefined, { signal: deadline });
    }
  }

  private headers({ method, params }: RpcBody): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(this.era === 'modern'
        ? { 'mcp-protocol-version': modernVersion, 'mcp-method': method, 'mcp-name': String(params?.['name']) }
        : {}),
      ...(this.session === undefined ? {} : { 'mcp-session-id': this.session, 'mcp-protocol-version': legacyVersion }),
    };
  }

  private meta(): Record<string, unknown> {
    return this.era === 'modern'
      ? { [`${metaPrefix}protocolVersion`]: modernVersion, [`${metaPrefix}clientCapabilities`]: {} }
      : {};
  }
}

function outcomeIn({ error }: RpcAnswer, text: string): Told {
  const { outcome, callId, server, worker, code, reason } = error?.data ?? {};
  const isComplete = typeof callId === 'string' && typeof server === 'string' && worker !== undefined;
  if (!isComplete || (outcome !== 'unknown' && outcome !== 'not_executed')) {
    return { kind: 'nothing', why: `an error without an outcome: ${text.slice(0, 300)}` };
  }
  return { kind: outcome, code: String(code ?? reason) };
}

/** The response in a JSON body, or among the events of a stream. */
function answerIn(response: Response, text: string, id: unknown): RpcAnswer | undefined {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const bodies = isStream ? [...text.matchAll(/^data: (\{.*)$/gm)].map((match) => match[1] ?? '') : [text];
  for (const body of bodies) {
    try {
      const message = JSON.parse(body) as RpcAnswer;
      if (message.id === id && (message.result || message.error)) return message;
    } catch {
      // No message: whoever waits for one is told the text.
    }
  }
  return undefined;
}

/** No connection was made: another gateway may take it. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` ${String(cause.code)}` : '';
  return `${error.message}${cause instanceof Error ? ` (${cause.message}${code})` : ''}`;
}
