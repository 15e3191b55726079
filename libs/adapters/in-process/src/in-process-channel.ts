import type { Consumer, LoadAttempt } from '@mcp-hub/application';

/** How messages of one channel are retried. */
export interface RetryRules<T> {
  attempts(message: T): number;
  /** @param failures ≥ 1 */
  delayMs(message: T, failures: number): number;
  /** Whether no further attempt can help. */
  isFinal(error: unknown): boolean;
}

export type Handler<T> = (message: T, attempt: LoadAttempt) => Promise<void>;

interface Envelope<T> {
  message: T;
  /** Of those that wait, only one of each key is kept. */
  key: string | undefined;
  failures: number;
}

/** Messages of one kind, from those who push to those who consume: first in, first out, but for retries. */
export class InProcessChannel<T> {
  private readonly waiting: Envelope<T>[] = [];
  /** Of those that wait for a consumer or for their next attempt. */
  private readonly waitingKeys = new Set<string>();
  private readonly toRetry = new Map<Envelope<T>, NodeJS.Timeout>();
  private readonly consumers = new Set<ChannelConsumer<T>>();

  constructor(
    private readonly rules: RetryRules<T>,
    private readonly closeTimeoutMs: number,
  ) {}

  /** Does nothing where one of the same key waits already, for a consumer or for its next attempt. */
  push(message: T, key?: string): void {
    if (key !== undefined && this.waitingKeys.has(key)) return;
    const envelope = { message: structuredClone(message), key, failures: 0 };
    this.note(envelope);
    this.waiting.push(envelope);
    this.dispatch();
  }

  consume(concurrency: number, handler: Handler<T>): Consumer {
    const consumer = new ChannelConsumer(this, concurrency, handler, this.closeTimeoutMs);
    this.consumers.add(consumer);
    this.dispatch();
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    for (const timer of this.toRetry.values()) clearTimeout(timer);
    this.toRetry.clear();
    this.waitingKeys.clear();
    this.waiting.length = 0;
  }

  dispatch(): void {
    for (;;) {
      const [idlest] = [...this.consumers].filter((one) => one.isFree).sort((a, b) => a.inHand - b.inHand);
      const envelope = idlest && this.waiting.shift();
      if (!envelope) return;
      if (envelope.key !== undefined) this.waitingKeys.delete(envelope.key);
      idlest.take(envelope);
    }
  }

  leave(consumer: ChannelConsumer<T>): void {
    this.consumers.delete(consumer);
  }

  attemptOf({ message, failures }: Envelope<T>, signal: AbortSignal): LoadAttempt {
    const attempt = failures + 1;
    return { attempt, isLast: attempt >= this.rules.attempts(message), signal };
  }

  /** It was not done, through no fault of its own: another consumer gets it, next. */
  putBack(envelope: Envelope<T>): void {
    this.note(envelope);
    this.waiting.unshift(envelope);
  }

  isOver(envelope: Envelope<T>, error: unknown): boolean {
    return this.rules.isFinal(error) || envelope.failures + 1 >= this.rules.attempts(envelope.message);
  }

  retry(envelope: Envelope<T>): void {
    envelope.failures++;
    this.note(envelope);
    const timer = setTimeout(
      () => {
        this.toRetry.delete(envelope);
        this.waiting.push(envelope);
        this.dispatch();
      },
      this.rules.delayMs(envelope.message, envelope.failures),
    );
    this.toRetry.set(envelope, timer);
  }

  isFinal(error: unknown): boolean {
    return this.rules.isFinal(error);
  }

  private note({ key }: Envelope<T>): void {
    if (key !== undefined) this.waitingKeys.add(key);
  }
}

class ChannelConsumer<T> implements Consumer {
  private readonly deliveries = new Map<Envelope<T>, { abort: AbortController; settled: Promise<void> }>();
  private isPaused = false;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly channel: InProcessChannel<T>,
    private readonly concurrency: number,
    private readonly handler: Handler<T>,
    private readonly closeTimeoutMs: number,
  ) {}

  get inHand(): number {
    return this.deliveries.size;
  }

  get isFree(): boolean {
    return !this.isPaused && !this.closing && this.inHand < this.concurrency;
  }

  take(envelope: Envelope<T>): void {
    const abort = new AbortController();
    this.deliveries.set(envelope, { abort, settled: this.deliver(envelope, abort.signal) });
  }

  async pause(): Promise<void> {
    this.isPaused = true;
  }

  async resume(): Promise<void> {
    this.isPaused = false;
    this.channel.dispatch();
  }

  close(): Promise<void> {
    this.closing ??= this.letGo();
    return this.closing;
  }

  private async letGo(): Promise<void> {
    for (const { abort } of this.deliveries.values()) abort.abort();
    const settled = Promise.all([...this.deliveries.values()].map((delivery) => delivery.settled));
    await withinTime(settled, this.closeTimeoutMs);
    for (const envelope of this.deliveries.keys()) this.channel.putBack(envelope);
    this.deliveries.clear();
    this.channel.leave(this);
    this.channel.dispatch();
  }

  private async deliver(envelope: Envelope<T>, signal: AbortSignal): Promise<void> {
    // Whoever pushed goes on first.
    await Promise.resolve();
    try {
      await this.handler(structuredClone(envelope.message), this.channel.attemptOf(envelope, signal));
      this.deliveries.delete(envelope);
    } catch (error) {
      // Without an entry it was let go of, and belongs to another consumer by now.
      if (!this.deliveries.delete(envelope)) return;
      if (signal.aborted && !this.channel.isFinal(error)) this.channel.putBack(envelope);
      else if (!this.channel.isOver(envelope, error)) this.channel.retry(envelope);
    }
    this.channel.dispatch();
  }
}

/** Resolves when `work` does, and after `timeoutMs` at the latest. */
async function withinTime(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeIsUp]);
  clearTimeout(timer);
}
