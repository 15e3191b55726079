import { waitUntil } from '@mcp-hub/test-servers';
import type { Entry } from './hub-entries.js';
import { token } from './hub-settings.js';

type Body = Record<string, unknown>;

const loadedWithinMs = 180_000;

/** The REST API of a hub, as far as a bench needs it. */
export class HubApi {
  constructor(private readonly url: string) {}

  /** Publishes an entry that is to be loaded at once. @throws Error with the answer where it is not taken */
  async publish(entry: Entry): Promise<void> {
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
