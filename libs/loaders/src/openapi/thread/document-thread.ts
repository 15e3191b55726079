import { Worker } from 'node:worker_threads';
import { LoadFailed } from '@mcp-hub/domain';
import type {
  Answers,
  CrossedFailure,
  FromThread,
  Question,
  ThreadRequest,
  ThreadRequests,
  ToThread,
} from './thread-messages.js';
import { UnfitForSharing } from './unfit-for-sharing.js';

export interface DocumentThreadOptions {
  /** The program of the thread; compiled, and beside this file unless given. */
  file?: URL;
  /** For all that it holds; a thread that needs more ends. */
  heapMb: number;
}

/** Whoever ordered a model of a thread. */
export interface ModelOwner {
  answer(question: Question): Promise<Answers[Question['kind']]>;
  /** The thread has ended by itself, and the model with it. */
  onLoss(reason: LoadFailed): void;
}

/** As much of an AbortSignal as it takes to give a request up. */
export interface GivingUp {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface Pending {
  kind: ThreadRequest['kind'];
  /** Whose end is the end of the request. */
  model?: number;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/** One worker thread that makes models of documents and runs their calls. It keeps no process alive. */
export class DocumentThread {
  readonly #worker: Worker;
  readonly #heapMb: number;
  readonly #pending = new Map<number, Pending>();
  readonly #owners = new Map<number, ModelOwner>();
  #lastId = 0;
  #loss: LoadFailed | undefined;
  readonly #suspects = new Set<number>();

  constructor({ file = new URL('./openapi-thread.js', import.meta.url), heapMb }: DocumentThreadOptions) {
    this.#heapMb = heapMb;
    this.#worker = new Worker(file, {
      name: 'openapi',
      // Nothing that it does depends on the environment, and what it reads comes from strangers.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    this.#worker.on('message', (message: FromThread) => {
      this.#take(message);
    });
    this.#worker.on('error', (error) => {
      this.#lost(error);
    });
    this.#worker.on('exit', () => {
      this.#lost(new Error('It exited.'));
    });
    // Listening for messages counts as a reason to stay, so this comes last.
    this.#worker.unref();
  }

  /** It has ended: nothing may be asked of it any more. */
  get isOver(): boolean {
    return this.#loss !== undefined;
  }

  /** It has ended by itself, perhaps because of what it did for this model. */
  brokeUnder(model: number): boolean {
    return this.#suspects.has(model);
  }

  get modelCount(): number {
    return this.#owners.size;
  }

  /** It is asked to load something. */
  get isLoading(): boolean {
    return [...this.#pending.values()].some(({ kind }) => kind === 'load');
  }

  /** @returns the number of a model that may be loaded, until `remove` */
  add(owner: ModelOwner): number {
    this.#lastId += 1;
    this.#owners.set(this.#lastId, owner);
    return this.#lastId;
  }

  /** What is under way of it is rejected. */
  remove(model: number): void {
    if (!this.#owners.delete(model) || this.isOver) return;
    this.#send({ kind: 'unload', model });
    for (const pending of this.#pending.values()) if (pending.model === model) pending.reject(closed());
  }

  /**
   * Rejects with the reason of the signal as soon as that is aborted.
   * @param transfer moves to the thread instead of being copied
   * @throws LoadFailed of the load, or where the thread has ended
   */
  async ask<Kind extends keyof ThreadRequests>(
    request: ThreadRequest & ThreadRequests[Kind]['request'],
    signal: GivingUp,
    transfer: ArrayBuffer[] = [],
  ): Promise<ThreadRequests[Kind]['answer']> {
    if (signal.aborted) throw reasonOf(signal);
    if (this.#loss) throw this.#loss;
    this.#lastId += 1;
    const id = this.#lastId;
    let stop = (): void => undefined;
    try {
      return await new Promise<ThreadRequests[Kind]['answer']>((resolve, reject) => {
        const cancel = (): void => {
          this.#send({ kind: 'cancel', id });
          reject(reasonOf(signal));
        };
        signal.addEventListener('abort', cancel, { once: true });
        stop = () => {
          signal.removeEventListener('abort', cancel);
        };
        this.#pending.set(id, {
          kind: request.kind,
          resolve,
          reject,
          ...('model' in request && { model: request.model }),
        });
        this.#send({ kind: 'request', id, request }, transfer);
      });
    } finally {
      this.#pending.delete(id);
      stop();
    }
  }

  /** Ends it at once, whatever it does. Idempotent. */
  async end(reason = closed()): Promise<void> {
    this.#lost(reason);
    await this.#worker.terminate();
  }

  #send(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(message: FromThread): void {
    switch (message.kind) {
      case 'done':
        this.#pending.get(message.id)?.resolve(message.value as never);
        return;
      case 'failed':
        this.#pending.get(message.id)?.reject(failureOf(message.failure));
        return;
      case 'question':
        void this.#answer(message);
    }
  }

  async #answer({ id, model, question }: Extract<FromThread, { kind: 'question' }>): Promise<void> {
    try {
      const owner = this.#owners.get(model);
      if (!owner) throw new Error('Nobody owns the model any more.');
      const value = await owner.answer(question);
      if (!this.isOver) this.#send({ kind: 'answer', id, value });
    } catch (error) {
      const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
      const message = error instanceof Error ? error.message : String(error);
      if (!this.isOver) this.#send({ kind: 'failure', id, message, ...(typeof code === 'string' && { code }) });
    }
  }

  #lost(error: Error): void {
    if (this.#loss) return;
    const loss = error instanceof LoadFailed ? error : lossOf(error, this.#heapMb);
    this.#loss = loss;
    if (loss !== error) this.#suspect();
    for (const { reject } of this.#pending.values()) reject(loss);
    const owners = [...this.#owners.values()];
    this.#owners.clear();
    for (const owner of owners) owner.onLoss(loss);
  }

  /** Loads need more than calls, so they are suspected first. */
  #suspect(): void {
    const kind = this.isLoading ? 'load' : 'call';
    for (const pending of this.#pending.values()) {
      if (pending.kind === kind && pending.model !== undefined) this.#suspects.add(pending.model);
    }
  }
}

/** Of what was closed before, or meanwhile. */
export function closed(): LoadFailed {
  return new LoadFailed('crashed', 'The server was closed.', 'Load it again.');
}

function reasonOf({ reason }: GivingUp): Error {
  return reason instanceof Error ? reason : new Error('It was cancelled.');
}

function failureOf({ message, load, isUnfit }: CrossedFailure): Error {
  if (isUnfit === true) return new UnfitForSharing(message);
  if (!load) return new Error(message);
  return new LoadFailed(load.code, message, load.remedy, { isTransient: load.isTransient });
}

function lossOf(error: Error, heapMb: number): LoadFailed {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new LoadFailed(
      'out_of_memory',
      `The OpenAPI document, or one beside it, needed more than the ${heapMb} MB of memory that a thread may use.`,
      'Publish a smaller document, or leave operations out with openapi_config.route_maps.',
      { cause: error },
    );
  }
  return new LoadFailed(
    'crashed',
    'The thread that served the OpenAPI document ended unexpectedly.',
    'It is loaded again by itself. If it happens again, report the document.',
    { cause: error },
  );
}
