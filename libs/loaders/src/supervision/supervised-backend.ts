import type {
  CallSignal,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpCaller,
  McpClientNotification,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { CallLoss, errorCode, systemTimers, type Timers } from '@mcp-hub/mcp';
import { CrashBudget, crashPolicy, type CrashPolicy } from './crash-budget.js';
import type { OutputLog } from './output-log.js';

/** A server that runs and has shaken hands. */
export interface LaunchedServer {
  backend: McpBackend;
  /** When it is gone, with the reason as a person reads it after "The server". */
  ended: Promise<string>;
  /** Ends it and all it started. Idempotent. */
  stop(): Promise<void>;
}

export interface SupervisedBackendOptions {
  /** Starts the server anew. @throws LoadFailed, and has left nothing then */
  launch(signal: AbortSignal): Promise<LaunchedServer>;
  output: OutputLog;
  /** Gives back what belongs to the server as a whole, when it is closed. */
  release(): Promise<void>;
  /** For each start after the first one; default 30 s. */
  startTimeoutMs?: number;
  /** A call that asks for input has ended at the server, as in the modern era: a retry needs no start in particular. */
  isStateless?: boolean;
  crashPolicy?: CrashPolicy;
  timers?: Timers;
  /** Milliseconds of a clock that does not jump. */
  now?: () => number;
}

interface Listener {
  filter: ListenFilter;
  sink: McpNotificationSink;
  stop: (() => void) | undefined;
}

/** Whoever waits for the server; gets undefined when there will be none. */
type Waiter = (backend: McpBackend | undefined) => void;

/**
 * Keeps a server running that lives outside of this process (hosting.md, "Supervision"): what crashes is started
 * again, with growing delays, until it has crashed too often. Calls in flight at a crash end as unknown; those that
 * come while it is down wait for it, as long as their signal lets them.
 */
export class SupervisedBackend implements McpBackend {
  readonly #options: SupervisedBackendOptions;
  readonly #budget: CrashBudget;
  readonly #timers: Timers;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<Listener>();
  readonly #waiting = new Set<Waiter>();
  #exitListeners: ((reason: Error) => void)[] = [];
  #server: LaunchedServer | undefined;
  /** Counts the starts: what was parked before the last one is gone. */
  #epoch = 0;
  /** Servers and starts that are not over yet. */
  readonly #unfinished = new Set<Promise<unknown>>();
  #failure: LoadFailed | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SupervisedBackendOptions) {
    this.#options = options;
    this.#budget = new CrashBudget(options.crashPolicy ?? crashPolicy);
    this.#timers = options.timers ?? systemTimers;
  }

  /** The first start, which is not tried again. When it fails nothing is left. @throws LoadFailed */
  async start(signal: AbortSignal): Promise<void> {
    try {
      this.#adopt(await this.#options.launch(signal));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async describe(signal: AbortSignal): Promise<McpDescription> {
    return (await this.#required(signal)).describe(signal);
  }

  async call(call: McpCall, context: McpCallContext): Promise<McpOutcome> {
    const { requestState } = call.params;
    const isParked = typeof requestState === 'string' && this.#options.isStateless !== true;
    const parked = isParked ? /^(\d+):(.*)$/s.exec(requestState) : null;
    if (parked && (!this.#server || Number(parked[1]) !== this.#epoch)) {
      return loss('unknown', 'The server was restarted while the call waited for input.');
    }
    const backend = this.#server?.backend ?? (await this.#running(context.signal));
    if (!backend) return this.#unavailable(context.signal);
    const epoch = this.#epoch;
    const outcome = await backend.call(
      parked ? { ...call, params: { ...call.params, requestState: parked[2] } } : call,
      context,
    );
    if (outcome.kind !== 'inputRequired' || outcome.requestState === undefined) return outcome;
    if (this.#options.isStateless === true) return outcome;
    return { ...outcome, requestState: `${epoch}:${outcome.requestState}` };
  }

  /** While the server is down there is nobody whom it could concern. */
  notify(notification: McpClientNotification, caller: McpCaller): void {
    this.#server?.backend.notify?.(notification, caller);
  }

  listen(filter: ListenFilter, sink: McpNotificationSink): () => void {
    const listener: Listener = { filter, sink, stop: this.#server?.backend.listen(filter, sink) };
    this.#listeners.add(listener);
    return () => {
      if (this.#listeners.delete(listener)) listener.stop?.();
    };
  }

  async check(signal: AbortSignal): Promise<void> {
    await (await this.#required(signal)).check(signal);
  }

  onExit(listener: (reason: Error) => void): void {
    if (this.#failure) listener(this.#failure);
    else this.#exitListeners.push(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#exitListeners = [];
    this.#listeners.clear();
    const server = this.#server;
    this.#server = undefined;
    this.#release(undefined);
    await server?.stop();
    await Promise.all(this.#unfinished);
    await this.#options.release();
  }

  #adopt(server: LaunchedServer): void {
    this.#server = server;
    this.#epoch += 1;
    server.backend.onExit(() => {
      this.#down(server);
    });
    void server.ended.then(() => {
      this.#down(server);
    });
    for (const listener of this.#listeners) {
      listener.stop = server.backend.listen(listener.filter, listener.sink);
    }
    this.#release(server.backend);
  }

  /** It went away, or does not talk any more. */
  #down(server: LaunchedServer): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    for (const listener of this.#listeners) listener.stop = undefined;
    this.#track(
      server.stop().then(async () => {
        const what = `The server ${await server.ended}.`;
        this.#crashed(what, this.#options.output.withLastWords(what));
      }),
    );
  }

  /** @param details what is told to people who do not have the log */
  #crashed(what: string, details: string): void {
    if (this.#closing.signal.aborted) return;
    const { output, now = () => performance.now() } = this.#options;
    const delay = this.#budget.crashed(now());
    if (delay === undefined) {
      this.#fail(details);
      return;
    }
    output.write('lifecycle', `${what} It is started again in ${delay / 1000} s.`);
    const stop = this.#timers.after(delay, () => {
      this.#closing.signal.removeEventListener('abort', stop);
      this.#track(this.#restart());
    });
    this.#closing.signal.addEventListener('abort', stop, { once: true });
  }

  async #restart(): Promise<void> {
    const { startTimeoutMs = 30_000, output } = this.#options;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(startTimeoutMs)]);
    try {
      const server = await this.#options.launch(signal);
      // It came up while everything was being closed.
      if (this.#closing.signal.aborted) await server.stop();
      else {
        output.write('lifecycle', 'The server runs again.');
        this.#adopt(server);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#crashed(message, message);
    }
  }

  #fail(message: string): void {
    const { maxCrashes, windowMs } = this.#options.crashPolicy ?? crashPolicy;
    this.#failure = new LoadFailed(
      'crash_loop',
      `The server crashed ${maxCrashes} times within ${windowMs / 1000} s. ${message}`,
      'Read its log, and correct its arguments, environment variables or version.',
    );
    this.#options.output.write('lifecycle', this.#failure.message);
    this.#release(undefined);
    for (const listener of this.#exitListeners.splice(0)) listener(this.#failure);
  }

  #running(signal: CallSignal): Promise<McpBackend | undefined> {
    if (this.#server) return Promise.resolve(this.#server.backend);
    if (this.#failure || this.#closing.signal.aborted || signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiter: Waiter = (backend) => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        resolve(backend);
      };
      const onAbort = (): void => {
        waiter(undefined);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  async #required(signal: AbortSignal): Promise<McpBackend> {
    const backend = await this.#running(signal);
    if (backend) return backend;
    const message = this.#options.output.withLastWords('The server has crashed and does not run yet.');
    throw this.#failure ?? new LoadFailed('crashed', message, 'Read its log.');
  }

  #release(backend: McpBackend | undefined): void {
    for (const waiter of [...this.#waiting]) waiter(backend);
  }

  #unavailable(signal: CallSignal): McpOutcome {
    if (this.#failure) return loss('not_executed', this.#failure.message);
    if (this.#closing.signal.aborted) return loss('not_executed', 'The server is not running.');
    if (!signal.aborted) return loss('not_executed', 'The server is being restarted.');
    const message = 'The call was cancelled while the server was being restarted.';
    return { kind: 'error', code: errorCode.hub, message, data: new CallLoss('not_executed', 'cancelled') };
  }

  #track(work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#options.output.write('lifecycle', error instanceof Error ? error.message : String(error));
      })
      .finally(() => this.#unfinished.delete(tracked));
    this.#unfinished.add(tracked);
  }
}

function loss(outcome: 'unknown' | 'not_executed', message: string): McpOutcome {
  return { kind: 'error', code: errorCode.hub, message, data: new CallLoss(outcome, 'server_gone') };
}
