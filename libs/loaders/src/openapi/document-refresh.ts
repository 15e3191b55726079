import type { Diagnostic } from '@mcp-hub/application';
import type { Timers } from '@mcp-hub/mcp';
import type { ApiModelHandle } from './thread/api-model-handle.js';

export interface DocumentRefreshParts {
  intervalMs: number;
  timers: Timers;
  /** In ms since the Unix epoch. */
  now: () => number;
  /** For one look: reading the document, and converting it where it has changed. */
  lookMs?: number;
  /** @returns undefined where the document is what it was. @throws LoadFailed where it can't be used */
  next: (signal: AbortSignal) => Promise<ApiModelHandle | undefined>;
  /** For the server's log. */
  tell: (line: string) => void;
}

export interface RefreshListener {
  onModel: (next: ApiModelHandle) => void;
  /** What `remarks` gives has changed. */
  onRemarks: () => void;
}

/** A timer of Node runs at once where it is asked for more. */
const longestTimerMs = 2_147_483_647;
/** Large documents take up to half a minute. */
const defaultLookMs = 120_000;

/**
 * Looks now and then whether a document has changed (`openapi_config.refresh_interval`). One that is bad, or not there,
 * is told of and changes nothing else.
 */
export class DocumentRefresh {
  readonly #parts: DocumentRefreshParts;
  readonly #stopping = new AbortController();
  #failure: { since: string; message: string } | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(parts: DocumentRefreshParts) {
    this.#parts = parts;
  }

  start(listener: RefreshListener): void {
    const { intervalMs, timers, tell } = this.#parts;
    if (this.#stopping.signal.aborted) return;
    this.#stopTimer = timers.after(Math.min(intervalMs, longestTimerMs), () => {
      void this.#look(listener)
        .catch((error: unknown) => {
          tell(`Not everybody was told that the document has changed: ${messageOf(error)}`);
        })
        .finally(() => {
          this.start(listener);
        });
    });
  }

  /** Why the newest document does not serve, and since when, while that is so. */
  remarks(): Diagnostic[] {
    if (!this.#failure) return [];
    const { since, message } = this.#failure;
    const text = `The document as it is now is not used, since ${since}; what was loaded before serves on. ${message}`;
    return [{ severity: 'error', pointer: '', code: 'document_refresh_failed', message: text }];
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopping.abort(new Error('The server was closed.'));
  }

  async #look(listener: RefreshListener): Promise<void> {
    const { next, lookMs = defaultLookMs } = this.#parts;
    const stopped = this.#stopping.signal;
    const deadline = AbortSignal.timeout(lookMs);
    let model: ApiModelHandle | undefined;
    try {
      model = await next(AbortSignal.any([stopped, deadline]));
    } catch (error) {
      if (stopped.aborted) return;
      const isLate = error === deadline.reason;
      const reason = messageOf(error);
      this.#failed(isLate ? `It was not ready within ${lookMs / 1000} s.` : reason, listener);
      return;
    }
    const hadFailed = this.#failure !== undefined;
    this.#failure = undefined;
    if (hadFailed) this.#parts.tell('The document can be used again.');
    if (model) listener.onModel(model);
    if (hadFailed) listener.onRemarks();
  }

  #failed(message: string, { onRemarks }: RefreshListener): void {
    if (message === this.#failure?.message) return;
    const since = this.#failure?.since ?? new Date(this.#parts.now()).toISOString();
    this.#failure = { since, message };
    this.#parts.tell(`The document was looked up again and is not used; what was loaded before serves on. ${message}`);
    onRemarks();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
