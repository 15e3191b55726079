import type { RpcMessage } from '../../wire/json-rpc.js';
import { isPassing } from '../../wire/passing-notification.js';
import { messageText, type ReadyResult } from '../../wire/ready-result.js';
import { messageEvent, type SseResponse } from '../../wire/sse-response.js';

export interface EventStreamLimits {
  maxEvents: number;
  maxBytes: number;
}

interface KeptEvent {
  sequence: number;
  frame: string;
}

/** What clients are told to wait before they come back for a stream that broke off. */
const retryMs = 1_000;

const eventId = /^([A-Za-z0-9_~-]{1,160})\.(\d{1,15})$/;

export interface EventPosition {
  key: string;
  sequence: number;
}

/** @returns stream and position that a `Last-Event-ID` names; undefined for what no stream of ours gave */
export function parseEventId(id: string): EventPosition | undefined {
  const parts = eventId.exec(id);
  return parts ? { key: parts[1] ?? '', sequence: Number(parts[2]) } : undefined;
}

/**
 * The messages of one stream of a session, with ids, so that a client whose connection broke off gets what it missed
 * (2025-11-25, "Resumability and redelivery"). It lives on without a connection; its memory is bounded, the oldest go.
 */
export class EventStream {
  readonly key: string;
  readonly #limits: EventStreamLimits;
  readonly #kept: KeptEvent[] = [];
  #keptBytes = 0;
  #sequence = 0;
  #sentSequence = 0;
  #connection: SseResponse | undefined;
  #isFinished = false;

  constructor(key: string, limits: EventStreamLimits) {
    this.key = key;
    this.#limits = limits;
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen === true;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** An event without a message, by which the client knows from where to resume; for clients of 2025-11-25 or later. */
  prime(): void {
    this.#add((id) => `id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
  }

  send(message: RpcMessage | ReadyResult): void {
    if (this.#connection?.isBehind === true && 'method' in message && isPassing(message.method)) return;
    const json = messageText(message);
    this.#add((id) => messageEvent(json, id));
  }

  /**
   * From now on the messages go to this connection, instead of the one before; first those after `afterSequence`, or
   * without it those that no connection was given yet.
   */
  connect(connection: SseResponse, afterSequence = this.#sentSequence): void {
    const before = this.#connection;
    this.#connection = connection;
    before?.end();
    for (const { sequence, frame } of this.#kept) if (sequence > afterSequence) connection.write(frame);
    this.#sentSequence = this.#sequence;
    if (this.#isFinished) connection.end();
  }

  /** Ends the connection; what is still to come is kept for the next one. */
  disconnect(): void {
    this.#connection?.end();
    this.#connection = undefined;
  }

  /** Nothing more will come. What is kept can still be fetched. */
  finish(): void {
    this.#isFinished = true;
    this.#connection?.end();
  }

  #add(frameOf: (id: string) => string): void {
    this.#sequence += 1;
    const frame = frameOf(`${this.key}.${this.#sequence}`);
    this.#kept.push({ sequence: this.#sequence, frame });
    this.#keptBytes += frame.length;
    while (
      this.#kept.length > this.#limits.maxEvents ||
      (this.#keptBytes > this.#limits.maxBytes && this.#kept.length > 1)
    ) {
      this.#keptBytes -= this.#kept.shift()?.frame.length ?? 0;
    }
    if (!this.isConnected) return;
    this.#connection?.write(frame);
    this.#sentSequence = this.#sequence;
  }
}
