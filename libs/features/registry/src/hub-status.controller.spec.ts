import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import { RegistryUnderTest } from '../test/registry-under-test.js';

let hub: RegistryUnderTest;

beforeEach(async () => {
  hub = new RegistryUnderTest();
  await hub.start({ name: 'My Hub', environment: 'test' });
});
afterEach(() => hub.close());

/** `good` is healthy, `off` is disabled. */
async function aHealthyHub(): Promise<void> {
  await hub.joinWorker();
  await hub.publish(aDocument({ id: 'good', load_immediately: true }));
  await hub.publish(aDocument({ id: 'off-1', enabled: false }));
}
const aFailedServer = () => hub.publish(aDocument({ id: 'bad', openapi_config: undefined }));

describe('GET /v0/health', () => {
  it('is ok while there is nothing', async () => {
    const { status, body } = await hub.get('/v0/health');
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        components: {
          database: 'healthy',
          queue: 'healthy',
          hub: { total_servers: 0, loaded_servers: 0, healthy_servers: 0 },
        },
        version: '1.2.3',
      },
    ]);
  });

  it('is ok while all enabled servers are healthy', async () => {
    await aHealthyHub();
    expect((await hub.get('/v0/health')).body).toMatchObject({
      status: 'ok',
      components: { hub: { total_servers: 2, loaded_servers: 1, healthy_servers: 1 } },
    });
  });

  it('is degraded while one is not', async () => {
    await aHealthyHub();
    await aFailedServer();
    expect(await hub.get('/v0/health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', components: { hub: { total_servers: 3 } } },
    });
  });

  it('is degraded while the queue is away', async () => {
    await hub.queue.close();
    expect(await hub.get('/v0/health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', components: { queue: 'unhealthy' } },
    });
  });

  it('is 503 while the store is away', async () => {
    const bringBack = await hub.takeDatabaseAway();
    expect(await hub.get('/v0/health')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', components: { database: 'unhealthy' } },
    });
    await bringBack();
  });
});

describe('GET /v0/ping', () => {
  it('answers', async () => {
    const { status, body } = await hub.get('/v0/ping');
    expect([status, body]).toEqual([200, { environment: 'test', version: 'registry-1.2.3', pong: true }]);
  });
});

describe('GET /v0/status', () => {
  it('tells of every server', async () => {
    await aHealthyHub();
    await aFailedServer();
    const { status, body } = await hub.get('/v0/status');
    expect(status).toBe(200);
    expect(body).toEqual({
      hub: { name: 'My Hub', uptime: expect.any(Number) as number },
      servers: {
        bad: {
          name: 'Weather',
          status: 'failed',
          loaded_at: null,
          error: expect.stringContaining('nothing to load') as string,
          status_detail: expect.objectContaining({ code: 'nothing_to_load', stage: 'loading' }) as unknown,
        },
        good: { name: 'Weather', status: 'healthy', loaded_at: expect.any(String) as string, error: null },
        'off-1': { name: 'Weather', status: 'disabled', loaded_at: null, error: null },
      },
      stats: { total_registered: 3, total_loaded: 1, healthy: 1, failed: 1 },
    });
  });

  it('tells what is waited for', async () => {
    await hub.publish(aDocument({ id: 'lonely' }));
    const { body } = await hub.get('/v0/status');
    expect(body['servers']).toMatchObject({
      lonely: { status: 'loading', error: expect.stringContaining('No worker') as string },
    });
  });

  it('tells why one failed', async () => {
    const worker = await hub.joinWorker();
    worker.loader.failWith(new LoadFailed('document_invalid', 'It is no OpenAPI document.', 'Mend it.'));
    await hub.publish(aDocument({ id: 'bad', load_immediately: true }));
    expect((await hub.get('/v0/status')).body['servers']).toMatchObject({
      bad: { status: 'failed', error: 'It is no OpenAPI document.' },
    });
  });
});

describe('readiness', () => {
  const parts = async (): Promise<Record<string, boolean>> =>
    Object.fromEntries((await hub.readiness.check()).parts.map(({ name, isReady }) => [name, isReady]));

  it('needs the database, the queue and the routes', async () => {
    expect(await parts()).toEqual({ database: true, queue: true, routes: true });
    const bringBack = await hub.takeDatabaseAway();
    await hub.queue.close();
    expect(await parts()).toEqual({ database: false, queue: false, routes: true });
    await bringBack();
  });
});
