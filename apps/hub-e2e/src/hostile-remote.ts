import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fixtures } from './hub-environment.js';

/** The remote MCP server of the fixtures that misbehaves, in a process of its own. */
export class HostileRemote {
  private constructor(
    private readonly child: ChildProcess,
    private readonly origin: string,
  ) {}

  static async start(): Promise<HostileRemote> {
    const child = fork(join(fixtures, 'hostile-remote.mjs'), { execArgv: [] });
    const [port] = (await once(child, 'message', { signal: AbortSignal.timeout(20_000) })) as [number];
    return new HostileRemote(child, `http://127.0.0.1:${port}`);
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  /** Tools whose request was broken off before it was answered. */
  async aborted(): Promise<string[]> {
    return (await (await fetch(`${this.origin}/control/aborted`)).json()) as string[];
  }

  /** It answers again. */
  async recover(): Promise<void> {
    await fetch(`${this.origin}/control/recover`);
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}
