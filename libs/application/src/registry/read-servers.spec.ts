import { ServerNotFound } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouteView } from '../routing/route-view.js';
import { aReplicaReport } from '../testing/builders.js';
import { aDocument, aRegistry } from '../testing/registry-under-test.js';
import { aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { everyServer, ReadServers } from './read-servers.js';

let hub: ReturnType<typeof aRegistry>;
let view: RouteView;
let servers: ReadServers;

beforeEach(async () => {
  hub = aRegistry();
  hub.routes.snapshot = { epoch: 'e', directory: [], workers: [aWorkerRecord()], routes: [] };
  view = new RouteView(hub.routes, hub.clock, { leaseMs: 3_000, resyncMs: 30_000 });
  await view.start();
  servers = new ReadServers(hub.store, hub.blobs, view);
});
afterEach(() => view.close());

const publish = (id: string, fields: Record<string, unknown> = {}) => hub.publish.execute(aDocument({ id, ...fields }));
const serve = (serverId: string): void => hub.routes.emit({ kind: 'route', route: aRouteRecord({ serverId }) });
const idsOf = (page: Awaited<ReturnType<ReadServers['list']>>): string[] => page.items.map(({ record }) => record.id);

describe('ReadServers.list', () => {
  beforeEach(async () => {
    for (const id of ['e-e', 'a-a', 'c-c', 'b-b', 'd-d'])
      await publish(id, { enabled: id !== 'd-d', tags: id < 'c' ? ['x', id] : [id] });
    serve('b-b');
    serve('e-e');
  });

  it('goes through all by id, page by page', async () => {
    const pages: string[][] = [];
    let afterId: string | undefined;
    do {
      const page = await servers.list({}, 2, afterId);
      pages.push(idsOf(page));
      afterId = page.nextAfterId;
    } while (afterId !== undefined);
    expect(pages).toEqual([['a-a', 'b-b'], ['c-c', 'd-d'], ['e-e']]);
  });

  it('has no next page after one that is exactly full', async () => {
    expect(await servers.list({}, 5)).not.toHaveProperty('nextAfterId');
  });

  it.each([
    ['status', { statuses: ['healthy'] as const }, ['b-b', 'e-e']],
    ['any of several statuses', { statuses: ['disabled', 'healthy'] as const }, ['b-b', 'd-d', 'e-e']],
    ['enabled', { enabled: false }, ['d-d']],
    ['all tags', { tags: ['x', 'a-a'] }, ['a-a']],
    ['tags and status', { tags: ['x'], statuses: ['healthy'] as const }, ['b-b']],
    ['nothing that is there', { statuses: ['failed'] as const }, []],
  ])('filters by %s', async (_name, filter, expected) => {
    expect(idsOf(await servers.list(filter, 10))).toEqual(expected);
  });

  it('fills a page of a status from as many stored pages as it takes', async () => {
    const first = await servers.list({ statuses: ['healthy'] }, 1);
    expect([idsOf(first), first.nextAfterId]).toEqual([['b-b'], 'b-b']);
    const second = await servers.list({ statuses: ['healthy'] }, 1, first.nextAfterId);
    expect([idsOf(second), second.nextAfterId]).toEqual([['e-e'], undefined]);
  });

  it('gives every server, however many there are', async () => {
    for (let number = 0; number < 450; number++) await publish(`m-${number}`);
    let count = 0;
    for await (const item of everyServer(servers)) count += item.record.id === '' ? 0 : 1;
    expect(count).toBe(455);
  });
});

describe('ReadServers.details', () => {
  const description = {
    serverInfo: {},
    capabilities: {},
    tools: [{ name: 'now' }],
    resources: [],
    resourceTemplates: [],
    prompts: [],
  };

  it('tells what of it runs, and where', async () => {
    await publish('weather');
    serve('weather');
    hub.routes.emit({ kind: 'route', route: aRouteRecord({ replica: 2, worker: 'dead-1' }) });
    expect(await servers.details('weather', { includeSpec: false })).toMatchObject({
      status: { status: 'healthy' },
      instances: [{ worker: 'the worker-1', state: 'healthy' }],
    });
  });

  it('has the capabilities of what was healthy last', async () => {
    const { record } = await publish('weather');
    const capabilitiesHash = await hub.blobs.put(new TextEncoder().encode(JSON.stringify(description)));
    await hub.store.recordReport(aReplicaReport({ capabilitiesHash }), record);
    expect((await servers.details('weather', { includeSpec: false })).capabilities).toEqual(description);
  });

  it('does without capabilities that are lost', async () => {
    const { record } = await publish('weather');
    await hub.store.recordReport(aReplicaReport({ capabilitiesHash: 'gone' }), record);
    expect(await servers.details('weather', { includeSpec: false })).not.toHaveProperty('capabilities');
  });

  it('has the inline document only where it is asked for', async () => {
    await publish('weather', { openapi_config: { spec: 'openapi: 3.1.0' } });
    expect(await servers.details('weather', { includeSpec: false })).not.toHaveProperty('spec');
    const { spec } = await servers.details('weather', { includeSpec: true });
    expect(new TextDecoder().decode(spec)).toBe('openapi: 3.1.0');
  });

  it('knows nothing of a server that is not there', async () => {
    await expect(servers.details('nobody', { includeSpec: false })).rejects.toThrow(ServerNotFound);
  });
});
