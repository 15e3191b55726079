import { LoadFailed } from '@mcp-hub/domain';
import { ApiModelHandle } from './api-model-handle.js';
import { DocumentThread, type DocumentThreadOptions, type ModelOwner } from './document-thread.js';
import { SharedThreads } from './shared-threads.js';
import type { Answers, ModelOrder, Question, SharedLimits } from './thread-messages.js';
import { UnfitForSharing } from './unfit-for-sharing.js';

export interface OpenApiThreadsOptions extends Partial<DocumentThreadOptions>, Partial<SharedLimits> {
  /** A document of more bytes has a thread of its own. */
  largeBytes?: number;
  /** Of the documents of one thread that many share. */
  sharedBytes?: number;
  /** How long a thread may keep silent after something was given up there. */
  graceMs?: number;
}

/** What a thread may hold: the largest documents known need half of it. */
const defaultHeapMb = 2_048;
/** Converting as much takes about as long as others may be kept waiting. */
const defaultLargeBytes = 256 * 1024;
const defaultGraceMs = 10_000;
/** Many times what a document of that size takes. */
const defaultWorkMs = 2_000;
const defaultExternalLength = 1024 * 1024;
/** Large documents take a thread so many times longer than small ones. */
const ownGraceFactor = 6;
/**
 * No JSON needs more memory than so many times its size once it is parsed. V8 does not stop parsing where a thread's
 * memory ends: the process would end, not the thread.
 */
const parsedSizeFactor = 32;
/** Documents are remembered as unfit; the oldest is forgotten first. */
const mostRemembered = 1_000;

type Answer = (question: Question) => Promise<Answers[Question['kind']]>;
interface Place {
  thread: DocumentThread;
  leave: () => void;
}

/**
 * The threads in which OpenAPI documents live (docs/decisions/0010-openapi-in-a-thread.md): some for all small documents,
 * and one for each large document, whatever number of entries loads it. A thread starts with its first model and ends
 * with its last. A small document that has brought down a thread, or takes more than it should, is treated as a large one.
 */
export class OpenApiThreads {
  readonly #options: Required<Omit<OpenApiThreadsOptions, 'file' | 'sharedBytes'>> &
    Pick<DocumentThreadOptions, 'file'>;
  readonly #shared: SharedThreads;
  /** By the hash of the document. */
  readonly #own = new Map<string, DocumentThread>();
  readonly #unfit = new Set<string>();
  readonly #watched = new WeakSet<DocumentThread>();

  constructor({
    heapMb = defaultHeapMb,
    largeBytes = defaultLargeBytes,
    sharedBytes = (heapMb / parsedSizeFactor / 2) * 1024 * 1024,
    graceMs = defaultGraceMs,
    workMs = defaultWorkMs,
    externalLength = defaultExternalLength,
    file,
  }: OpenApiThreadsOptions = {}) {
    this.#options = { heapMb, largeBytes, graceMs, workMs, externalLength, ...(file && { file }) };
    this.#shared = new SharedThreads({ heapMb, sharedBytes, ...(file && { file }) });
  }

  get count(): number {
    return this.#shared.count + [...this.#own.values()].filter(({ isOver }) => !isOver).length;
  }

  /**
   * @param order its document's bytes move to the thread
   * @param answer to what the thread asks meanwhile, and later during calls
   * @throws LoadFailed, or the reason of the signal
   */
  async load(order: ModelOrder, answer: Answer, signal: AbortSignal): Promise<ApiModelHandle> {
    const { hash, bytes } = order.document;
    this.#checkSize(bytes.byteLength);
    if (bytes.byteLength > this.#options.largeBytes || this.#unfit.has(hash)) {
      return this.#loadAlone(order, answer, signal);
    }
    // What moves is gone, and may be needed again.
    const again = bytes.slice();
    const place = this.#shared.place(hash, bytes.byteLength);
    const { workMs, externalLength } = this.#options;
    try {
      return await this.#loadIn(place, { ...order, share: { workMs, externalLength } }, answer, signal);
    } catch (error) {
      if (error instanceof UnfitForSharing) this.#remember(hash);
      if (!this.#unfit.has(hash)) throw error;
      if (signal.aborted) throw error;
      return this.#loadAlone({ ...order, document: { ...order.document, bytes: again } }, answer, signal);
    }
  }

  async #loadAlone(order: ModelOrder, answer: Answer, signal: AbortSignal): Promise<ApiModelHandle> {
    try {
      return await this.#loadIn(this.#ownPlace(order.document.hash), order, answer, signal);
    } catch (error) {
      // It would fit as little the next time.
      if (error instanceof LoadFailed && error.code === 'out_of_memory') {
        throw new LoadFailed(error.code, error.message, error.remedy, { cause: error, isTransient: false });
      }
      throw error;
    }
  }

  async #loadIn(
    { thread, leave }: Place,
    order: ModelOrder,
    answer: Answer,
    signal: AbortSignal,
  ): Promise<ApiModelHandle> {
    const { hash, bytes } = order.document;
    let onLoss: ((reason: LoadFailed) => void) | undefined;
    const owner: ModelOwner = {
      answer,
      onLoss: (reason) => {
        onLoss?.(reason);
      },
    };
    const model = thread.add(owner);
    const release = async (): Promise<void> => {
      thread.remove(model);
      leave();
      if (thread.modelCount === 0) await thread.end();
    };
    try {
      const summary = await thread.ask<'load'>({ kind: 'load', model, order }, signal, [bufferOf(bytes)]);
      const onUnfinished = () => {
        if (thread.brokeUnder(model)) this.#remember(hash);
        else this.#watch(thread, hash);
      };
      const handle = new ApiModelHandle({ thread, model, summary, release, onUnfinished });
      onLoss = (reason) => {
        handle.lose(reason);
      };
      return handle;
    } catch (error) {
      if (thread.brokeUnder(model)) this.#remember(hash);
      await release();
      if (signal.aborted) this.#watch(thread, hash);
      throw error;
    }
  }

  #checkSize(bytes: number): void {
    const mostMb = this.#options.heapMb / parsedSizeFactor;
    if (bytes <= mostMb * 1024 * 1024) return;
    throw new LoadFailed(
      'document_invalid',
      `The OpenAPI document is larger than ${mostMb} MiB.`,
      'Publish a smaller document.',
    );
  }

  #ownPlace(hash: string): Place {
    const running = this.#own.get(hash);
    const thread = running && !running.isOver ? running : new DocumentThread(this.#options);
    this.#own.set(hash, thread);
    const leave = (): void => {
      if (thread.modelCount === 0 && this.#own.get(hash) === thread) this.#own.delete(hash);
    };
    return { thread, leave };
  }

  #remember(hash: string): void {
    this.#unfit.delete(hash);
    this.#unfit.add(hash);
    const [oldest] = this.#unfit;
    if (this.#unfit.size > mostRemembered && oldest !== undefined) this.#unfit.delete(oldest);
  }

  /**
   * What can't be interrupted, a conversion or a call, is ended with its thread where it goes on and on.
   * @param hash of the document that is to blame then
   */
  #watch(thread: DocumentThread, hash: string): void {
    const isOwn = this.#own.get(hash) === thread;
    // Others load the same document there: what they wait for takes its time.
    if (thread.isOver || this.#watched.has(thread) || (isOwn && thread.isLoading)) return;
    this.#watched.add(thread);
    const grace = AbortSignal.timeout(this.#options.graceMs * (isOwn ? ownGraceFactor : 1));
    thread
      .ask<'ping'>({ kind: 'ping' }, grace)
      .catch(() => {
        if (thread.isOver) return;
        this.#remember(hash);
        const message = 'The thread of the OpenAPI document did not answer any more, and was ended.';
        return thread.end(new LoadFailed('crashed', message, 'It is loaded again by itself.'));
      })
      .finally(() => {
        this.#watched.delete(thread);
      });
  }
}

function bufferOf({ buffer }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  throw new TypeError('Shared memory can not move to a thread.');
}
