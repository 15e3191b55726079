import { DependencyUnavailable } from '@mcp-hub/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeBackend } from '../testing/fake-backend.js';
import { ManualDelay } from '../testing/manual-delay.js';
import { RecordingLog } from '../testing/recording-log.js';
import { aLoadJob, aRouteKey } from '../testing/routing-builders.js';
import { SetClock } from '../testing/set-clock.js';
import { RecordChanges } from './record-changes.js';

const changed = 'notifications/tools/list_changed';

function aWatch() {
  const backend = new FakeBackend();
  const timers = new ManualDelay();
  const clock = new SetClock(1_000_000);
  const log = new RecordingLog();
  const hosted: { backend: FakeBackend; reportedHash?: string } = { backend, reportedHash: 'first' };
  const state = { hosted: hosted as typeof hosted | undefined, hash: 'first', recorded: 0, reported: [] as string[] };
  const reports = {
    record: () => {
      state.recorded += 1;
      return Promise.resolve({ toolCount: 1, capabilitiesHash: state.hash });
    },
    healthy: (_: unknown, hash: string): Promise<void> => {
      state.reported.push(hash);
      return Promise.resolve();
    },
  };
  const changes = new RecordChanges(
    { reports, hosted: { find: () => state.hosted }, timers, clock, log },
    { timeoutMs: 5_000 },
  );
  const begin = changes.watch(aLoadJob(), aRouteKey(), backend);
  return { backend, timers, clock, log, state, reports, begin };
}

let watch: ReturnType<typeof aWatch>;
beforeEach(() => {
  watch = aWatch();
});

describe('RecordChanges', () => {
  it('records once what changes within a short time', async () => {
    watch.begin();
    watch.state.hash = 'second';
    watch.backend.tell(changed);
    watch.backend.tell('notifications/prompts/list_changed');
    watch.backend.remark();
    expect(watch.timers.waits).toEqual([500]);
    await watch.timers.runAll();
    expect(watch.state).toMatchObject({ recorded: 1, reported: ['second'] });
    expect(watch.timers.waits).toEqual([]);
  });

  it('records when only the remarks have changed', async () => {
    watch.begin();
    watch.state.hash = 'second';
    watch.backend.remark();
    await watch.timers.runAll();
    expect(watch.state.reported).toEqual(['second']);
  });

  it('lets other notifications be', () => {
    watch.begin();
    watch.backend.tell('notifications/message');
    expect(watch.timers.waits).toEqual([]);
  });

  it('keeps a distance between two records, however often the lists change', async () => {
    watch.begin();
    watch.backend.tell(changed);
    await watch.timers.runAll();
    watch.clock.time += 1_000;
    watch.backend.tell(changed);
    expect(watch.timers.waits).toEqual([4_000]);
  });

  it('records once more what changes while it records', async () => {
    watch.begin();
    let finish = (): void => undefined;
    watch.reports.record = () =>
      new Promise((resolve) => (finish = () => resolve({ toolCount: 1, capabilitiesHash: 'second' })));
    watch.backend.tell(changed);
    await watch.timers.runAll();
    watch.backend.tell(changed);
    expect(watch.timers.waits).toEqual([]);
    finish();
    await watch.timers.runAll();
    expect(watch.timers.waits).toEqual([5_000]);
  });

  it('waits with what changes before the server is in service', () => {
    watch.backend.tell(changed);
    expect(watch.timers.waits).toEqual([]);
    watch.begin();
    expect(watch.timers.waits).toEqual([500]);
  });

  it('reports nothing where all is as it was reported last', async () => {
    watch.begin();
    watch.backend.tell(changed);
    await watch.timers.runAll();
    expect(watch.state).toMatchObject({ recorded: 1, reported: [] });
  });

  it('asks a server no more once it is out of service', async () => {
    watch.begin();
    watch.backend.tell(changed);
    watch.state.hosted = undefined;
    await watch.timers.runAll();
    expect([watch.state.recorded, watch.timers.waits]).toEqual([0, []]);
  });

  it('leaves the last word to the end of a server that ends while it is asked', async () => {
    watch.begin();
    watch.reports.record = () => {
      watch.state.hosted = undefined;
      return Promise.resolve({ toolCount: 1, capabilitiesHash: 'second' });
    };
    watch.backend.tell(changed);
    await watch.timers.runAll();
    expect(watch.state.reported).toEqual([]);
  });

  it('tries again where the report did not get through', async () => {
    watch.begin();
    const { healthy } = watch.reports;
    watch.reports.healthy = () => Promise.reject(new DependencyUnavailable('queue'));
    watch.state.hash = 'second';
    watch.backend.tell(changed);
    await watch.timers.runAll();
    expect(watch.log.events).toMatchObject([{ event: 'server.change_not_recorded' }]);
    expect(watch.timers.waits).toEqual([30_000]);
    watch.reports.healthy = healthy;
    await watch.timers.runAll();
    expect(watch.state.reported).toEqual(['second']);
  });
});
