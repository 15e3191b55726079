import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ProcessGuard } from './process-guard.js';
import { killByEnvironment } from './kill-by-environment.js';
import { textLines } from './text-lines.js';

export interface ChildCommand {
  program: string;
  args: readonly string[];
  /** All of it: nothing of the worker's own is added. */
  environment: Readonly<Record<string, string>>;
  cwd: string;
  /** A folder of this child alone; a path below it is in its environment. */
  folder: string;
}

/** How a process ended. `reason`: as a person reads it, after "The server". */
export interface ChildExit {
  code: number | null;
  reason: string;
}

export interface ConfinedChildOptions {
  folder: string;
  isNamespace: boolean;
  stopGraceMs: number;
  guard: ProcessGuard | undefined;
}

/** How long output may come in after the process has ended. */
const lastOutputMs = 1_000;
/** Printed by the process that stands for the child in its namespace when a signal has ended the child. */
const signalNotice = 'unshare: child exit failed';

/** A process that leads a group, and what it starts: they end together. */
export class ConfinedChild {
  /** When it has ended, with all that it had started, and nothing more comes out of it. */
  readonly exited: Promise<ChildExit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: ConfinedChildOptions;
  #hasExited = false;
  #stopping: Promise<ChildExit> | undefined;
  #isEndedBySignal = false;

  constructor(child: ChildProcessWithoutNullStreams, options: ConfinedChildOptions) {
    this.#child = child;
    this.#options = options;
    // Whoever writes to it learns of this by the write.
    child.stdin.on('error', () => undefined);
    if (child.pid !== undefined) options.guard?.add(child.pid);
    this.exited = this.#exit();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  get stderr(): Readable {
    return this.#child.stderr;
  }

  /** Whether the process itself is gone; what it printed may still come. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Reads what it prints to stderr line by line. Call it before anything else happens. */
  onStderrLine(onLine: (text: string) => void): void {
    const lines = textLines((text) => {
      if (this.#options.isNamespace && text.startsWith(signalNotice)) this.#isEndedBySignal = true;
      else onLine(text);
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    this.#child.stderr.on('end', () => {
      lines.end();
    });
  }

  /** SIGTERM to all of the group and the end of its input, SIGKILL to all that is left after the grace. Idempotent. */
  stop(): Promise<ChildExit> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<ChildExit> {
    if (this.#hasExited) return this.exited;
    this.#signal('SIGTERM');
    this.stdin.end();
    const force = setTimeout(() => {
      this.#signal('SIGKILL');
    }, this.#options.stopGraceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(force);
    }
  }

  async #exit(): Promise<ChildExit> {
    const child = this.#child;
    const closed = new Promise<void>((resolve) => child.once('close', resolve));
    const exit = await new Promise<ChildExit>((resolve) => {
      child.once('error', (error) => {
        if (child.pid === undefined) resolve({ code: null, reason: `could not be started (${codeOf(error)})` });
      });
      child.once('exit', (code, signal) => {
        resolve({ code, reason: signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 0}` });
      });
    });
    this.#hasExited = true;
    if (child.pid !== undefined) {
      // Whatever is left of the group; a namespace has ended with its first process.
      this.#signal('SIGKILL');
      this.#options.guard?.remove(child.pid);
      if (!this.#options.isNamespace) await killByEnvironment(this.#options.folder);
    }
    await this.#untilSilent(closed);
    return this.#isEndedBySignal ? { code: null, reason: 'was ended by a signal' } : exit;
  }

  /** A descendant that got away may still hold the streams. */
  async #untilSilent(closed: Promise<void>): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const silenced = new Promise<void>((resolve) => {
      late = setTimeout(() => {
        for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
        resolve();
      }, lastOutputMs);
    });
    await Promise.race([closed, silenced]);
    clearTimeout(late);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      // It is gone; macOS says EPERM of a group whose members are all about to be.
      if (codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EPERM') throw error;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
