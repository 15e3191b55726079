import type { ServerResponse } from 'node:http';

export interface SessionCountOptions {
  /** `gateway.max_sessions`. */
  max: number;
  /** A session without a request for so long counts no more. */
  idleMs: number;
  /** Milliseconds of any clock that only goes forward. */
  now: () => number;
}

interface Carried {
  lastSeen: number;
  /** Requests that are not answered so far; event streams are open for long. */
  open: number;
}

/** Between two looks for sessions that ended without this gateway hearing of it. */
const lookEveryMs = 1_000;

/**
 * How many legacy sessions this gateway has opened, or carries for others: those whose requests it has passed on lately.
 * What it does not know of, since another gateway opened it, or this one was restarted, counts from its next request on.
 */
export class SessionCount {
  /** By id; the one that was used longest ago comes first. */
  private readonly carried = new Map<string, Carried>();
  /** Sessions that are being opened, and those that live as long as their stream (HTTP+SSE). */
  private reserved = 0;
  private lastLook = -Infinity;

  constructor(private readonly options: SessionCountOptions) {}

  get size(): number {
    return this.carried.size + this.reserved;
  }

  /** Whether there is a place for another session. */
  get hasRoom(): boolean {
    if (this.size < this.options.max) return true;
    this.look();
    return this.size < this.options.max;
  }

  /** Keeps a place until the answer is given, or its stream ends. */
  reserve(res: ServerResponse): void {
    this.reserved++;
    res.once('close', () => {
      this.reserved--;
    });
  }

  /** A session was opened. */
  add(id: string): void {
    this.carried.set(id, { lastSeen: this.options.now(), open: 0 });
    this.bound();
  }

  /** A request of a session is passed on; when its answer says that the session is over, it counts no more. */
  use(id: string, method: string | undefined, res: ServerResponse): void {
    const session = this.carried.get(id) ?? { lastSeen: 0, open: 0 };
    session.open++;
    this.touch(id, session);
    res.once('close', () => {
      session.open--;
      const isOver = res.statusCode === 404 || (method === 'DELETE' && res.statusCode < 300);
      if (isOver) this.carried.delete(id);
      else if (this.carried.get(id) === session) this.touch(id, session);
    });
    this.bound();
  }

  private touch(id: string, session: Carried): void {
    session.lastSeen = this.options.now();
    this.carried.delete(id);
    this.carried.set(id, session);
  }

  private look(): void {
    const now = this.options.now();
    if (now - this.lastLook < lookEveryMs) return;
    this.lastLook = now;
    for (const [id, { lastSeen, open }] of this.carried) {
      if (now - lastSeen < this.options.idleMs) break;
      if (open === 0) this.carried.delete(id);
    }
  }

  /** Other gateways' sessions come without being asked for: of twice as many as may be, the oldest is forgotten. */
  private bound(): void {
    if (this.carried.size <= 2 * this.options.max) return;
    const oldest = this.carried.keys().next();
    if (!oldest.done) this.carried.delete(oldest.value);
  }
}
