import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { freePort } from './free-port.js';
import { GuardedProcess } from './guarded-process.js';
import type { RunningServer, ServerOptions } from './running-server.js';
import { LOOPBACK, clientHost } from './running-server.js';
import { ServerStartFailed } from './server-errors.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const PORTS_TO_TRY = 5;

/** How one kind of server is started. */
export interface ServerProgram {
  readonly kind: string;
  readonly version: string;
  readonly scheme: string;
  readonly command: string;
  args(where: { host: string; port: number; dir: string }): readonly string[];
  readonly ready: RegExp;
}

/**
 * Starts a server and waits until it listens.
 *
 * @throws ServerStartFailed when it does not come up.
 */
export async function launch(program: ServerProgram, options: ServerOptions = {}): Promise<RunningServer> {
  const host = options.host ?? LOOPBACK;
  const isTemporary = options.dir === undefined;
  const dir = options.dir === undefined ? await mkdtemp(join(tmpdir(), `hub-${program.kind}-`)) : resolve(options.dir);
  await mkdir(dir, { recursive: true });
  try {
    const start = (port: number): Promise<GuardedProcess> =>
      GuardedProcess.start({
        command: program.command,
        args: program.args({ host, port, dir }),
        ready: program.ready,
        startTimeoutMs: START_TIMEOUT_MS,
        removeWhenOrphaned: isTemporary ? dir : undefined,
      });
    const { port, process } = await startOnSomePort(start, host, options.port);
    return new LaunchedServer(program, clientHost(host), port, process, start, isTemporary ? dir : undefined);
  } catch (error) {
    if (isTemporary) await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

// Between finding a free port and listening on it, another process may take it.
async function startOnSomePort(
  start: (port: number) => Promise<GuardedProcess>,
  host: string,
  wanted: number | undefined,
): Promise<{ port: number; process: GuardedProcess }> {
  if (wanted !== undefined) return { port: wanted, process: await start(wanted) };
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(host);
    try {
      return { port, process: await start(port) };
    } catch (error) {
      const isTaken = error instanceof ServerStartFailed && /address already in use/i.test(error.message);
      if (!isTaken || attempt === PORTS_TO_TRY) throw error;
    }
  }
}

class LaunchedServer implements RunningServer {
  readonly kind: string;
  readonly version: string;
  readonly url: string;

  constructor(
    program: ServerProgram,
    host: string,
    readonly port: number,
    private process: GuardedProcess,
    private readonly start: (port: number) => Promise<GuardedProcess>,
    private readonly temporaryDir: string | undefined,
  ) {
    this.kind = program.kind;
    this.version = program.version;
    this.url = `${program.scheme}://${host}:${port}`;
  }

  get pid(): number {
    return this.process.pid;
  }

  async stop(): Promise<void> {
    await this.process.stop(STOP_TIMEOUT_MS);
    if (this.temporaryDir !== undefined) await rm(this.temporaryDir, { recursive: true, force: true });
  }

  kill(): void {
    this.process.signal('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.process.stop(STOP_TIMEOUT_MS);
    this.process = await this.start(this.port);
  }

  pause(): void {
    this.process.signal('SIGSTOP');
  }

  resume(): void {
    this.process.signal('SIGCONT');
  }
}
