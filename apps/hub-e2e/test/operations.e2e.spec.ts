import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { Hub } from '../src/hub.js';
import { clientKinds, connectClient } from '../src/mcp-clients.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.underTest();
  await hub.publish({ id: 'steady', name: 'Steady', description: '', module_config: { path: 'sdk-v2-server.mjs' } });
});
afterAll(() => hub.remove('steady'));

async function greet(): Promise<string> {
  const client = await connectClient('sdk-v2-modern', hub.endpoint('steady'));
  try {
    return (await client.call('greet', { name: 'you' })).text;
  } finally {
    await client.close();
  }
}

describe('operations', () => {
  it(
    proves('OPS-1'),
    async () => {
      const before = (await hub.api('/v0/servers/steady')).body;
      for (const service of await hub.services()) {
        process.kill(service.pid, 'SIGTERM');
        await hub.whenBack(service);
      }
      const after = await hub.whenStatus('steady', 'healthy');
      expect(after).toMatchObject({ id: 'steady', created_at: before['created_at'], generation: before['generation'] });
      expect(await greet()).toContain('Hello, you!');
    },
    240_000,
  );

  it(
    proves('OPS-2'),
    async () => {
      const host = await hub.hostOf('steady');
      const legacy = await connectClient('sdk-v1', hub.endpoint('steady'));
      const before = await greet();
      process.kill(host.pid, 'SIGKILL');
      const killedAt = Date.now();
      const after = await waitUntil(greet, { timeoutMs: 10_000, describe: 'calls succeed again' });
      expect(Date.now() - killedAt).toBeLessThan(10_000);
      expect(after).not.toBe(before);
      await hub.whenBack(host);
      for (const kind of clientKinds) {
        const client = await connectClient(kind, hub.endpoint('steady'));
        expect((await client.call('greet', { name: kind })).text).toContain(`Hello, ${kind}!`);
        await client.close();
      }
      await legacy.close();
    },
    120_000,
  );
});
