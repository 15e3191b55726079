import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@mcp-hub/test-servers';

export const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface NodeChildOptions {
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** What runs the script, where that is not Node; the script then ends with its standard input. */
  command?: string;
  /** What it says on its standard error is not for the person at the keyboard. */
  isQuiet?: boolean;
  args?: readonly string[];
}

export interface Readiness {
  url: string;
  /** Default: a GET. */
  request?: RequestInit;
  /** Default: any success. */
  isReady?: (answer: Response) => boolean | Promise<boolean>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 20_000;

/** A process of this run. It ends with this one, however that happens: the channel between the two closes. */
export class NodeChild {
  private constructor(private readonly child: ChildProcess) {}

  /** @param script the file that it runs */
  static start(script: string, { env, cwd, command, args = [], isQuiet = false }: NodeChildOptions = {}): NodeChild {
    const stderr = isQuiet ? 'ignore' : 'inherit';
    return new NodeChild(
      spawn(command ?? process.execPath, [script, ...args], {
        cwd: cwd ?? workspaceRoot,
        env: env ?? cleanEnvironment(),
        stdio: command === undefined ? ['ignore', 'ignore', stderr, 'ipc'] : ['pipe', 'ignore', stderr],
      }),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Sends a message and resolves with the next one that comes back. @throws Error where it ends before */
  async ask<Answer>(message?: object): Promise<Answer> {
    const ended = new AbortController();
    const answer = once(this.child, 'message', { signal: ended.signal });
    const end = once(this.child, 'exit', { signal: ended.signal });
    if (message !== undefined) this.child.send(message);
    try {
      const first = await Promise.race([answer, end.then(() => undefined)]);
      if (!first) throw new Error(`${this.script} ended before it answered.`);
      return first[0] as Answer;
    } finally {
      answer.catch(() => undefined);
      end.catch(() => undefined);
      ended.abort();
    }
  }

  /** Resolves when it answers as it has to. @throws Error where the process ends before, or takes too long */
  async whenReady({ url, request, isReady = ({ ok }) => ok }: Readiness): Promise<void> {
    await waitUntil(async () => this.hasEnded || (await isReady(await fetch(url, request))), {
      timeoutMs: readyWithinMs,
      describe: `${this.script} is ready`,
    });
    if (this.hasEnded) throw new Error(`${this.script} ended before it was ready.`);
  }

  private get script(): string {
    return this.child.spawnargs.slice(1).join(' ');
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** SIGTERM, and SIGKILL where that does not do. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopWithinMs);
    await exited;
    clearTimeout(timer);
  }
}

/** Without settings of the hub, or of Node, that the person at the keyboard may have. */
export function cleanEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('MCP_REGISTRY_') || name === 'DATABASE_URL' || name === 'AUTH_TOKEN';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS') env[name] = value;
  }
  return env;
}
