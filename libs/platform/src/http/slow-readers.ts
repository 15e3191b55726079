import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '@mcp-hub/application';

export interface SlowReaderLimits {
  /** A connection that takes nothing for so long, while there is something to take, is cut. */
  stallMs: number;
  /** One that is given much at once may take longer: it has to manage so much a second. */
  minBytesPerSecond: number;
  /** Of all connections together. Beyond it those go first that have taken nothing for longest. */
  maxUnreadBytes: number;
  /** Who has taken something since is not cut, whatever the others leave unread; with twice as much unread a quarter of it counts. */
  graceMs: number;
  everyMs: number;
}

export const slowReaderLimits: SlowReaderLimits = {
  stallMs: 30_000,
  minBytesPerSecond: 64 * 1024,
  maxUnreadBytes: 64 * 1024 * 1024,
  graceMs: 1_000,
  everyMs: 250,
};

interface Reading {
  socket: Socket;
  unread: number;
  /** Bytes that were taken so far, but for the write at hand. */
  taken: number;
  /** What is left of the write at hand. */
  left: number;
  /** When that last grew, in ms of `performance.now()`. */
  takenAt: number;
}

/**
 * Cuts off clients that do not read what they asked for, so that what is kept for them is bounded (gateway.md, "One bad
 * server never affects another": memory stays bounded however slow a reader is). Whoever writes to them learns of it by
 * the connection's end.
 */
export class SlowReaders {
  private readonly sockets = new Set<Socket>();
  private readonly readings = new Map<Socket, Reading>();

  constructor(
    private readonly log: Log,
    private readonly limits: SlowReaderLimits = slowReaderLimits,
  ) {}

  /** From now on, until the server is closed. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => {
        this.sockets.delete(socket);
        this.readings.delete(socket);
      });
    });
    const timer = setInterval(() => {
      this.look(performance.now());
    }, this.limits.everyMs);
    timer.unref();
    server.once('close', () => {
      clearInterval(timer);
    });
  }

  private look(now: number): void {
    const { maxUnreadBytes, graceMs } = this.limits;
    let unread = 0;
    for (const socket of this.sockets) unread += this.read(socket, now);
    for (const reading of this.readings.values()) {
      if (this.isStalled(reading, now)) unread -= this.cut(reading, now);
    }
    if (unread <= maxUnreadBytes) return;
    const slowest = [...this.readings.values()].sort((a, b) => a.takenAt - b.takenAt);
    for (const reading of slowest) {
      const grace = unread > 2 * maxUnreadBytes ? graceMs / 4 : graceMs;
      if (unread <= maxUnreadBytes || now - reading.takenAt < grace) return;
      unread -= this.cut(reading, now);
    }
  }

  /** @returns what is unread */
  private read(socket: Socket, now: number): number {
    const unread = socket.writableLength;
    if (unread === 0) {
      this.readings.delete(socket);
      return 0;
    }
    const taken = socket.bytesWritten - unread;
    const left = leftOf(socket);
    const reading = this.readings.get(socket);
    if (!reading) this.readings.set(socket, { socket, unread, taken, left, takenAt: now });
    else {
      if (taken > reading.taken || left < reading.left) reading.takenAt = now;
      Object.assign(reading, { unread, taken, left });
    }
    return unread;
  }

  private isStalled({ unread, takenAt }: Reading, now: number): boolean {
    const { stallMs, minBytesPerSecond } = this.limits;
    return now - takenAt > Math.max(stallMs, (unread / minBytesPerSecond) * 1_000);
  }

  private cut({ socket, unread, takenAt }: Reading, now: number): number {
    this.log.warn('http.slow_reader_cut', { unread, stalledMs: Math.round(now - takenAt) });
    this.readings.delete(socket);
    socket.destroy();
    return unread;
  }
}

/** Node looks there itself to tell a slow write from one that is stuck ("timeout" of a socket); nothing public says it. */
function leftOf(socket: Socket & { _handle?: { writeQueueSize?: number } | null }): number {
  return socket._handle?.writeQueueSize ?? 0;
}
