import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, type Writable } from 'node:stream';

/** How much of a request is kept, so that it can be sent to another worker (design.md, "Data plane rules"). */
export const replayBytes = 64 * 1024;

/**
 * The body of a client's request: streams to a worker with backpressure, and keeps its first 64 KiB so that it can be
 * sent again where that is all of it, or read for the JSON-RPC id of an error. Nothing is read before somebody asks.
 */
export class ReplayableBody {
  private readonly chunks: Buffer[] = [];
  private keptBytes = 0;
  private size = 0;
  private hasEnded = false;
  private destination: Writable | undefined;
  private onWhole: (() => void) | undefined;
  private isAttached = false;
  private isDiscarded = false;

  constructor(private readonly request: IncomingMessage) {}

  /** Whether what was read so far is kept in full, so that sending it again loses nothing. */
  get isReplayable(): boolean {
    return this.size <= replayBytes;
  }

  /** It says that it is small enough to be kept in full. */
  get isShort(): boolean {
    const length = this.request.headers['content-length'];
    return length !== undefined && Number(length) <= replayBytes;
  }

  /** All of it has come in, and was handed to who takes it. */
  get isWhole(): boolean {
    return this.hasEnded;
  }

  /** Calls back once with all of a short body, unless it is detached before. */
  whenWhole(onWhole: (content: Buffer) => void): void {
    const give = (): void => {
      const [first] = this.chunks;
      onWhole(first !== undefined && this.chunks.length === 1 ? first : Buffer.concat(this.chunks));
    };
    if (this.hasEnded) {
      give();
      return;
    }
    this.onWhole = give;
    this.attach();
    this.request.resume();
  }

  /** As `sendTo`, for who reads it. */
  stream(): Readable {
    const stream = new PassThrough();
    // Destroyed by its reader when the worker is lost: what is still written to it goes nowhere.
    stream.on('error', () => undefined);
    this.sendTo(stream);
    return stream;
  }

  /** Streams to `destination` from the first byte. @throws RangeError where that is not kept any more */
  sendTo(destination: Writable): void {
    if (!this.isReplayable) throw new RangeError('The request is larger than the replay buffer.');
    this.destination = destination;
    for (const chunk of this.chunks) destination.write(chunk);
    if (this.hasEnded) {
      destination.end();
      return;
    }
    this.attach();
    this.request.resume();
  }

  /** The worker is lost: nothing more is read until somebody takes over. */
  detach(): void {
    this.destination = undefined;
    this.onWhole = undefined;
    if (!this.hasEnded && !this.isDiscarded) this.request.pause();
  }

  /** The request is answered: the rest of it is read and thrown away, so that its connection can take the next one. */
  discard(): void {
    this.isDiscarded = true;
    this.destination = undefined;
    this.request.resume();
  }

  /** What is kept of the body, once it is whole or the buffer is full; at the latest after `timeoutMs`. */
  async prefix(timeoutMs = 2_000): Promise<string> {
    if (!this.hasEnded && this.isReplayable) {
      this.attach();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(finish, timeoutMs);
        const { request } = this;
        const look = (): void => {
          if (this.hasEnded || !this.isReplayable) finish();
        };
        request.on('data', look).on('end', look).on('close', finish);
        request.resume();
        function finish(): void {
          clearTimeout(timer);
          request.off('data', look).off('end', look).off('close', finish);
          resolve();
        }
      });
    }
    return Buffer.concat(this.chunks).toString('utf8');
  }

  private attach(): void {
    if (this.isAttached) return;
    this.isAttached = true;
    this.request.on('data', (chunk: Buffer) => {
      this.keep(chunk);
      this.size += chunk.length;
      const { destination } = this;
      if (destination && !destination.write(chunk)) {
        this.request.pause();
        destination.once('drain', () => {
          if (this.destination === destination) this.request.resume();
        });
      }
    });
    this.request.on('end', () => {
      this.hasEnded = true;
      this.destination?.end();
      this.onWhole?.();
    });
  }

  /** What is cut off is copied, so that a small rest does not hold a large chunk. */
  private keep(chunk: Buffer): void {
    const room = replayBytes - this.keptBytes;
    if (room <= 0) return;
    const kept = chunk.length <= room ? chunk : Buffer.from(chunk.subarray(0, room));
    this.chunks.push(kept);
    this.keptBytes += kept.length;
  }
}
