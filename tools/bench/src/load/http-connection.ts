import { connect, type Socket } from 'node:net';
import { readHttpAnswer, type HttpAnswer } from './http-answer.js';

export interface ConnectionEvents {
  onConnect: () => void;
  onAnswer: (answer: HttpAnswer) => void;
  /** The connection broke off, or what came is no HTTP; nothing comes after it but `onClose`. */
  onFailure: (reason: string) => void;
  onClose: () => void;
}

/** One keep-alive connection, whose answers come in the order of the requests. Plain sockets and bytes: the generator shares its cores. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;

  constructor(port: number, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.once('connect', events.onConnect);
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => {
      this.#fail('The connection was closed.');
      events.onClose();
    });
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(bytes);
  }

  /** Closes it, and tells of no failure any more. */
  end(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      while (!this.#isEnded) {
        const answer = readHttpAnswer(this.#received);
        if (!answer) return;
        this.#received = this.#received.subarray(answer.length);
        this.#events.onAnswer(answer);
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(reason: string): void {
    if (this.#isEnded) return;
    this.end();
    this.#events.onFailure(reason);
  }
}
