import { beforeEach, describe, expect, it } from 'vitest';
import type { RegistryStore, ReplicaReport } from '../ports/registry-store.port.js';
import { aReplicaReport, aServerEntry, aServerRecord, builtAt } from './builders.js';

const hash = 'a'.repeat(64);
const otherHash = 'b'.repeat(64);

/** The part of the `RegistryStore` contract about `recordReport`; each test gets an empty store. */
export function registryStoreReportsContract(storeOf: () => RegistryStore): void {
  describe('recordReport', () => {
    const entry = aServerEntry({ replicas: 32 });
    const stored = { entry };
    let store: RegistryStore;

    beforeEach(async () => {
      store = storeOf();
      await store.insert({ id: 'weather', entry, desired: 'enabled', at: builtAt });
    });

    /** Changes nothing but the generation. */
    async function toGeneration(generation: number): Promise<void> {
      for (let at = 1; at < generation; at++) {
        await store.replace('weather', at, { entry, desired: 'enabled', at: builtAt });
      }
    }

    async function reportsKept(): Promise<ReplicaReport[] | undefined> {
      return (await store.find('weather'))?.reports;
    }

    it('keeps the first report of a replica', async () => {
      const report = aReplicaReport({ outcome: 'failed' });
      const record = await store.recordReport(report, stored);
      expect(record).toEqual(aServerRecord({ entry, reports: [report] }));
    });

    it('keeps what it returned', async () => {
      const record = await store.recordReport(aReplicaReport({ capabilitiesHash: hash }), stored);
      expect(await store.find('weather')).toEqual(record);
    });

    it('leaves the dates of the record alone', async () => {
      const record = await store.recordReport(aReplicaReport({ at: '2026-03-03T00:00:00.000Z' }), stored);
      expect(record?.updatedAt).toBe(builtAt);
    });

    it('replaces a report by one with a larger sequence', async () => {
      await store.recordReport(aReplicaReport({ sequence: 1, outcome: 'failed' }));
      const newer = aReplicaReport({ sequence: 2 });
      await store.recordReport(newer);
      expect(await reportsKept()).toEqual([newer]);
    });

    it('replaces a report by one of a larger generation, whatever its sequence', async () => {
      await toGeneration(2);
      await store.recordReport(aReplicaReport({ generation: 1, sequence: 9 }));
      const newer = aReplicaReport({ generation: 2, sequence: 1 });
      await store.recordReport(newer);
      expect(await reportsKept()).toEqual([newer]);
    });

    it.each<[string, Partial<ReplicaReport>]>([
      ['a duplicate', { generation: 2, sequence: 5 }],
      ['one with a smaller sequence', { generation: 2, sequence: 4 }],
      ['one of an older generation with a larger sequence', { generation: 1, sequence: 6 }],
      ['one of a generation that is not there yet', { generation: 3, sequence: 6 }],
    ])('does not keep %s', async (_, late) => {
      await toGeneration(2);
      const known = aReplicaReport({ generation: 2, sequence: 5, capabilitiesHash: hash });
      const before = await store.recordReport(known, stored);
      const outcome = await store.recordReport(aReplicaReport({ ...late, capabilitiesHash: otherHash }), stored);
      expect(outcome).toBeUndefined();
      expect(await store.find('weather')).toEqual(before);
    });

    it('keeps the first report of a replica from an older generation', async () => {
      await toGeneration(2);
      const report = aReplicaReport({ generation: 1 });
      expect((await store.recordReport(report))?.reports).toEqual([report]);
    });

    it('keeps one report for each replica, in their order', async () => {
      const [first, second, third] = [1, 2, 3].map((replica) => aReplicaReport({ replica, sequence: 4 - replica }));
      for (const report of [third, first, second]) if (report) await store.recordReport(report);
      expect(await reportsKept()).toEqual([first, second, third]);
    });

    it('keeps the reports of a disabled server', async () => {
      await store.replace('weather', 1, { entry, desired: 'disabled', at: builtAt });
      expect(await store.recordReport(aReplicaReport())).toBeDefined();
    });

    it('does not keep a report of a server that was never there', async () => {
      expect(await store.recordReport(aReplicaReport({ serverId: 'nobody' }))).toBeUndefined();
      expect(await store.find('nobody')).toBeUndefined();
    });

    it('does not keep a report of a tombstone', async () => {
      const buried = await store.replace('weather', 1, { entry, desired: 'deleted', at: builtAt });
      expect(await store.recordReport(aReplicaReport({ generation: 2 }), stored)).toBeUndefined();
      expect(await store.find('weather')).toEqual(buried);
    });

    it('does not keep a report of the deleted server whose id was published again', async () => {
      await store.replace('weather', 1, { entry, desired: 'deleted', at: builtAt });
      const published = await store.insert({ id: 'weather', entry, desired: 'enabled', at: builtAt });
      expect(await store.recordReport(aReplicaReport({ generation: 1, sequence: 99 }), stored)).toBeUndefined();
      expect(await store.find('weather')).toEqual(published);
    });

    it('keeps the newest of 50 reports that arrive at once, in any order', async () => {
      const reports = Array.from({ length: 50 }, (_, n) => aReplicaReport({ sequence: ((n * 7) % 50) + 1 }));
      await Promise.all(reports.map((report) => store.recordReport(report, stored)));
      expect(await reportsKept()).toEqual([aReplicaReport({ sequence: 50 })]);
    });

    it('keeps the reports of 32 replicas that arrive at once', async () => {
      const reports = Array.from({ length: 32 }, (_, n) => aReplicaReport({ replica: n + 1 }));
      await Promise.all(reports.map((report) => store.recordReport(report, stored)));
      expect(await reportsKept()).toEqual(reports);
    });

    it('loses neither a change nor a report that arrive at once', async () => {
      const changed = aServerEntry({ name: 'Changed' });
      await Promise.all([
        ...Array.from({ length: 20 }, (_, n) => store.recordReport(aReplicaReport({ replica: n + 1 }))),
        store.replace('weather', 1, { entry: changed, desired: 'enabled', at: builtAt }),
      ]);
      const record = await store.find('weather');
      expect(record?.entry).toEqual(changed);
      expect(record?.reports).toHaveLength(20);
    });

    describe('of the last healthy version', () => {
      it('takes what a healthy job carried', async () => {
        const carried = { entry: aServerEntry({ name: 'As it was loaded' }), specHash: otherHash };
        const record = await store.recordReport(aReplicaReport({ capabilitiesHash: hash }), carried);
        expect(record?.lastHealthy).toEqual({ ...carried, generation: 1, capabilitiesHash: hash });
      });

      it('takes nothing of a failure', async () => {
        const record = await store.recordReport(aReplicaReport({ outcome: 'failed' }), stored);
        expect(record?.lastHealthy).toBeUndefined();
      });

      it('takes nothing where the entry is not given', async () => {
        const record = await store.recordReport(aReplicaReport());
        expect(record?.lastHealthy).toBeUndefined();
      });

      it('stays when a newer generation fails', async () => {
        await store.recordReport(aReplicaReport({ capabilitiesHash: hash }), stored);
        await toGeneration(2);
        const record = await store.recordReport(aReplicaReport({ generation: 2, outcome: 'failed' }), stored);
        expect(record?.lastHealthy).toEqual({ entry, generation: 1, capabilitiesHash: hash });
      });

      it('goes to a newer generation', async () => {
        await store.recordReport(aReplicaReport({ capabilitiesHash: hash }), stored);
        await toGeneration(2);
        const record = await store.recordReport(aReplicaReport({ generation: 2, capabilitiesHash: otherHash }), stored);
        expect(record?.lastHealthy).toEqual({ entry, generation: 2, capabilitiesHash: otherHash });
      });

      it('follows a later report of the same generation', async () => {
        await store.recordReport(aReplicaReport({ capabilitiesHash: hash }), stored);
        const record = await store.recordReport(aReplicaReport({ sequence: 2, capabilitiesHash: otherHash }), stored);
        expect(record?.lastHealthy?.capabilitiesHash).toBe(otherHash);
      });

      it('does not go back to an older generation that another replica still loads', async () => {
        await toGeneration(2);
        await store.recordReport(aReplicaReport({ generation: 2, replica: 1, capabilitiesHash: hash }), stored);
        const record = await store.recordReport(
          aReplicaReport({ generation: 1, replica: 2, capabilitiesHash: otherHash }),
          stored,
        );
        expect(record?.reports).toHaveLength(2);
        expect(record?.lastHealthy).toEqual({ entry, generation: 2, capabilitiesHash: hash });
      });
    });
  });
}
