import { Worker } from 'node:worker_threads';

export interface ThreadLimits {
  threads: number;
  /** Of one thread. */
  heapMb: number;
  /** For one task. */
  deadlineMs: number;
}

export interface ThreadTask<Task, Result> {
  /** A module that answers each message, a task, with one, its result. */
  module: URL;
  /** The result of a task that took down its thread, or more than its time. */
  failed: (task: Task, reason: string) => Result;
  onResult: (result: Result, done: number) => void;
}

/**
 * Does tasks in worker threads, one after another in each; one that ends badly costs its own result only.
 * @returns in the order of the tasks
 */
export async function runInThreads<Task, Result>(
  tasks: readonly Task[],
  { threads, ...limits }: ThreadLimits,
  { module, failed, onResult }: ThreadTask<Task, Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const waiting = tasks.entries();
  const run = async (): Promise<void> => {
    const thread = new TaskThread<Task, Result>(module, limits);
    for (const [index, task] of waiting) {
      const outcome = await thread.run(task);
      const result = outcome.ok ? outcome.result : failed(task, outcome.reason);
      results.set(index, result);
      onResult(result, results.size);
    }
    await thread.close();
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, run));
  return tasks.flatMap((_, index) => results.get(index) ?? []);
}

type Outcome<Result> = { ok: true; result: Result } | { ok: false; reason: string };

class TaskThread<Task, Result> {
  #worker: Worker | undefined;

  constructor(
    private readonly module: URL,
    private readonly limits: Omit<ThreadLimits, 'threads'>,
  ) {}

  async run(task: Task): Promise<Outcome<Result>> {
    const worker = (this.#worker ??= this.#start());
    const { deadlineMs } = this.limits;
    const outcome = await new Promise<Outcome<Result>>((resolve) => {
      const fail = (reason: string): void => settle({ ok: false, reason });
      const onMessage = (result: Result): void => settle({ ok: true, result });
      const onError = (error: Error): void => fail(error.message);
      const onExit = (code: number): void => fail(`its thread ended with ${code}`);
      const timer = setTimeout(fail, deadlineMs, `not done within ${deadlineMs / 1000} s`);
      function settle(value: Outcome<Result>): void {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(value);
      }
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(task);
    });
    if (!outcome.ok) {
      worker.on('error', () => undefined);
      await this.close();
    }
    return outcome;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    return new Worker(this.module, { resourceLimits: { maxOldGenerationSizeMb: this.limits.heapMb } });
  }
}
