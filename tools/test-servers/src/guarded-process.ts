import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { Socket } from 'node:net';

import { ServerStartFailed } from './server-errors.js';
import { GUARD_SCRIPT } from './workspace-paths.js';

const TAIL_CHARACTERS = 4_000;

export interface GuardedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The line of output that says that the server listens. */
  readonly ready: RegExp;
  readonly startTimeoutMs: number;
  /** Folder to remove if this process dies without having stopped the server. */
  readonly removeWhenOrphaned?: string | undefined;
}

/** A running server process together with its guard (guard.mjs), which ends when the server does. */
export class GuardedProcess {
  readonly exited: Promise<void>;
  #hasExited = false;

  private constructor(
    private readonly guard: ChildProcess,
    readonly pid: number,
  ) {
    this.exited = exitOf(guard).then(() => {
      this.#hasExited = true;
    });
  }

  /**
   * Starts the command and resolves when it has printed its ready line.
   *
   * @throws ServerStartFailed when it ends or stays silent instead, with the end of its output.
   */
  static async start(what: GuardedCommand): Promise<GuardedProcess> {
    // Detached: an interrupt typed at the terminal is for the parent, which then stops its servers in its own order.
    const guard = fork(GUARD_SCRIPT, [what.removeWhenOrphaned ?? '', what.command, ...what.args], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    try {
      const pid = await untilReady(guard, what);
      // A server that nobody stopped must not keep its parent from ending: the guard follows then.
      guard.unref();
      guard.channel?.unref();
      for (const stream of [guard.stdout, guard.stderr]) if (stream instanceof Socket) stream.unref();
      return new GuardedProcess(guard, pid);
    } catch (error) {
      if (guard.kill('SIGTERM')) await exitOf(guard);
      throw error;
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#hasExited) signalIfThere(this.pid, signal);
  }

  /** Ends it in order, by force after the deadline. */
  async stop(timeoutMs: number): Promise<void> {
    if (this.#hasExited) return;
    this.guard.ref();
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), timeoutMs);
    await this.exited;
    clearTimeout(force);
  }
}

function untilReady(guard: ChildProcess, what: GuardedCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    let pid: number | undefined;
    let isReady = false;
    let output = '';
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new ServerStartFailed(`${what.command} ${reason}. It printed:\n${output.trim() || '(nothing)'}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${what.startTimeoutMs} ms`), what.startTimeoutMs);
    const proceed = (): void => {
      if (pid === undefined || !isReady) return;
      clearTimeout(timer);
      guard.off('exit', onExit);
      resolve(pid);
    };
    const onExit = (code: number | null): void => fail(`ended with code ${code} before it was ready`);
    const onOutput = (chunk: Buffer): void => {
      if (isReady) return;
      output = (output + chunk.toString()).slice(-TAIL_CHARACTERS);
      isReady = what.ready.test(output);
      proceed();
    };
    // The listeners stay: a pipe that nobody reads would stop the server once it is full.
    guard.stdout?.on('data', onOutput);
    guard.stderr?.on('data', onOutput);
    guard.once('exit', onExit);
    guard.once('error', (error) => fail(`could not be started: ${error.message}`));
    guard.on('message', (message: unknown) => {
      if (!isPidMessage(message)) return;
      pid = message.pid;
      proceed();
    });
  });
}

function isPidMessage(message: unknown): message is { pid: number } {
  return typeof message === 'object' && message !== null && 'pid' in message && typeof message.pid === 'number';
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
