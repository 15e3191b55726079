import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { CallSignal, JsonObject } from '@mcp-hub/application';
import { CallController } from '../../wire/call-controller.js';
import type { Beating, Heartbeat } from '../../wire/heartbeat.js';
import { sendJson } from '../../wire/http-answer.js';
import type { RpcMessage } from '../../wire/json-rpc.js';
import { isPassing } from '../../wire/passing-notification.js';
import { messageText, type ReadyResult } from '../../wire/ready-result.js';
import { messageEvent, SseResponse } from '../../wire/sse-response.js';

/**
 * The answer to one modern request: plain JSON, or a stream of events as soon as something is to be told before the
 * result, or the result is long in coming. A client that goes away cancels the call.
 */
export class ModernExchange implements Beating {
  readonly #res: ServerResponse;
  readonly #heartbeat: Heartbeat;
  readonly #canStream: boolean;
  readonly #controller = new CallController();
  #stream: SseResponse | undefined;
  #isDone = false;
  #beats = 0;

  constructor(res: ServerResponse, heartbeat: Heartbeat, canStream: boolean) {
    this.#res = res;
    this.#heartbeat = heartbeat;
    this.#canStream = canStream;
    heartbeat.add(this);
    res.once('close', () => {
      if (this.#isDone) return;
      this.#finish();
      this.#controller.abort();
    });
  }

  /** Aborted when the client has gone away. */
  get signal(): CallSignal {
    return this.#controller;
  }

  notify(method: string, params: JsonObject): void {
    if (this.#isDone || !this.#canStream || (this.#stream?.isBehind === true && isPassing(method))) return;
    this.#write({ jsonrpc: '2.0', method, params });
  }

  /** @param status of a plain answer, as its headers; a stream has begun with 200 */
  answer(message: RpcMessage | ReadyResult, status = 200, headers: OutgoingHttpHeaders = {}): void {
    if (this.#isDone) return;
    this.#finish();
    if (!this.#stream) {
      sendJson(this.#res, status, message, headers);
      return;
    }
    this.#write(message);
    this.#stream.end();
  }

  beat(): void {
    this.#beats += 1;
    // Not at the first beat: it may come right after the start.
    if (this.#beats > 1 && this.#canStream && !this.#isDone) this.#open();
  }

  #write(message: RpcMessage | ReadyResult): void {
    this.#open().write(messageEvent(messageText(message)));
  }

  #open(): SseResponse {
    this.#heartbeat.remove(this);
    return (this.#stream ??= new SseResponse(this.#res, this.#heartbeat, () => undefined));
  }

  #finish(): void {
    this.#isDone = true;
    this.#heartbeat.remove(this);
  }
}
