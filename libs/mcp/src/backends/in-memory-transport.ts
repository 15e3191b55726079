import type { RpcMessage } from '../wire/json-rpc.js';
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

  async start(): Promise<void> {
    this.#isStarted = true;
    for (const [message, extra] of this.#early.splice(0)) this.#receive(message, extra);
  }

  async send(message: RpcMessage, options: RawMessageExtra = {}): Promise<void> {
    if (this.#isClosed || !this.peer) throw new Error('The connection is closed.');
    this.peer.#receive(message, options);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
    await this.peer?.close();
  }

  #receive(message: RpcMessage, { relatedRequestId, closeSSEStream }: RawMessageExtra): void {
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

/** @returns both ends of a new connection */
export function inMemoryTransportPair(): [RawTransport, RawTransport] {
  const client = new InMemoryTransport();
  const server = new InMemoryTransport();
  client.peer = server;
  server.peer = client;
  return [client, server];
}
