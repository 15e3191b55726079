import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findConfinement, findProgram, type Confinement, type ConfinementKind } from './confinement.js';
import { ConfinedChild, type ChildCommand, type ChildExit } from './confined-child.js';
import { ProcessGuard } from './process-guard.js';
import { WorkFolders } from './work-folders.js';

export interface ChildProcessesOptions {
  /** Absolute (`loader.cache_dir`); children work below `work`. */
  cacheDir: string;
  /** Where programs are looked for (`PATH`). */
  searchPath: string;
  /** The one to use, instead of the strongest that there is. */
  confinement?: ConfinementKind;
  /** Between SIGTERM and SIGKILL; default 5 s (hosting.md, "Supervision"). */
  stopGraceMs?: number;
}

export interface Finished {
  exit: ChildExit;
  stdout: string;
  stderr: string;
}

const maxOutput = 1_000_000;

/**
 * Starts the child processes of a worker so that none outlives it (docs/hosting.md says what is guaranteed where). All
 * kinds of servers share one.
 */
export class ChildProcesses {
  readonly #options: ChildProcessesOptions;
  readonly #folders: WorkFolders;
  #ready: Promise<{ confinement: Confinement; guard: ProcessGuard | undefined }> | undefined;

  constructor(options: ChildProcessesOptions) {
    this.#options = options;
    this.#folders = new WorkFolders(join(options.cacheDir, 'work'));
  }

  /** A new and empty folder for one child; whoever asks for it removes it. */
  workFolder(name: string): Promise<string> {
    return this.#folders.create(name);
  }

  async confinement(): Promise<ConfinementKind> {
    return (await this.#prepared()).confinement.kind;
  }

  /** Starts it; one that can't be started has ended, which `exited` tells. */
  async start(command: ChildCommand): Promise<ConfinedChild> {
    const { confinement, guard } = await this.#prepared();
    guard?.start();
    const [program = '', ...args] = [...confinement.prefix, command.program, ...command.args];
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: { ...command.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Leads a process group of its own, and gets no signal that is meant for the worker.
      detached: true,
    });
    return new ConfinedChild(child, {
      folder: command.folder,
      isNamespace: confinement.kind === 'namespace',
      stopGraceMs: this.#options.stopGraceMs ?? 5_000,
      guard,
    });
  }

  /** Runs a program to its end; it is killed when the signal is aborted. Of what it prints the first million bytes are kept. */
  async run(command: ChildCommand, signal: AbortSignal): Promise<Finished> {
    signal.throwIfAborted();
    const child = await this.start(command);
    const onAbort = (): void => void child.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.stdin.end();
    const exit = await child.exited;
    signal.removeEventListener('abort', onAbort);
    signal.throwIfAborted();
    return { exit, stdout: stdout(), stderr: stderr() };
  }

  #prepared(): Promise<{ confinement: Confinement; guard: ProcessGuard | undefined }> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<{ confinement: Confinement; guard: ProcessGuard | undefined }> {
    const { searchPath, confinement } = this.#options;
    const shell = await findProgram('sh', `${searchPath}:/bin:/usr/bin`);
    return {
      confinement: confinement === 'group' ? { kind: 'group', prefix: [] } : await findConfinement(searchPath),
      guard: shell === undefined ? undefined : new ProcessGuard(shell, await this.#folders.own()),
    };
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < maxOutput) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
