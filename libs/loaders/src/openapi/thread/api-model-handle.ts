import type { LoadFailed } from '@mcp-hub/domain';
import { closed, type DocumentThread, type GivingUp } from './document-thread.js';
import type { CallAnswer, ModelCall, ModelSummary } from './thread-messages.js';

export interface ApiModelHandleParts {
  thread: DocumentThread;
  model: number;
  summary: ModelSummary;
  release: () => Promise<void>;
  /** A call was given up, or its thread ended. */
  onUnfinished?: () => void;
}

/** A model of a thread, as seen from outside. */
export class ApiModelHandle {
  readonly summary: ModelSummary;
  readonly #thread: DocumentThread;
  readonly #model: number;
  readonly #release: () => Promise<void>;
  readonly #onUnfinished: (() => void) | undefined;
  readonly #lossListeners: ((reason: LoadFailed) => void)[] = [];
  #loss: LoadFailed | undefined;
  #active = 0;
  #isRetired = false;
  #released: Promise<void> | undefined;
  readonly #onFreed: (() => void)[] = [];

  constructor(parts: ApiModelHandleParts) {
    this.summary = parts.summary;
    this.#thread = parts.thread;
    this.#model = parts.model;
    this.#release = parts.release;
    this.#onUnfinished = parts.onUnfinished;
  }

  /** @throws the reason of the signal, or LoadFailed where the thread has ended or the model was closed */
  async call(call: ModelCall, signal: GivingUp): Promise<CallAnswer> {
    if (this.#released) throw closed();
    this.#active += 1;
    try {
      return await this.#thread.ask<'call'>({ kind: 'call', model: this.#model, call }, signal);
    } catch (error) {
      if (signal.aborted || this.#thread.isOver) this.#onUnfinished?.();
      throw error;
    } finally {
      this.#active -= 1;
      if (this.#isRetired && this.#active === 0) await this.close();
    }
  }

  /** Resolves where the thread answers. @throws the reason of the signal, or LoadFailed */
  async check(signal: AbortSignal): Promise<void> {
    await this.#thread.ask<'ping'>({ kind: 'ping' }, signal);
  }

  /** Called once, when the thread has ended by itself. */
  onLoss(listener: (reason: LoadFailed) => void): void {
    if (this.#loss) listener(this.#loss);
    else this.#lossListeners.push(listener);
  }

  /** For the pool. */
  lose(reason: LoadFailed): void {
    if (this.#released) return;
    this.#loss = reason;
    for (const listener of this.#lossListeners.splice(0)) listener(reason);
  }

  /** Frees it once its calls are over: another takes its place. Resolves when it is freed. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    if (this.#active === 0) await this.close();
    else if (!this.#released) await new Promise<void>((resolve) => this.#onFreed.push(resolve));
  }

  /** Frees it, whatever is under way. Idempotent. */
  close(): Promise<void> {
    this.#lossListeners.length = 0;
    this.#released ??= this.#release();
    for (const resolve of this.#onFreed.splice(0)) resolve();
    return this.#released;
  }
}
