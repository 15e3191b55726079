import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@mcp-hub/test-servers';

export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

const mains = {
  stack: 'tools/stack/dist/main.js',
  'registry-api': 'apps/registry-api/dist/main.js',
  'loader-worker': 'apps/loader-worker/dist/main.js',
  'runtime-gateway': 'apps/runtime-gateway/dist/main.js',
  standalone: 'apps/standalone/dist/main.js',
  cli: 'apps/cli/dist/main.js',
} as const;
export type ProgramName = keyof typeof mains;

export interface ProgramOptions {
  args?: readonly string[];
  /** Besides the environment of the tests, which has no settings of a hub. */
  env?: Readonly<Record<string, string>>;
  /** Default: the workspace. */
  cwd?: string;
}

const running = new Set<Program>();

/** A built program of the workspace as a process, with what it said. It ends with this process. */
export class Program {
  stdout = '';
  stderr = '';
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  private outcome: number | NodeJS.Signals | undefined;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => {
      // Not `exit`: what it said last is here too then.
      child.once('close', (code, signal) => {
        this.outcome = code ?? signal ?? 1;
        resolve(this.outcome);
      });
    });
  }

  static start(name: ProgramName, { args = [], env = {}, cwd = workspaceRoot }: ProgramOptions = {}): Program {
    const child = spawn(process.execPath, [`${workspaceRoot}/${mains[name]}`, ...args], {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return Program.known(new Program(child));
  }

  /** A script of the workspace's package.json, as a person runs it. The process is npm's. */
  static startNpm(script: string, { args = [], env = {} }: Omit<ProgramOptions, 'cwd'> = {}): Program {
    const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
      cwd: workspaceRoot,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return Program.known(new Program(child));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  private static known(program: Program): Program {
    running.add(program);
    void program.ended.then(() => running.delete(program));
    return program;
  }

  get isRunning(): boolean {
    return this.outcome === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when it has printed that much. @throws Error with all it said where it ends before, or takes too long */
  async printed(what: RegExp, timeoutMs = 60_000): Promise<string> {
    const said = (): string => `stdout: ${this.stdout}\nstderr: ${this.stderr}`;
    await waitUntil(() => what.test(this.stdout) || !this.isRunning, {
      timeoutMs,
      describe: () => `${what}; ${said()}`,
    });
    if (!what.test(this.stdout)) throw new Error(`It ended before it printed ${what}; ${said()}`);
    return this.stdout;
  }
}

/** For `afterAll`: ends what a test left running. */
export async function endPrograms(): Promise<void> {
  const left = [...running];
  for (const program of left) program.signal('SIGTERM');
  await Promise.all(left.map(({ ended }) => ended));
}

/** Without settings that the person who runs the tests may have. */
function cleanEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('MCP_REGISTRY_') || name === 'DATABASE_URL' || name === 'AUTH_TOKEN';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS' && !name.startsWith('VITEST')) env[name] = value;
  }
  return env;
}
