import { connect, type Socket } from 'node:net';
import { headerOf, readHttpHead } from './http-answer.js';
import { httpRequest } from './wire-requests.js';

export interface StreamedEvent {
  /** `message` where the event names none. */
  type: string;
  data: string;
}

export interface EventConnectionEvents {
  onEvent: (event: StreamedEvent) => void;
  onFailure: (reason: string) => void;
  onClose: () => void;
}

/** An event stream that stays open: the answer to a GET. */
export class EventConnection {
  readonly #socket: Socket;
  readonly #events: EventConnectionEvents;
  readonly #frames = new ChunkedText();
  #head: Buffer | undefined = Buffer.alloc(0);
  #text = '';
  #isEnded = false;

  constructor(target: { port: number; path: string }, headers: readonly string[], events: EventConnectionEvents) {
    this.#events = events;
    this.#socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true });
    this.#socket.once('connect', () =>
      this.#socket.write(httpRequest(target, 'GET', ['Accept: text/event-stream', ...headers])),
    );
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => {
      this.#fail('The event stream was closed.');
      events.onClose();
    });
  }

  end(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      const body = this.#head === undefined ? chunk : this.#bodyAfterHead(this.#head, chunk);
      if (!body) return;
      this.#text += this.#frames.take(body);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    for (let end = this.#text.search(/\r?\n\r?\n/); end >= 0; end = this.#text.search(/\r?\n\r?\n/)) {
      const event = readEvent(this.#text.slice(0, end));
      this.#text = this.#text.slice(end).replace(/^\r?\n\r?\n/, '');
      if (event) this.#events.onEvent(event);
    }
  }

  /** @throws RangeError where the answer is no event stream */
  #bodyAfterHead(before: Buffer, chunk: Buffer): Buffer | undefined {
    const received = Buffer.concat([before, chunk]);
    const found = readHttpHead(received);
    this.#head = found ? undefined : received;
    if (!found) return undefined;
    const isStream = headerOf(found.head, 'content-type')?.startsWith('text/event-stream') === true;
    if (found.status !== 200 || !isStream) {
      throw new RangeError(`GET: ${found.status}: ${received.toString('utf8', found.length, found.length + 300)}`);
    }
    return received.subarray(found.length);
  }

  #fail(reason: string): void {
    if (this.#isEnded) return;
    this.end();
    this.#events.onFailure(reason);
  }
}

/** Takes the framing of a chunked body away, as it comes (RFC 9112, section 7.1). */
export class ChunkedText {
  #received: Buffer = Buffer.alloc(0);

  /** @returns the text of the chunks that are complete now @throws RangeError where a chunk does not tell its length */
  take(bytes: Buffer): string {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    let text = '';
    for (;;) {
      const lineEnd = this.#received.indexOf('\r\n');
      if (lineEnd < 0) return text;
      const size = Number.parseInt(this.#received.toString('latin1', 0, lineEnd), 16);
      if (Number.isNaN(size)) throw new RangeError('A chunk of the stream does not tell its length.');
      const end = lineEnd + 2 + size;
      if (this.#received.length < end + 2) return text;
      text += this.#received.toString('utf8', lineEnd + 2, end);
      this.#received = this.#received.subarray(end + 2);
    }
  }
}

/** @returns undefined for a comment, and for an event without data */
export function readEvent(text: string): StreamedEvent | undefined {
  const lines = text.split(/\r?\n/);
  const of = (field: string): string[] =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = of('data').join('\n');
  return data === '' ? undefined : { type: of('event').at(-1) ?? 'message', data };
}
