import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Beating, Heartbeat } from './heartbeat.js';

/** A reader that lets so much pile up is cut off: memory is not the place to wait for it. */
const maxUnreadBytes = 8 * 1024 * 1024;

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

  /** @param frame whole events, each ended by an empty line */
  write(frame: string): void {
    if (!this.#isOpen) return;
    this.#res.write(frame);
    if (this.#res.writableLength > maxUnreadBytes) this.#res.destroy();
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
