import { ByteParts } from './byte-parts.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const space = 0x20;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
/** Of an event that is too large this much is kept from both ends, to tell whose it is. */
const keptBytes = 1024;

export interface SseReceiver {
  onEvent(type: string, data: string): void;
  /** The id to come back with; also of events without data. Told after the event itself. */
  onId?(id: string): void;
  /** How long to wait before coming back, in ms. */
  onRetry?(ms: number): void;
  /** As soon as an event is too large; what follows of it is dropped. */
  onOversized?(): void;
  /** When that event is over. The ends of its data. */
  onOversizedEnd?(head: string, tail: string): void;
}

/**
 * Cuts a byte stream into server-sent events (HTML, "Server-sent events"), of at most `maxBytes` each, comments
 * included: that bounds what a peer can make this process keep. An event that the stream breaks off is dropped.
 */
export class SseParser {
  readonly #maxBytes: number;
  readonly #receiver: SseReceiver;
  #isFirst = true;
  #skipsLineFeed = false;
  /** Of the line at hand, as far as it has arrived. */
  readonly #line = new ByteParts();
  #isLineEmpty = true;
  /** Of the event at hand. */
  #size = 0;
  #type = '';
  #data: string | undefined;
  #more: string[] = [];
  #id: string | undefined;
  #oversized: { head: string; tail: Buffer; isLineOver: boolean } | undefined;

  constructor(maxBytes: number, receiver: SseReceiver) {
    this.#maxBytes = maxBytes;
    this.#receiver = receiver;
  }

  push(chunk: Buffer): void {
    let start = this.#begin(chunk);
    let feed = chunk.indexOf(lineFeed, start);
    let ret = chunk.indexOf(carriageReturn, start);
    while (feed >= 0 || ret >= 0) {
      const isReturn = ret >= 0 && (feed < 0 || ret < feed);
      const end = isReturn ? ret : feed;
      this.#add(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
      if (isReturn) {
        // A line feed after it belongs to it, and may be in the next chunk.
        if (chunk[start] === lineFeed) start += 1;
        else if (start === chunk.length) this.#skipsLineFeed = true;
        ret = chunk.indexOf(carriageReturn, start);
      }
      if (feed >= 0 && feed < start) feed = chunk.indexOf(lineFeed, start);
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  /** @returns where the text of the chunk begins */
  #begin(chunk: Buffer): number {
    let start = 0;
    if (this.#skipsLineFeed && chunk.length > 0) {
      this.#skipsLineFeed = false;
      if (chunk[0] === lineFeed) start = 1;
    }
    return start;
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#isLineEmpty = false;
    if (this.#oversized) {
      if (this.#oversized.isLineOver) return;
      // Copied, so that not the whole chunk is kept for its end.
      const ends = Buffer.concat([this.#oversized.tail, part.subarray(-keptBytes)]);
      this.#oversized.tail = Buffer.from(ends.subarray(-keptBytes));
      return;
    }
    this.#size += part.length;
    this.#line.add(part);
    if (this.#size > this.#maxBytes) this.#refuse();
  }

  #refuse(): void {
    const line = this.#line.take();
    const head = this.#data ?? line.toString('utf8', 0, keptBytes).replace(/^data: ?/, '');
    this.#oversized = {
      head: head.slice(0, keptBytes),
      tail: Buffer.from(line.subarray(-keptBytes)),
      isLineOver: false,
    };
    this.#data = undefined;
    this.#more = [];
    this.#receiver.onOversized?.();
  }

  #endLine(): void {
    if (this.#isLineEmpty) {
      this.#endEvent();
      return;
    }
    this.#isLineEmpty = true;
    if (this.#oversized) {
      this.#oversized.isLineOver = true;
      return;
    }
    let line = this.#line.take();
    if (this.#isFirst) {
      this.#isFirst = false;
      if (line.subarray(0, 3).equals(byteOrderMark)) line = line.subarray(3);
      // Nothing but the mark: an empty line.
      if (line.length === 0) return;
    }
    this.#field(line);
  }

  #field(line: Buffer): void {
    const end = line.indexOf(colon);
    // A comment.
    if (end === 0) return;
    const name = line.toString('latin1', 0, end < 0 ? line.length : end);
    const start = end < 0 ? line.length : line[end + 1] === space ? end + 2 : end + 1;
    switch (name) {
      case 'data': {
        const value = line.toString('utf8', start);
        if (this.#data === undefined) this.#data = value;
        else this.#more.push(value);
        return;
      }
      case 'event':
        this.#type = line.toString('utf8', start);
        return;
      case 'id': {
        const id = line.toString('utf8', start);
        if (!id.includes('\0')) this.#id = id;
        return;
      }
      case 'retry': {
        const ms = line.toString('latin1', start);
        if (/^\d{1,10}$/.test(ms)) this.#receiver.onRetry?.(Number(ms));
      }
    }
  }

  #endEvent(): void {
    const type = this.#type === '' ? 'message' : this.#type;
    const data = this.#more.length === 0 ? this.#data : [this.#data, ...this.#more].join('\n');
    const id = this.#id;
    const oversized = this.#oversized;
    this.#isFirst = false;
    this.#size = 0;
    this.#type = '';
    this.#data = undefined;
    this.#id = undefined;
    this.#oversized = undefined;
    if (this.#more.length > 0) this.#more = [];
    if (oversized) this.#receiver.onOversizedEnd?.(oversized.head, oversized.tail.toString('utf8'));
    else if (data !== undefined && data !== '') this.#receiver.onEvent(type, data);
    if (id !== undefined) this.#receiver.onId?.(id);
  }
}
