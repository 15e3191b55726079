import { LoadFailed } from '@mcp-hub/domain';
import { ApiModelHandle } from './api-model-handle.js';
import { DocumentThread, type DocumentThreadOptions, type ModelOwner } from './document-thread.js';
import type { ModelOrder, Question, Answers } from './thread-messages.js';

export interface OpenApiThreadsOptions extends Partial<DocumentThreadOptions> {
  /** A document of more bytes has a thread of its own. */
  largeBytes?: number;
  /** How long a thread that others use too may go on with a load that was given up. */
  graceMs?: number;
}

/** What a thread may hold: the largest documents known need half of it. */
const defaultHeapMb = 2_048;
/** Converting as much takes about as long as others may be kept waiting. */
const defaultLargeBytes = 256 * 1024;
const defaultGraceMs = 10_000;
/**
 * No JSON needs more memory than so many times its size once it is parsed. V8 does not stop parsing where a thread's
 * memory ends: the process would end, not the thread.
 */
const parsedSizeFactor = 32;

/**
 * The threads in which OpenAPI documents live (docs/decisions/0010-openapi-in-a-thread.md): one for all small documents,
 * and one for each large document, whatever number of entries loads it. A thread starts with its first model and ends
 * with its last.
 */
export class OpenApiThreads {
  readonly #options: Required<Omit<OpenApiThreadsOptions, 'file'>> & Pick<DocumentThreadOptions, 'file'>;
  /** By the hash of a large document; undefined for all small ones. */
  readonly #threads = new Map<string | undefined, DocumentThread>();

  constructor({
    heapMb = defaultHeapMb,
    largeBytes = defaultLargeBytes,
    graceMs = defaultGraceMs,
    file,
  }: OpenApiThreadsOptions = {}) {
    this.#options = { heapMb, largeBytes, graceMs, ...(file && { file }) };
  }

  get count(): number {
    return [...this.#threads.values()].filter(({ isOver }) => !isOver).length;
  }

  /**
   * @param order its document's bytes move to the thread
   * @param answer to what the thread asks meanwhile, and later during calls
   * @throws LoadFailed, or the reason of the signal
   */
  async load(
    order: ModelOrder,
    answer: (question: Question) => Promise<Answers[Question['kind']]>,
    signal: AbortSignal,
  ): Promise<ApiModelHandle> {
    const { hash, bytes } = order.document;
    this.#checkSize(bytes.byteLength);
    const key = bytes.byteLength > this.#options.largeBytes ? hash : undefined;
    const thread = this.#threadFor(key);
    let onLoss: ((reason: LoadFailed) => void) | undefined;
    const owner: ModelOwner = {
      answer,
      onLoss: (reason) => {
        onLoss?.(reason);
      },
    };
    const model = thread.add(owner);
    const release = () => this.#release(key, thread, model);
    try {
      const summary = await thread.ask<'load'>({ kind: 'load', model, order }, signal, [bufferOf(bytes)]);
      const handle = new ApiModelHandle({ thread, model, summary, release });
      onLoss = (reason) => {
        handle.lose(reason);
      };
      return handle;
    } catch (error) {
      await release();
      if (signal.aborted) this.#watch(thread);
      // In a thread of its own it would fit as little the next time.
      if (key !== undefined && error instanceof LoadFailed && error.code === 'out_of_memory') {
        throw new LoadFailed(error.code, error.message, error.remedy, { cause: error, isTransient: false });
      }
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

  #threadFor(key: string | undefined): DocumentThread {
    const running = this.#threads.get(key);
    if (running && !running.isOver) return running;
    const thread = new DocumentThread(this.#options);
    this.#threads.set(key, thread);
    return thread;
  }

  async #release(key: string | undefined, thread: DocumentThread, model: number): Promise<void> {
    thread.remove(model);
    if (thread.modelCount > 0) return;
    if (this.#threads.get(key) === thread) this.#threads.delete(key);
    await thread.end();
  }

  /** A conversion can't be interrupted: one that goes on and on is ended with its thread. */
  #watch(thread: DocumentThread): void {
    if (thread.isOver) return;
    const grace = AbortSignal.timeout(this.#options.graceMs);
    thread.ask<'ping'>({ kind: 'ping' }, grace).catch(() => {
      const message = 'A document beside this one took too long to convert, and the thread of both was ended.';
      return thread.end(new LoadFailed('crashed', message, 'It is loaded again by itself.'));
    });
  }
}

function bufferOf({ buffer }: Uint8Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  throw new TypeError('Shared memory can not move to a thread.');
}
