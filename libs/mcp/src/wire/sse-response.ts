import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { forSocket } from './http-answer.js';
import type { Beating, Heartbeat } from './heartbeat.js';

/** A reader that has so much to read and is to get more is cut off: memory is not the place to wait for it. */
const maxUnreadBytes = 8 * 1024 * 1024;
/** A reader that has so much to read is behind. */
const behindBytes = 256 * 1024;

/** An HTTP answer that is a stream of server-sent events, with a comment now and then while it is silent. */
export class SseResponse implements Beating {
  readonly #res: ServerResponse;
  readonly #heartbeat: Heartbeat;
  #isOpen = true;

  /** @param onDrop called when the client goes away before `end` */
  constructor(res: ServerResponse, heartbeat: Heartbeat, onDrop: () => void, headers: OutgoingHttpHeaders = {}) {
    this.#res = res;
    this.#heartbeat = heartbeat;
    res.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    res.flushHeaders();
    heartbeat.add(this);
    res.once('close', () => {
      if (!this.#close()) return;
      onDrop();
    });
    if (res.destroyed && this.#close()) onDrop();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the reader has much to read as it is: what it can do without is left out then. */
  get isBehind(): boolean {
    return this.#res.writableLength > behindBytes;
  }

  /**
   * One event may be larger than what a reader may have left unread: a result comes whole, or not at all.
   *
   * @param frame whole events, each ended by an empty line
   */
  write(frame: string): void {
    if (!this.#isOpen) return;
    if (this.#res.writableLength > maxUnreadBytes) this.#res.destroy();
    else this.#res.write(forSocket(frame));
  }

  beat(): void {
    this.write(':\n\n');
  }

  end(): void {
    if (this.#close()) this.#res.end();
  }

  #close(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#heartbeat.remove(this);
    return true;
  }
}

/** One event that carries a JSON-RPC message. */
export function messageEvent(json: string, id?: string): string {
  return id === undefined ? `event: message\ndata: ${json}\n\n` : `event: message\nid: ${id}\ndata: ${json}\n\n`;
}
