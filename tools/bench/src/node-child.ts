import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '@mcp-hub/test-servers';

export const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));

export interface NodeChildOptions {
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

const readyWithinMs = 60_000;
const stopWithinMs = 20_000;

/** A Node process of this run. It ends with this one, however that happens: the channel between the two closes. */
export class NodeChild {
  private constructor(private readonly child: ChildProcess) {}

  /** @param script the file that it runs */
  static start(script: string, options: NodeChildOptions = {}): NodeChild {
    return new NodeChild(
      spawn(process.execPath, [script], {
        cwd: options.cwd ?? workspaceRoot,
        env: options.env ?? cleanEnvironment(),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
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
      if (!first) throw new Error(`${this.child.spawnargs.slice(1).join(' ')} ended before it answered.`);
      return first[0] as Answer;
    } finally {
      answer.catch(() => undefined);
      end.catch(() => undefined);
      ended.abort();
    }
  }

  /** Resolves when the service at that URL says that it is ready. @throws Error where it ends before, or takes too long */
  async whenReady(url: string): Promise<void> {
    const script = this.child.spawnargs.slice(1).join(' ');
    await waitUntil(async () => this.hasEnded || (await fetch(`${url}/readyz`)).ok, {
      timeoutMs: readyWithinMs,
      describe: `${script} is ready`,
    });
    if (this.hasEnded) throw new Error(`${script} ended before it was ready.`);
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
