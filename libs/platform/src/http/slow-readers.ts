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
  /** Below it nobody is cut, whatever the others leave unread. */
  graceMs: number;
  everyMs: number;
}

export const slowReaderLimits: SlowReaderLimits = {
  stallMs: 30_000,
  minBytesPerSecond: 64 * 1024,
  maxUnreadBytes: 64 * 1024 * 1024,
  graceMs: 2_000,
  everyMs: 1_000,
};

interface Reading {
  socket: Socket;
  unread: number;
  /** Bytes that were taken so far. */
  taken: number;
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
      if (unread <= maxUnreadBytes || now - reading.takenAt < graceMs) return;
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
    const reading = this.readings.get(socket);
    if (!reading) this.readings.set(socket, { socket, unread, taken, takenAt: now });
    else {
      if (taken > reading.taken) reading.takenAt = now;
      reading.unread = unread;
      reading.taken = taken;
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
