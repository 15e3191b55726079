import { DuplicateServer, InvalidEntry } from '@mcp-hub/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { aDocument, aRegistry } from '../testing/registry-under-test.js';
import { ChangeDesiredState } from './change-desired-state.js';

let hub: ReturnType<typeof aRegistry>;

beforeEach(() => {
  hub = aRegistry();
});

describe('PublishServer', () => {
  it('stores the entry at its first generation, to be run', async () => {
    const { record } = await hub.publish.execute(aDocument());
    expect(await hub.store.find('weather')).toEqual(record);
    expect(record).toMatchObject({ generation: 1, desired: 'enabled', createdAt: '2026-03-04T05:06:07.000Z' });
  });

  it('writes the directory and enqueues a job for each replica', async () => {
    await hub.publish.execute(aDocument({ replicas: 2 }));
    expect(hub.routes.called('putDirectory')).toMatchObject([{ id: 'weather', generation: 1, state: 'enabled' }]);
    expect(hub.queue.jobs).toMatchObject([
      { serverId: 'weather', generation: 1, replica: 1, loaderType: 'openapi' },
      { serverId: 'weather', generation: 1, replica: 2, loaderType: 'openapi' },
    ]);
  });

  it('loads nothing of an entry that is not enabled', async () => {
    const { record } = await hub.publish.execute(aDocument({ enabled: false }));
    expect([record.desired, hub.queue.jobs]).toEqual(['disabled', []]);
  });

  it('tells of the failure where there is nothing to load', async () => {
    await hub.publish.execute(aDocument({ openapi_config: undefined }));
    expect(hub.routes.called('putDirectory')).toMatchObject([{ failure: { code: 'nothing_to_load' } }]);
    expect(hub.queue.jobs).toEqual([]);
  });

  it.each([
    ['GitHub API Server', 'github-api-server'],
    ['io.github.user/weather', 'io.github.user.weather'],
  ])('derives the id of "%s"', async (name, id) => {
    const { record } = await hub.publish.execute(aDocument({ id: undefined, name }));
    expect([record.id, record.entry.id]).toEqual([id, id]);
  });

  it('puts a number behind a derived id that is taken', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { record } = await hub.publish.execute(aDocument({ id: undefined, name: 'Weather' }));
      ids.push(record.entry.id);
    }
    expect(ids).toEqual(['weather', 'weather-2', 'weather-3']);
  });

  it('gives each of many at once an id of its own', async () => {
    const written = await Promise.all(
      Array.from({ length: 20 }, () => hub.publish.execute(aDocument({ id: undefined }))),
    );
    expect(new Set(written.map(({ record }) => record.id)).size).toBe(20);
  });

  it('shortens the longest derived id for its number', async () => {
    const name = 'a'.repeat(200);
    await hub.publish.execute(aDocument({ id: undefined, name }));
    const { record } = await hub.publish.execute(aDocument({ id: undefined, name }));
    expect(record.id).toBe(`${'a'.repeat(126)}-2`);
  });

  it('refuses an id that is taken', async () => {
    await hub.publish.execute(aDocument());
    await expect(hub.publish.execute(aDocument())).rejects.toThrow(DuplicateServer);
  });

  it('lets one of two win that publish the same id at once', async () => {
    const outcomes = await Promise.allSettled([hub.publish.execute(aDocument()), hub.publish.execute(aDocument())]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('gives an id that was deleted a newer generation', async () => {
    await hub.publish.execute(aDocument());
    await new ChangeDesiredState(hub.store, hub.announce, hub.clock).execute('weather', 'delete');
    const { record } = await hub.publish.execute(aDocument());
    expect([record.generation, record.desired]).toEqual([3, 'enabled']);
  });

  it('tells of all problems of an entry at once', async () => {
    const error: unknown = await hub.publish.execute({ id: 'NO', name: '' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidEntry);
    const paths = (error as InvalidEntry).issues.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['id', 'name', 'description']));
  });

  it('stores nothing that its writer may not publish', async () => {
    const check = (): void => {
      throw new Error('not yours');
    };
    await expect(hub.publish.execute(aDocument(), { check })).rejects.toThrow('not yours');
    expect(await hub.store.find('weather')).toBeUndefined();
    expect(hub.blobs.contents.size).toBe(0);
  });

  it.each([
    ['the queue', () => (hub.queue.isAway = true)],
    ['the route table', () => (hub.routes.connected = false)],
  ])('is done although %s is away', async (_name, takeAway) => {
    takeAway();
    const { record } = await hub.publish.execute(aDocument());
    expect(await hub.store.find('weather')).toEqual(record);
    expect(hub.log.named('server.announce_failed')).toHaveLength(1);
  });
});
