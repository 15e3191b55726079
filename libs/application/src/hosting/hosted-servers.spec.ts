import { DependencyUnavailable } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DirectoryRecord, RouteKey, RouteRecord } from '../ports/route-table.port.js';
import { RouteView } from '../routing/route-view.js';
import { aServerEntry } from '../testing/builders.js';
import { FakeBackend, FakeEndpoint } from '../testing/fake-backend.js';
import { RecordingLog } from '../testing/recording-log.js';
import { aDirectoryRecord, aRouteKey, aRouteRecord, aWorkerRecord } from '../testing/routing-builders.js';
import { ScriptedRouteTable } from '../testing/scripted-route-table.js';
import { SetClock } from '../testing/set-clock.js';
import { hostedKey, HostedServers } from './hosted-servers.js';

const drainMs = 1_000;
let table: ScriptedRouteTable;
let view: RouteView;
let hosted: HostedServers<FakeEndpoint>;
let log: RecordingLog;

beforeEach(async () => {
  table = new ScriptedRouteTable();
  table.snapshot = {
    epoch: 'e',
    directory: [aDirectoryRecord()],
    workers: [aWorkerRecord(), aWorkerRecord({ incarnation: 'worker-2' })],
    routes: [],
  };
  log = new RecordingLog();
  const clock = new SetClock(0);
  view = new RouteView(table, clock, { leaseMs: 3_000, resyncMs: 30_000 });
  await view.start();
  hosted = new HostedServers<FakeEndpoint>(
    table,
    view,
    { clock, log },
    { incarnation: 'worker-1', drainMs, targetOf: (key) => ({ kind: 'local', handle: hostedKey(key) }) },
  );
  hosted.start();
});
afterEach(async () => {
  await hosted.close();
  view.close();
  vi.useRealTimers();
});

function aServer(key: Partial<RouteKey> = {}) {
  return {
    key: aRouteKey(key),
    stored: { entry: aServerEntry() },
    backend: new FakeBackend(),
    endpoint: new FakeEndpoint(),
  };
}
/** The table shows a route, of another worker unless told otherwise. */
const show = (route: Partial<RouteRecord>): void => {
  table.emit({ kind: 'route', route: aRouteRecord({ worker: 'worker-2', ...route }) });
};
const direct = (record: Partial<DirectoryRecord>): void => {
  table.emit({ kind: 'directory', record: aDirectoryRecord(record) });
};
const settled = () => vi.waitFor(() => expect(log.named('server.retired')).toHaveLength(1));

describe('HostedServers.add', () => {
  it('serves the server and publishes its route', async () => {
    const server = aServer();
    expect(await hosted.add(server)).toBe(true);
    expect(hosted.byHandle('weather/1/1')?.backend).toBe(server.backend);
    expect(table.called('putRoute')).toEqual([
      {
        ...aRouteKey(),
        worker: 'worker-1',
        state: 'healthy',
        target: { kind: 'local', handle: 'weather/1/1' },
        since: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('can be called before its route is known to anybody', async () => {
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    const adding = hosted.add(aServer());
    expect(hosted.find(aRouteKey())).toBeDefined();
    open();
    await adding;
  });

  it('closes what another live worker serves', async () => {
    table.takesRoutes = false;
    const { backend, ...server } = aServer();
    expect(await hosted.add({ ...server, backend })).toBe(false);
    expect([backend.isClosed, server.endpoint.isClosed, hosted.count]).toEqual([true, true, 0]);
  });

  it('keeps nothing whose route could not be written', async () => {
    table.failing.add('putRoute');
    const server = aServer();
    await expect(hosted.add(server)).rejects.toThrow(DependencyUnavailable);
    expect([server.backend.isClosed, hosted.count]).toEqual([true, 0]);
  });

  it('takes the route back where the server ended while it was being written', async () => {
    let open = (): void => undefined;
    table.gate = new Promise((resolve) => (open = resolve));
    const server = aServer();
    const adding = hosted.add(server);
    const dropping = hosted.drop(server.key, server.backend);
    open();
    expect([await adding, await dropping]).toEqual([false, true]);
    expect(table.calls.at(-1)?.method).toBe('removeRoute');
  });

  it('retires at once what was disabled while it loaded', async () => {
    direct({ generation: 2, state: 'disabled' });
    expect(await hosted.add(aServer())).toBe(false);
    await settled();
  });
});

describe('HostedServers retires', () => {
  const cases: [name: string, key: Partial<RouteKey>, change: () => void, reason: string | undefined][] = [
    ['what is disabled', {}, () => direct({ generation: 2, state: 'disabled' }), 'disabled'],
    ['what is deleted', {}, () => direct({ generation: 2, state: 'deleted' }), 'deleted'],
    ['what a newer healthy generation replaces', {}, () => show({ generation: 2 }), 'replaced'],
    [
      'a replica too many, once the newer generation serves',
      { replica: 2 },
      () => {
        direct({ generation: 2, replicas: 1 });
        show({ generation: 2 });
      },
      'scaled_down',
    ],
    ['not: what a newer generation is yet to replace', {}, () => direct({ generation: 2 }), undefined],
    [
      'not: what a newer generation failed to replace',
      {},
      () =>
        direct({
          generation: 2,
          failure: { code: 'crashed', message: '', remedy: '', since: '', stage: 'loading' },
        }),
      undefined,
    ],
    [
      'not: what a newer, degraded generation would replace',
      {},
      () => show({ generation: 2, state: 'degraded' }),
      undefined,
    ],
    ['not: the other replica', { replica: 2 }, () => show({ generation: 2 }), undefined],
    [
      'not: a replica too many, before the newer generation serves',
      { replica: 2 },
      () => direct({ generation: 2, replicas: 1 }),
      undefined,
    ],
    [
      'not: what an older deletion meant',
      { generation: 3 },
      () => direct({ generation: 2, state: 'deleted' }),
      undefined,
    ],
    ['not: what serves elsewhere at an older generation', { generation: 3 }, () => show({ generation: 2 }), undefined],
    ['not: another server', {}, () => direct({ id: 'other', generation: 2, state: 'deleted' }), undefined],
  ];

  it.each(cases)('%s', async (_name, key, change, reason) => {
    table.snapshot.directory = [];
    await view.refresh();
    await hosted.add(aServer(key));
    change();
    expect(log.named('server.retired').map(({ fields }) => fields['reason'])).toEqual(reason ? [reason] : []);
    expect(hosted.count).toBe(reason ? 0 : 1);
  });

  it('nothing whose record is absent', async () => {
    await hosted.add(aServer());
    table.snapshot.directory = [];
    await view.refresh();
    expect([view.directoryRecord('weather'), hosted.count]).toEqual([undefined, 1]);
  });

  it('takes the route away, lets calls finish, then ends the server', async () => {
    const server = aServer();
    let finish = (): void => undefined;
    server.endpoint.callsOver = new Promise((resolve) => (finish = resolve));
    await hosted.add(server);
    direct({ generation: 2, state: 'disabled' });
    await vi.waitFor(() => expect(server.endpoint.isDraining).toBe(true));
    expect(table.calls.at(-1)).toMatchObject({ method: 'removeRoute', args: [aRouteKey(), 'worker-1'] });
    expect(server.backend.isClosed).toBe(false);
    finish();
    await vi.waitFor(() => expect(server.backend.isClosed).toBe(true));
  });

  it('ends the server also where its route could not be taken away', async () => {
    const server = aServer();
    await hosted.add(server);
    table.failing.add('removeRoute');
    direct({ generation: 2, state: 'disabled' });
    await vi.waitFor(() => expect(server.backend.isClosed).toBe(true));
  });

  it('takes back a route to what is not here any more, whenever it comes across one', async () => {
    table.snapshot.routes = [aRouteRecord({ generation: 9 })];
    await view.refresh();
    expect(table.calls.at(-1)).toMatchObject({
      method: 'removeRoute',
      args: [aRouteKey({ generation: 9 }), 'worker-1'],
    });
  });

  it('leaves routes of other workers alone', async () => {
    show({ serverId: 'other' });
    expect(table.called('removeRoute')).toEqual([]);
  });
});

describe('HostedServers.occupied', () => {
  it('adds up the weights of its servers', async () => {
    await hosted.add({ ...aServer(), weight: 3 });
    await hosted.add(aServer({ replica: 2 }));
    expect([hosted.count, hosted.occupied]).toEqual([2, 4]);
  });

  it('does not count what a newer generation is about to replace', async () => {
    await hosted.add(aServer());
    expect(hosted.occupied).toBe(1);
    direct({ generation: 2 });
    expect(hosted.occupied).toBe(0);
  });

  it('counts what stays because the newer generation has failed', async () => {
    await hosted.add(aServer());
    direct({ generation: 2, failure: { code: 'crashed', message: '', remedy: '', since: '', stage: 'loading' } });
    expect(hosted.occupied).toBe(1);
  });
});

describe('HostedServers.drop', () => {
  it('takes a server that ended out of service', async () => {
    const server = aServer();
    await hosted.add(server);
    expect(await hosted.drop(server.key, server.backend)).toBe(true);
    expect([hosted.count, server.endpoint.isClosed]).toEqual([0, true]);
    expect(table.called('removeRoute')).toEqual([aRouteKey()]);
  });

  it('leaves alone what has taken its place', async () => {
    await hosted.add(aServer());
    expect(await hosted.drop(aRouteKey(), new FakeBackend())).toBe(false);
    expect(hosted.count).toBe(1);
  });
});

describe('HostedServers.publishAgain', () => {
  it('writes every route, each as long known as it is', async () => {
    await hosted.add(aServer());
    await hosted.add(aServer({ serverId: 'other' }));
    table.calls.length = 0;
    await hosted.publishAgain();
    expect(table.called('putRoute')).toMatchObject([{ serverId: 'weather' }, { serverId: 'other' }]);
  });

  it('retires what another live worker serves by now', async () => {
    const server = aServer();
    await hosted.add(server);
    table.takesRoutes = false;
    await hosted.publishAgain();
    await vi.waitFor(() => expect(server.backend.isClosed).toBe(true));
    expect(log.named('server.retired')[0]?.fields).toMatchObject({ reason: 'served_elsewhere' });
  });
});

describe('HostedServers.leave', () => {
  it('says that it leaves, and waits for another worker to take over', async () => {
    const server = aServer();
    await hosted.add(server);
    let isOver = false;
    const leaving = hosted.leave().then(() => (isOver = true));
    await vi.waitFor(() => expect(table.called('putRoute').at(-1)).toMatchObject({ state: 'draining' }));
    expect([isOver, server.endpoint.isDraining]).toEqual([false, false]);
    show({});
    await leaving;
    expect([server.endpoint.isDraining, server.backend.isClosed]).toEqual([true, false]);
  });

  it('goes on serving meanwhile, whatever the directory says', async () => {
    await hosted.add(aServer());
    const leaving = hosted.leave();
    direct({ generation: 2, state: 'disabled' });
    expect(hosted.count).toBe(1);
    show({});
    await leaving;
  });

  it('waits for nobody where there is no other worker', async () => {
    table.snapshot.workers = [aWorkerRecord()];
    table.emit({ kind: 'worker_gone', incarnation: 'worker-2' });
    const server = aServer();
    await hosted.add(server);
    await hosted.leave();
    expect(server.endpoint.isDraining).toBe(true);
  });

  it('waits no longer when the others leave too', async () => {
    const server = aServer();
    await hosted.add(server);
    const leaving = hosted.leave();
    table.emit({ kind: 'worker', record: aWorkerRecord({ incarnation: 'worker-2', isDraining: true }) });
    const startedAt = performance.now();
    await leaving;
    expect(performance.now() - startedAt).toBeLessThan(drainMs - 100);
  });

  it('stops waiting for a successor in the end', async () => {
    vi.useFakeTimers();
    const server = aServer();
    await hosted.add(server);
    const leaving = hosted.leave();
    await vi.advanceTimersByTimeAsync(drainMs);
    await leaving;
    expect(server.endpoint.isDraining).toBe(true);
  });

  it('lets calls finish also where the table is away', async () => {
    const server = aServer();
    await hosted.add(server);
    table.connected = false;
    show({});
    await hosted.leave();
    expect(server.endpoint.isDraining).toBe(true);
  });
});

describe('HostedServers.close', () => {
  it('ends everything, one that does not want to end too', async () => {
    const stubborn = aServer({ serverId: 'stubborn' });
    stubborn.backend.close = () => Promise.reject(new Error('I stay'));
    const other = aServer();
    await hosted.add(stubborn);
    await hosted.add(other);
    await hosted.close();
    expect([hosted.count, other.backend.isClosed, log.named('server.not_ended').length]).toEqual([0, true, 1]);
  });
});

describe('HostedServers.setFailure', () => {
  const failure = {
    code: 'upstream_unreachable' as const,
    message: 'It does not answer.',
    remedy: 'Read its log.',
    since: '1970-01-01T00:00:00.000Z',
    stage: 'calls',
  };
  const lastRoute = () => table.called('putRoute').at(-1);

  it('shows in the route why calls fail, and that they do not any more', async () => {
    await hosted.add(aServer());
    await hosted.setFailure(aRouteKey(), failure);
    expect(lastRoute()).toMatchObject({ state: 'degraded', failure });
    await hosted.setFailure(aRouteKey(), undefined);
    expect(lastRoute()).toMatchObject({ state: 'healthy' });
    expect(lastRoute()).not.toHaveProperty('failure');
  });

  it('writes nothing where nothing changes', async () => {
    await hosted.add(aServer());
    await hosted.setFailure(aRouteKey(), undefined);
    await hosted.setFailure(aRouteKey({ serverId: 'other' }), failure);
    expect(table.called('putRoute')).toHaveLength(1);
  });

  it('keeps what could not be written for when the table is back', async () => {
    await hosted.add(aServer());
    table.failing.add('putRoute');
    await hosted.setFailure(aRouteKey(), failure);
    table.failing.delete('putRoute');
    expect(log.named('route.not_published')).toHaveLength(1);
    await hosted.publishAgain();
    expect(lastRoute()).toMatchObject({ state: 'degraded', failure });
  });

  it('says that a server drains before that it fails', async () => {
    await hosted.add(aServer());
    await hosted.setFailure(aRouteKey(), failure);
    show({ replica: 1 });
    await hosted.leave();
    expect(lastRoute()).toMatchObject({ state: 'draining' });
  });
});
