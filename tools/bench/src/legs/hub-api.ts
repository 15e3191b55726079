import { join } from 'node:path';
import { waitUntil } from '@mcp-hub/test-servers';
import { fixtures, token } from './hub-settings.js';

type Body = Record<string, unknown>;

const loadedWithinMs = 180_000;

/** The REST API of a hub, as far as a bench needs it. */
export class HubApi {
  constructor(private readonly url: string) {}

  /** Publishes an entry that is to be loaded at once. @throws Error with the answer where it is not taken */
  async publish(entry: Body): Promise<void> {
    const response = await fetch(`${this.url}/v0/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...entry, load_immediately: true }),
      signal: AbortSignal.timeout(loadedWithinMs),
    });
    if (!response.ok) throw new Error(`publish answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }

  /** Resolves when the server runs. @throws Error with the reason where it has failed, or does not come up */
  async whenHealthy(id: string): Promise<void> {
    const body = await waitUntil(
      async () => {
        const details = await this.details(id);
        return ['healthy', 'failed'].includes(String(details['runtime_status'])) && details;
      },
      { timeoutMs: loadedWithinMs, intervalMs: 100, describe: `${id} is healthy` },
    );
    const { runtime_status: status, error } = body;
    if (status === 'failed') throw new Error(typeof error === 'string' ? error : 'It failed to load.');
  }

  /** What the registry says of a server. */
  async details(id: string): Promise<Body> {
    const response = await fetch(`${this.url}/v0/servers/${id}`, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as Body;
  }
}

/** An entry of the module server with the `echo` tool. */
export function echoModule(id: string): Body {
  return {
    id,
    name: id,
    description: 'Answers with what it is told.',
    module_config: { path: join(fixtures, 'echo-server.mjs'), factory: 'createServer' },
  };
}

/** An entry of a server that runs as a child process and has the same tool. */
export function echoChild(id: string): Body {
  return {
    id,
    name: id,
    description: 'Answers with what it is told, over stdio.',
    packages: [{ registry_name: 'npm', name: '@modelcontextprotocol/server-everything', version: '2026.8.31' }],
  };
}

export function mcpPath(id: string): string {
  return `/servers/${id}/mcp`;
}
