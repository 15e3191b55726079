import { CallLoss } from '../call-loss.js';
import { kindOf, rpcError, type RpcMessage } from '../wire/json-rpc.js';
import { exceeds, maxResultBytes } from '../wire/message-size.js';
import { isPassing } from '../wire/passing-notification.js';
import { errorCode } from '../wire/protocol.js';
import { systemTimers, type Timers } from '../wire/timers.js';
import { FloodGuard } from './flood-guard.js';
import type { RawMessageExtra, RawTransport } from './raw-transport.js';

/**
 * One end of a connection within the process, for servers of SDK v1 and v2 alike. Messages are handed over at once and
 * in order, by reference: whoever receives one must not change it. Unlike the SDKs' own it also tells which request a
 * notification or a request of the server belongs to, and lets a server end the stream of a request.
 */
class InMemoryTransport implements RawTransport {
  onmessage?: RawTransport['onmessage'];
  onclose?: RawTransport['onclose'];
  onerror?: RawTransport['onerror'];
  peer?: InMemoryTransport;
  readonly #early: [RpcMessage, RawMessageExtra][] = [];
  #isStarted = false;
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    for (const [message, extra] of this.#early.splice(0)) this.receive(message, extra);
  }

  async send(message: RpcMessage, options: RawMessageExtra = {}): Promise<void> {
    if (this.#isClosed || !this.peer) throw new Error('The connection is closed.');
    this.peer.receive(message, options);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
    await this.peer?.close();
  }

  receive(message: RpcMessage, { relatedRequestId, closeSSEStream }: RawMessageExtra): void {
    const extra = {
      ...(relatedRequestId !== undefined && { relatedRequestId }),
      ...(closeSSEStream && { closeSSEStream }),
    };
    if (!this.#isStarted) {
      this.#early.push([message, extra]);
      return;
    }
    try {
      this.onmessage?.(message, extra);
    } catch (error) {
      // A receiver's fault must not come back to the sender as a failure to send.
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

interface HeldMessage {
  message: RpcMessage;
  extra: RawMessageExtra;
  onSent: () => void;
}

/** Held of a server that says too much; beyond it goes what is of the moment only. */
const maxHeld = 1_000;

/**
 * The server's end. What a server that says too much has to say is held for a moment, so that others on this process
 * come to their turn: who waits for `send` sends no faster, who does not loses progress and log messages.
 */
class ServerEnd extends InMemoryTransport {
  readonly #flood: FloodGuard;
  readonly #held: HeldMessage[] = [];
  #isHolding = false;

  constructor(timers: Timers) {
    super();
    const source = {
      pause: () => {
        this.#isHolding = true;
      },
      resume: () => {
        this.#release();
      },
    };
    this.#flood = new FloodGuard(source, timers);
  }

  get isHolding(): boolean {
    return this.#isHolding;
  }

  override async send(message: RpcMessage, extra: RawMessageExtra = {}): Promise<void> {
    if (!this.#isHolding) {
      await this.#pass(message, extra);
      return;
    }
    const isSpare = 'method' in message && isPassing(message.method);
    if (this.isClosed || (this.#held.length >= maxHeld && isSpare)) return;
    await new Promise<void>((resolve) => {
      this.#held.push({ message, extra, onSent: resolve });
    });
  }

  #pass(message: RpcMessage, extra: RawMessageExtra): Promise<void> {
    const kind = kindOf(message);
    if (kind === 'result' || kind === 'error') this.#flood.answered();
    else this.#flood.unasked();
    return super.send(bounded(message), extra);
  }

  #release(): void {
    this.#isHolding = false;
    let sent = 0;
    for (const { message, extra, onSent } of this.#held) {
      // Set by the guard, which sees each message pass.
      if (this.isHolding) break;
      // Nobody hears of what a connection that is closed meanwhile can't carry any more.
      this.#pass(message, extra).catch(() => undefined);
      onSent();
      sent += 1;
    }
    this.#held.splice(0, sent);
  }
}

/** A result that is too large for any client fails its call, before anybody copies it. */
function bounded(message: RpcMessage): RpcMessage {
  if (!('result' in message) || !exceeds(message.result, maxResultBytes)) return message;
  const said = `The server's answer is larger than ${maxResultBytes / 1024 / 1024} MiB.`;
  return rpcError(message.id, errorCode.hub, said, new CallLoss('unknown', 'result_too_large'));
}

/** @returns both ends of a new connection: the client's, and the server's */
export function inMemoryTransportPair(timers: Timers = systemTimers): [RawTransport, RawTransport] {
  const client = new InMemoryTransport();
  const server = new ServerEnd(timers);
  client.peer = server;
  server.peer = client;
  return [client, server];
}
