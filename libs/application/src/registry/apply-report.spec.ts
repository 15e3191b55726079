import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkerReport } from '../ports/load-queue.port.js';
import type { ReplicaReport, StoredEntry } from '../ports/registry-store.port.js';
import { aReplicaReport } from '../testing/builders.js';
import { aDocument, aRegistry, retryDefaults } from '../testing/registry-under-test.js';
import { ApplyReport } from './apply-report.js';

let hub: ReturnType<typeof aRegistry>;
let apply: ApplyReport;
let stored: StoredEntry;

beforeEach(async () => {
  hub = aRegistry();
  apply = new ApplyReport(hub.store, hub.messaging, hub.clock, retryDefaults, hub.log);
  const { record } = await hub.publish.execute(aDocument({ openapi_config: { spec: 'openapi: 3.1.0' } }));
  stored = { entry: record.entry, ...(record.specHash ? { specHash: record.specHash } : {}) };
  hub.queue.jobs.length = 0;
});

const report = (overrides: Partial<ReplicaReport> = {}): WorkerReport => ({
  kind: 'replica',
  stored,
  report: aReplicaReport(overrides),
});
const missing = (overrides: { generation?: number; hash?: string } = {}): WorkerReport => ({
  kind: 'blob_missing',
  serverId: 'weather',
  generation: 1,
  replica: 1,
  hash: stored.specHash ?? '',
  ...overrides,
});
const directoryWrites = (): unknown[] => hub.routes.called('putDirectory').slice(1);

describe('ApplyReport', () => {
  it('keeps a failure, and tells the directory', async () => {
    await apply.execute(report({ outcome: 'failed' }));
    expect((await hub.store.find('weather'))?.reports).toMatchObject([{ outcome: 'failed' }]);
    expect(directoryWrites()).toMatchObject([{ failure: { code: 'crashed' } }]);
  });

  it('takes the failure out of the directory when it is over', async () => {
    await apply.execute(report({ outcome: 'failed' }));
    await apply.execute(report({ sequence: 2 }));
    expect(directoryWrites().at(-1)).not.toHaveProperty('failure');
  });

  it.each([
    ['a repeated report', { sequence: 5, outcome: 'failed' }],
    ['a late report', { sequence: 4, outcome: 'failed' }],
    ['a report of a generation that is yet to come', { generation: 9, sequence: 9, outcome: 'failed' }],
    ['a report of a server that is not there', { serverId: 'nobody', sequence: 9 }],
  ] as const)('changes nothing by %s', async (_name, late) => {
    await apply.execute(report({ sequence: 5 }));
    const before = await hub.store.find('weather');
    const writes = directoryWrites().length;
    await apply.execute(report(late));
    expect(await hub.store.find('weather')).toEqual(before);
    expect(directoryWrites()).toHaveLength(writes);
  });

  it('moves the capabilities from the exchange into the store', async () => {
    const content = new TextEncoder().encode('{"tools":[]}');
    const capabilitiesHash = await hub.exchange.put(content);
    await apply.execute(report({ capabilitiesHash }));
    expect(await hub.blobs.get(capabilitiesHash)).toEqual(content);
    expect((await hub.store.find('weather'))?.lastHealthy).toMatchObject({ generation: 1, capabilitiesHash });
  });

  it('keeps a report whose capabilities got lost without them', async () => {
    await apply.execute(report({ capabilitiesHash: 'f'.repeat(64) }));
    const [kept] = (await hub.store.find('weather'))?.reports ?? [];
    expect(kept?.outcome).toBe('healthy');
    expect(kept).not.toHaveProperty('capabilitiesHash');
  });
});

describe('ApplyReport of a missing document', () => {
  it('hands the document over again, then the job', async () => {
    hub.exchange.contents.clear();
    await apply.execute(missing());
    expect(hub.exchange.contents.has(stored.specHash ?? '')).toBe(true);
    expect(hub.queue.jobs).toMatchObject([{ serverId: 'weather', generation: 1, replica: 1 }]);
  });

  it('does so for the generation that was healthy last', async () => {
    await hub.store.recordReport(aReplicaReport(), stored);
    await hub.store.replace('weather', 1, { entry: stored.entry, desired: 'enabled', at: '' });
    await apply.execute(missing());
    expect(hub.queue.jobs).toMatchObject([{ generation: 1, isFallback: true }]);
  });

  it.each([
    ['an outdated generation', { generation: 0 }],
    ['a document that is not the one of the entry', { hash: 'f'.repeat(64) }],
  ])('does nothing for %s', async (_name, overrides) => {
    await apply.execute(missing(overrides));
    expect(hub.queue.jobs).toEqual([]);
  });

  it('does nothing for a server that is disabled', async () => {
    await hub.store.replace('weather', 1, { ...stored, desired: 'disabled', at: '' });
    await apply.execute(missing());
    expect(hub.queue.jobs).toEqual([]);
  });

  it('says that the document is lost, instead of sending the job in circles', async () => {
    hub.exchange.contents.clear();
    hub.blobs.contents.clear();
    await apply.execute(missing());
    expect(hub.queue.jobs).toEqual([]);
    expect(directoryWrites().at(-1)).toMatchObject({
      failure: { code: 'blob_missing', nextRetryAt: '2026-03-04T05:07:07.000Z' },
    });
  });
});
