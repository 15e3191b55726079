import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, type StackState } from '@mcp-hub/stack';
import { waitUntil } from '@mcp-hub/test-servers';
import { hubEnvironment, token } from './hub-environment.js';

export interface Details {
  generation: number;
  runtime_status: string;
  instances: { worker: string; state: string; since: string }[];
  status_detail?: { code: string };
}

/** A split hub of the test's own, whose parts it kills, stops and starts. */
export class FailingStack {
  private constructor(
    readonly stack: Stack,
    private readonly folder: string,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<FailingStack> {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-failing-'));
    const stack = new Stack(
      { apis: 2, workers: 2, gateways: 2, respawn: true },
      { ...hubEnvironment(), ...env },
      () => undefined,
    );
    try {
      await stack.start();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return new FailingStack(stack, folder);
  }

  get state(): StackState {
    return this.stack.snapshot();
  }

  get gateways(): string[] {
    return this.state.gateways.map(({ url }) => url);
  }

  /** A file in which counted servers note their loads. */
  journal(name: string): string {
    return join(this.folder, name);
  }

  async loads(name: string): Promise<string[]> {
    try {
      return (await readFile(this.journal(name), 'utf8')).trim().split('\n');
    } catch {
      return [];
    }
  }

  async publishCounted(id: string, entry: Record<string, unknown> = {}): Promise<void> {
    await this.write('POST', '/v0/publish', {
      id,
      name: id,
      description: '',
      load_immediately: true,
      module_config: { path: 'counted-server.mjs', args: { journal: this.journal(id) } },
      ...entry,
    });
    await this.whenHealthy(id);
  }

  async write(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.state.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** From whichever registry-api answers. */
  async details(id: string): Promise<Details> {
    for (const { url } of this.state.apis) {
      try {
        const response = await fetch(`${url}/v0/servers/${id}`, { signal: AbortSignal.timeout(5_000) });
        if (response.ok) return (await response.json()) as Details;
      } catch {
        // The other one may answer.
      }
    }
    throw new Error('No registry-api answers.');
  }

  whenHealthy(id: string, timeoutMs = 15_000): Promise<Details> {
    return waitUntil(
      async () => {
        const details = await this.details(id);
        return details.runtime_status === 'healthy' ? details : undefined;
      },
      { timeoutMs, describe: `${id} is healthy` },
    );
  }

  /** Everything is as it should be: every service is ready, and health is ok at both registry-apis. */
  async whenRight(timeoutMs: number): Promise<void> {
    await waitUntil(
      async () => {
        const { apis, workers, gateways } = this.state;
        if (apis.length < 2 || workers.length < 2 || gateways.length < 2) return false;
        const ready = [...apis, ...workers, ...gateways].map(async ({ url }) => (await fetch(`${url}/readyz`)).ok);
        const healthy = apis.map(async ({ url }) => {
          const health = (await (await fetch(`${url}/v0/health`)).json()) as { status: string };
          return health.status === 'ok';
        });
        return (await Promise.all([...ready, ...healthy])).every(Boolean);
      },
      { timeoutMs, describe: 'every service is ready and every server healthy' },
    );
  }

  workerOf(details: Details): { id: string; pid: number } {
    const worker = this.state.workers.find(({ id }) => id === details.instances[0]?.worker);
    if (!worker) throw new Error('Nobody hosts the server.');
    return worker;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
