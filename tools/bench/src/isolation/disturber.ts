import { finished } from 'node:stream/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Target } from '../load/target.js';
import { modernFetch } from '../load/wire-requests.js';

export interface Disturbed {
  /** What callers were told, and how often. */
  outcomes: Record<string, number>;
  /** By all of them together. */
  receivedMb: number;
}

/** Keeps calls to a misbehaving server in flight, and counts what they are told in the end. */
export class Disturber {
  readonly #target: Target;
  readonly #outcomes = new Map<string, number>();
  readonly #open = new Set<ClientRequest>();
  #receivedBytes = 0;
  #isStopped = false;

  constructor(target: Target, calls: number) {
    this.#target = target;
    for (let call = 1; call <= calls; call++) this.#call();
  }

  /** Ends all calls. */
  stop(): Disturbed {
    this.#isStopped = true;
    const outcomes = Object.fromEntries(this.#outcomes);
    if (this.#open.size > 0) outcomes['still open'] = this.#open.size;
    for (const open of this.#open) open.destroy();
    return { outcomes, receivedMb: this.#receivedBytes / 1_000_000 };
  }

  #call(): void {
    const { port, path, call } = this.#target;
    const { headers, body } = modernFetch(call);
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers: Object.fromEntries(headers) });
    this.#open.add(sent);
    sent.once('response', (answer) => {
      answer.on('data', (chunk: Buffer) => (this.#receivedBytes += chunk.length));
      void outcomeOf(answer).then((outcome) => this.#count(sent, outcome));
    });
    sent.once('error', (error) => this.#count(sent, error.message));
    sent.end(body);
  }

  #count(sent: ClientRequest, outcome: string): void {
    if (this.#isStopped || !this.#open.delete(sent)) return;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    // Not at once: a server whose calls are refused would be flooded by its own clients.
    setTimeout(() => {
      if (!this.#isStopped) this.#call();
    }, 100);
  }
}

const keptBytes = 16_384;

/** Reads to the end, and keeps only what is said last. */
async function outcomeOf(answer: IncomingMessage): Promise<string> {
  let bytes = 0;
  let end = Buffer.alloc(0);
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    end = Buffer.concat([end, chunk]).subarray(-keptBytes);
  });
  try {
    await finished(answer);
  } catch {
    return `${answer.statusCode ?? 0}, cut off`;
  }
  return describeOutcome(answer.statusCode ?? 0, bytes, end.toString('utf8'));
}

/** What a client is told, in a few words: the same for all answers of a kind. @param end the last bytes of the answer */
export function describeOutcome(status: number, bytes: number, end: string): string {
  const code = /"error":\{[^{}]*?"code":(-?\d+)/.exec(end)?.[1];
  const outcome = /"outcome":"([a-z_]+)"/.exec(end)?.[1];
  if (code !== undefined) return `${status}, error ${code}${outcome === undefined ? '' : ` ${outcome}`}`;
  return bytes > 1_000_000 ? `${status}, ${Math.round(bytes / 1_000_000)} MB` : `${status}, ${end.slice(-80).trim()}`;
}
