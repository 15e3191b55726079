import { expect, vi } from 'vitest';
import type { LoadAttempt, LoadHandler, LoadJob } from '../ports/load-queue.port.js';

const patience = { timeout: 10_000, interval: 10 };

export interface Delivery {
  job: LoadJob;
  attempt: number;
  isLast: boolean;
  signal: AbortSignal;
  /** Of `performance.now()`. */
  at: number;
}

/** Keeps what is delivered to its `handler`, which then does what `act` does. */
export class Recorder {
  readonly deliveries: Delivery[] = [];
  /** How many deliveries are being handled, now and at most. */
  inHand = 0;
  mostInHand = 0;
  settled = 0;

  constructor(private readonly act: (delivery: Delivery) => Promise<void> | void = () => undefined) {}

  readonly handler: LoadHandler = async (job: LoadJob, { attempt, isLast, signal }: LoadAttempt) => {
    const delivery = { job, attempt, isLast, signal, at: performance.now() };
    this.deliveries.push(delivery);
    this.inHand++;
    this.mostInHand = Math.max(this.mostInHand, this.inHand);
    try {
      await this.act(delivery);
    } finally {
      this.inHand--;
      this.settled++;
    }
  };

  get ids(): string[] {
    return this.deliveries.map(({ job }) => job.serverId);
  }

  of(serverId: string): Delivery[] {
    return this.deliveries.filter(({ job }) => job.serverId === serverId);
  }

  /** @returns the deliveries of that server, once there are `count` of them */
  async until(serverId: string, count = 1): Promise<Delivery[]> {
    await vi.waitFor(() => expect(this.of(serverId).length).toBeGreaterThanOrEqual(count), patience);
    return this.of(serverId);
  }
}

/** A door that handlers wait at until the test opens it. */
export function aGate(): { open: () => void; passed: Promise<void> } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

/** Rejects when the signal aborts, as a handler does that gives up. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(new Error('The handler gave up.'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
