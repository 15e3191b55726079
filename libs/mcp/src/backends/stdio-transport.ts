import type { Readable, Writable } from 'node:stream';
import { CallLoss } from '../call-loss.js';
import { isObject, kindOf, rpcError, type RpcMessage } from '../wire/json-rpc.js';
import { errorCode } from '../wire/protocol.js';
import { systemTimers, type Timers } from '../wire/timers.js';
import { FloodGuard } from './flood-guard.js';
import { NotSent } from './not-sent.js';
import type { RawTransport } from './raw-transport.js';
import { StdioLines, type StdioLine } from './stdio-lines.js';

export interface StdioTransportOptions {
  /** What the server reads. */
  stdin: Writable;
  /** What the server writes. */
  stdout: Readable;
  /** Of one message of the server; default 32 MiB (hosting.md, "Supervision"). */
  maxLineBytes?: number;
  /** Of messages that wait for the server to read them; default 64 MiB. */
  maxQueuedBytes?: number;
  /** Gets each line of the server that is no message: many print to stdout what belongs to stderr. */
  onGarbage?: (text: string) => void;
  timers?: Timers;
}

const mebibyte = 1024 * 1024;
const shownGarbage = 8 * 1024;

/**
 * JSON-RPC over the standard streams of a process, one message a line (MCP, "stdio"). The process belongs to whoever
 * started it: closing ends its input and nothing more. A message that is too long fails the request that it answers.
 */
export class StdioTransport implements RawTransport {
  onmessage?: RawTransport['onmessage'];
  onclose?: RawTransport['onclose'];
  onerror?: RawTransport['onerror'];
  readonly #options: StdioTransportOptions;
  readonly #maxLineBytes: number;
  readonly #lines: StdioLines;
  readonly #flood: FloodGuard;
  #isClosed = false;

  constructor(options: StdioTransportOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? 32 * mebibyte;
    this.#flood = new FloodGuard(options.stdout, options.timers ?? systemTimers);
    this.#lines = new StdioLines(this.#maxLineBytes, (line) => {
      this.#receive(line);
    });
  }

  async start(): Promise<void> {
    const { stdin, stdout } = this.#options;
    // A server that does not read any more can't be called; the error tells why.
    stdin.on('error', (error) => {
      this.#fail(error);
    });
    stdout.on('error', (error) => {
      this.#fail(error);
    });
    stdout.on('data', (chunk: Buffer) => {
      if (this.#isClosed) return;
      this.#flood.came(chunk.byteLength);
      this.#lines.push(chunk);
    });
    stdout.on('end', () => {
      if (!this.#isClosed) this.#lines.end();
      this.#end();
    });
    stdout.on('close', () => {
      this.#end();
    });
  }

  /** Resolves when the message is with the system, which is when the server keeps up. @throws NotSent */
  send(message: RpcMessage): Promise<void> {
    const { stdin, maxQueuedBytes = 64 * mebibyte } = this.#options;
    if (this.#isClosed || !stdin.writable) return Promise.reject(new NotSent('The server is not running.'));
    const line = `${JSON.stringify(message)}\n`;
    if (stdin.writableLength > 0 && stdin.writableLength + Buffer.byteLength(line) > maxQueuedBytes) {
      return Promise.reject(new NotSent('The server does not read what it is sent.'));
    }
    return new Promise((resolve, reject) => {
      stdin.write(line, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#end();
  }

  #receive(line: StdioLine): void {
    // Whoever receives a message may close this end.
    if (this.#isClosed) return;
    if (line.kind === 'tooLong') {
      this.#refuse(line.head, line.tail);
      return;
    }
    if (line.text.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(line.text);
    } catch {
      this.#drop(line.text);
      return;
    }
    // A batch, which 2025-03-26 allows.
    const messages: unknown[] = Array.isArray(value) ? value : [value];
    for (const message of messages) {
      const kind = kindOf(message);
      if (kind === 'result' || kind === 'error') this.#flood.answered();
      else if (kind !== undefined) this.#flood.unasked();
      else this.#drop(line.text);
      if (kind !== undefined || isObject(message)) this.onmessage?.(message as RpcMessage);
    }
  }

  #drop(text: string): void {
    this.#flood.unasked();
    this.#options.onGarbage?.(text.slice(0, shownGarbage));
  }

  #refuse(head: string, tail: string): void {
    const size = `${Math.round(this.#maxLineBytes / mebibyte)} MiB`;
    this.onerror?.(new Error(`The server sent a message of more than ${size}.`));
    const id = answeredId(head, tail);
    if (id === undefined) {
      this.#options.onGarbage?.(`(a message of more than ${size})`);
      return;
    }
    const message = `The server's answer is larger than ${size}.`;
    this.onmessage?.(rpcError(id, errorCode.hub, message, new CallLoss('unknown', 'result_too_large')));
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.onerror?.(error);
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.stdin.end();
    this.onclose?.();
  }
}

/** Members before the result, as most servers have them. */
const leading =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?(?:"id"\s*:\s*(\d+)\s*,\s*)?(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"(?:result|error)"\s*:/;
/** Members after it, as the SDK's servers have them. */
const trailing = /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;

/** The id of the request that a message answers, by what is left of it: ids of this side are whole numbers. */
export function answeredId(head: string, tail: string): number | undefined {
  const start = leading.exec(head);
  if (!start) return undefined;
  const id = start[1] ?? trailing.exec(tail)?.[1];
  return id === undefined ? undefined : Number(id);
}
