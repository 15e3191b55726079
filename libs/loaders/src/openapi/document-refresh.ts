import type { Diagnostic } from '@mcp-hub/application';
import type { Timers } from '@mcp-hub/mcp';
import type { ApiModelHandle } from './thread/api-model-handle.js';

export interface DocumentRefreshParts {
  intervalMs: number;
  timers: Timers;
  /** @returns undefined where the document is what it was. @throws LoadFailed where it can't be used */
  next: (signal: AbortSignal) => Promise<ApiModelHandle | undefined>;
  /** For the server's log. */
  tell: (line: string) => void;
}

/**
 * Looks now and then whether a document has changed (`openapi_config.refresh_interval`). One that is bad, or not there,
 * is told of once and changes nothing else.
 */
export class DocumentRefresh {
  readonly #parts: DocumentRefreshParts;
  readonly #stopping = new AbortController();
  #failure: string | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(parts: DocumentRefreshParts) {
    this.#parts = parts;
  }

  start(onChange: (next: ApiModelHandle) => void): void {
    const { intervalMs, timers } = this.#parts;
    if (this.#stopping.signal.aborted) return;
    this.#stopTimer = timers.after(intervalMs, () => {
      void this.#look(onChange).finally(() => {
        this.start(onChange);
      });
    });
  }

  /** Why the newest document does not serve, while that is so. */
  remarks(): Diagnostic[] {
    if (this.#failure === undefined) return [];
    return [{ severity: 'error', pointer: '', code: 'refresh_failed', message: this.#failure }];
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopping.abort(new Error('The server was closed.'));
  }

  async #look(onChange: (next: ApiModelHandle) => void): Promise<void> {
    const { next, tell } = this.#parts;
    const { signal } = this.#stopping;
    try {
      const model = await next(signal);
      if (this.#failure !== undefined) tell('The document can be used again.');
      this.#failure = undefined;
      if (model) onChange(model);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const failure = `The document was looked up again and is not used; what was loaded before serves on. ${message}`;
      if (failure !== this.#failure) tell(failure);
      this.#failure = failure;
    }
  }
}
