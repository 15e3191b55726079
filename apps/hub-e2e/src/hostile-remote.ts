import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fixtures } from './hub-environment.js';

/** What a hostile server has seen, by the names of tools. */
export interface SeenCalls {
  /** Their calls came. */
  open: string[];
  /** Their calls were cancelled, or their requests broken off. */
  cancelled: string[];
}

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

  async seen(): Promise<SeenCalls> {
    return (await (await fetch(`${this.origin}/control/seen`)).json()) as SeenCalls;
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
