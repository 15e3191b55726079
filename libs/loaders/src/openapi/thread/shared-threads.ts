import { DocumentThread, type DocumentThreadOptions } from './document-thread.js';

interface Shared {
  thread: DocumentThread;
  /** How often each document is used, by its hash. */
  uses: Map<string, number>;
  bytes: number;
}

/** Threads for many documents each: as many as they need, none with more than its memory is sure to hold. */
export class SharedThreads {
  readonly #options: DocumentThreadOptions & { sharedBytes: number };
  #threads: Shared[] = [];

  constructor(options: DocumentThreadOptions & { sharedBytes: number }) {
    this.#options = options;
  }

  get count(): number {
    return this.#threads.filter(({ thread }) => !thread.isOver).length;
  }

  /** @returns the thread for a document, and what gives its place free */
  place(hash: string, bytes: number): { thread: DocumentThread; leave: () => void } {
    this.#threads = this.#threads.filter(({ thread }) => !thread.isOver);
    const { sharedBytes } = this.#options;
    const found =
      this.#threads.find(({ uses }) => uses.has(hash)) ??
      this.#threads.find((shared) => shared.bytes + bytes <= sharedBytes) ??
      this.#start();
    const used = found.uses.get(hash) ?? 0;
    if (used === 0) found.bytes += bytes;
    found.uses.set(hash, used + 1);
    const leave = (): void => {
      const left = (found.uses.get(hash) ?? 1) - 1;
      if (left > 0) {
        found.uses.set(hash, left);
        return;
      }
      if (found.uses.delete(hash)) found.bytes -= bytes;
      if (found.uses.size === 0) this.#threads = this.#threads.filter((one) => one !== found);
    };
    return { thread: found.thread, leave };
  }

  #start(): Shared {
    const started = { thread: new DocumentThread(this.#options), uses: new Map<string, number>(), bytes: 0 };
    this.#threads.push(started);
    return started;
  }
}
