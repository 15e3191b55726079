import { connect, type Socket } from 'node:net';
import { failureOf, readHttpAnswer } from './http-answer.js';

/** Told of each answer: how long it took, and why it is no success where it is none. */
export type OnAnswer = (latencyMs: number, failure: string | undefined) => void;

/**
 * One connection that sends the same request again as soon as it is answered. Plain sockets and bytes: the generator
 * shares two cores with what it measures.
 */
export class Caller {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  /** The body of the last answer that was looked at in full and found good. */
  private good: Buffer | undefined;
  private sentAt = 0;
  private isStopped = false;

  constructor(
    port: number,
    private readonly request: Buffer,
    private readonly onAnswer: OnAnswer,
    private readonly onEnd: () => void,
  ) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.once('connect', () => this.send());
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => {
      if (!this.isStopped) this.fail('The connection was closed.');
      this.onEnd();
    });
  }

  /** Ends the connection once the call in flight is answered. */
  stop(): void {
    this.isStopped = true;
    if (this.sentAt === 0) this.socket.destroy();
  }

  private send(): void {
    this.sentAt = performance.now();
    this.socket.write(this.request);
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    try {
      const answer = readHttpAnswer(this.received);
      if (!answer) return;
      this.received = this.received.subarray(answer.length);
      const isAsBefore = answer.status === 200 && this.good?.equals(answer.body) === true;
      const failure = isAsBefore ? undefined : failureOf(answer);
      if (failure === undefined && !isAsBefore) this.good = Buffer.from(answer.body);
      this.onAnswer(performance.now() - this.sentAt, failure);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.isStopped) this.socket.destroy();
    else this.send();
  }

  private fail(reason: string): void {
    if (!this.isStopped) this.onAnswer(performance.now() - this.sentAt, reason);
    this.isStopped = true;
    this.socket.destroy();
  }
}
