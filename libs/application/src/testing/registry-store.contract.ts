import { DuplicateServer, GenerationConflict, ServerNotFound } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewServer, RegistryStore, ServerChange } from '../ports/registry-store.port.js';
import { aReplicaReport, aServerEntry, aServerRecord, builtAt } from './builders.js';
import { expectUnavailable } from './dependency-harness.js';
import { registryStoreListContract } from './registry-store-list.contract.js';
import { registryStoreReportsContract } from './registry-store-reports.contract.js';
import { connectionOf, type StoreAbilities, type StoreHarness } from './store-harness.js';

const later = '2026-02-02T00:00:00.000Z';

/** A server that is new: enabled, named and described by its id alone unless told otherwise. */
export function aNewServer(overrides: Partial<NewServer> = {}): NewServer {
  const id = overrides.id ?? 'weather';
  return { id, entry: aServerEntry({ id }), desired: 'enabled', at: builtAt, ...overrides };
}

/** A change that leaves the builder's entry as it is, at a later time. */
export function aServerChange(overrides: Partial<ServerChange> = {}): ServerChange {
  return { entry: aServerEntry(), desired: 'enabled', at: later, ...overrides };
}

/** Proves every promise of the `RegistryStore` port. */
export function registryStoreContract(
  name: string,
  makeHarness: () => Promise<StoreHarness<RegistryStore>>,
  abilities: StoreAbilities,
): void {
  describe(`${name} keeps the promises of RegistryStore`, { timeout: 30_000 }, () => {
    let harness: StoreHarness<RegistryStore>;
    let store: RegistryStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await harness.dispose();
    });

    async function bury(id: string): Promise<void> {
      const { generation } = await store.insert(aNewServer({ id }));
      await store.replace(id, generation, aServerChange({ entry: aServerEntry({ id }), desired: 'deleted' }));
    }

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('can be started again while it runs', async () => {
      await store.insert(aNewServer());
      await store.start();
      expect(await store.find('weather')).toBeDefined();
    });

    it('can be closed twice', async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    it('is unavailable once it is closed', async () => {
      await store.close();
      await expectUnavailable('database', 5_000, everyMethodOf(store));
    });

    describe('insert', () => {
      it('adds a server at generation 1', async () => {
        const specHash = 'a'.repeat(64);
        const inserted = await store.insert(aNewServer({ specHash, desired: 'disabled' }));
        expect(inserted).toEqual(aServerRecord({ specHash, desired: 'disabled' }));
      });

      it('keeps what it returned', async () => {
        const inserted = await store.insert(aNewServer());
        expect(await store.find('weather')).toEqual(inserted);
      });

      it('refuses an id that is in use', async () => {
        await store.insert(aNewServer());
        await expect(store.insert(aNewServer())).rejects.toThrow(DuplicateServer);
      });

      it('leaves the server that is there as it was when it refuses', async () => {
        const first = await store.insert(aNewServer());
        await store.insert(aNewServer({ desired: 'disabled', at: later })).catch(() => undefined);
        expect(await store.find('weather')).toEqual(first);
      });

      it('goes on from the generation of a tombstone', async () => {
        await bury('weather');
        const inserted = await store.insert(aNewServer({ at: later }));
        expect(inserted).toEqual(aServerRecord({ generation: 3, createdAt: later, updatedAt: later }));
      });

      it('forgets the reports of the server that a tombstone stands for', async () => {
        const { generation, entry } = await store.insert(aNewServer());
        await store.recordReport(aReplicaReport(), { entry });
        await store.replace('weather', generation, aServerChange({ desired: 'deleted' }));
        expect(await store.insert(aNewServer())).toEqual(aServerRecord({ generation: 3 }));
      });

      it('lets exactly one of 50 concurrent inserts win', async () => {
        const stores = abilities.sharesDatabase ? [store, await harness.open()] : [store];
        await expectOneWinner(stores, (one) => one.insert(aNewServer()), DuplicateServer);
      });

      it('lets exactly one of 50 concurrent inserts over a tombstone win', async () => {
        await bury('weather');
        const stores = abilities.sharesDatabase ? [store, await harness.open()] : [store];
        await expectOneWinner(stores, (one) => one.insert(aNewServer()), DuplicateServer);
        expect((await store.find('weather'))?.generation).toBe(3);
      });

      it('keeps keys that databases give a meaning to', async () => {
        const args = { $set: { 'a.b': 1 }, 'dotted.key': [null, '$where'], '': 'empty', ['__proto__x']: 'ключ 🔑' };
        const entry = aServerEntry({
          module_config: { path: 'x.js', args },
          'x-note': { $gt: '', 'x.y': { $ne: 1 } },
        });
        await store.insert(aNewServer({ entry }));
        expect((await store.find('weather'))?.entry).toEqual(entry);
      });

      it('keeps an entry of a megabyte', async () => {
        const entry = aServerEntry({ description: 'ü'.repeat(512 * 1024) });
        await store.insert(aNewServer({ entry }));
        expect((await store.find('weather'))?.entry).toEqual(entry);
      });
    });

    describe('find', () => {
      it('finds nothing under an id that was never used', async () => {
        expect(await store.find('nobody')).toBeUndefined();
      });

      it('finds a tombstone', async () => {
        await bury('weather');
        expect(await store.find('weather')).toEqual(
          aServerRecord({ desired: 'deleted', generation: 2, updatedAt: later }),
        );
      });
    });

    describe('replace', () => {
      it('raises the generation by one', async () => {
        await store.insert(aNewServer({ specHash: 'a'.repeat(64) }));
        const entry = aServerEntry({ name: 'Changed' });
        const replaced = await store.replace('weather', 1, aServerChange({ entry, desired: 'disabled' }));
        expect(replaced).toEqual(aServerRecord({ entry, desired: 'disabled', generation: 2, updatedAt: later }));
      });

      it('keeps what it returned', async () => {
        await store.insert(aNewServer());
        const replaced = await store.replace('weather', 1, aServerChange({ specHash: 'b'.repeat(64) }));
        expect(await store.find('weather')).toEqual(replaced);
      });

      it('leaves the reports in place', async () => {
        const { entry } = await store.insert(aNewServer());
        const reported = await store.recordReport(aReplicaReport(), { entry });
        const replaced = await store.replace('weather', 1, aServerChange());
        expect(replaced.reports).toEqual(reported?.reports);
      });

      it('leaves the last healthy version in place', async () => {
        const { entry } = await store.insert(aNewServer());
        await store.recordReport(aReplicaReport(), { entry });
        const replaced = await store.replace('weather', 1, aServerChange({ entry: aServerEntry({ name: 'Changed' }) }));
        expect(replaced.lastHealthy).toEqual({ entry, generation: 1 });
      });

      it('refuses an outdated generation', async () => {
        await store.insert(aNewServer());
        await store.replace('weather', 1, aServerChange());
        await expect(store.replace('weather', 1, aServerChange())).rejects.toThrow(GenerationConflict);
      });

      it('refuses a generation that is not there yet', async () => {
        await store.insert(aNewServer());
        await expect(store.replace('weather', 2, aServerChange())).rejects.toThrow(GenerationConflict);
      });

      it('knows no server under an id that was never used', async () => {
        await expect(store.replace('nobody', 1, aServerChange())).rejects.toThrow(ServerNotFound);
      });

      it('does not change a tombstone', async () => {
        await bury('weather');
        await expect(store.replace('weather', 2, aServerChange())).rejects.toThrow(ServerNotFound);
      });

      it('lets exactly one of 50 concurrent writers win', async () => {
        await store.insert(aNewServer());
        const stores = abilities.sharesDatabase ? [store, await harness.open()] : [store];
        await expectOneWinner(stores, (one) => one.replace('weather', 1, aServerChange()), GenerationConflict);
        expect((await store.find('weather'))?.generation).toBe(2);
      });
    });

    describe('purge', () => {
      it('removes a tombstone', async () => {
        await bury('weather');
        expect(await store.purge('weather', 2)).toBe(true);
        expect(await store.find('weather')).toBeUndefined();
      });

      it('leaves a tombstone of another generation', async () => {
        await bury('weather');
        expect(await store.purge('weather', 1)).toBe(false);
        expect(await store.find('weather')).toBeDefined();
      });

      it('leaves a server that is not deleted', async () => {
        await store.insert(aNewServer());
        expect(await store.purge('weather', 1)).toBe(false);
        expect(await store.find('weather')).toBeDefined();
      });

      it('has nothing to remove where nothing is', async () => {
        expect(await store.purge('nobody', 1)).toBe(false);
      });

      it('makes the id new again', async () => {
        await bury('weather');
        await store.purge('weather', 2);
        expect(await store.insert(aNewServer())).toEqual(aServerRecord());
      });
    });

    describe('blobHashes', () => {
      const [spec, capabilities, newSpec, newCapabilities] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [
        string,
        string,
        string,
        string,
      ];

      it('has none in an empty store', async () => {
        expect(await store.blobHashes()).toEqual(new Set());
      });

      it('names those of entries, reports and last healthy versions', async () => {
        const { entry } = await store.insert(aNewServer({ specHash: spec }));
        await store.recordReport(aReplicaReport({ capabilitiesHash: capabilities }), { entry, specHash: spec });
        await store.replace('weather', 1, aServerChange({ specHash: newSpec }));
        await store.recordReport(aReplicaReport({ generation: 2, capabilitiesHash: newCapabilities }));
        expect(await store.blobHashes()).toEqual(new Set([spec, capabilities, newSpec, newCapabilities]));
      });

      it('names a hash once that several servers share', async () => {
        await store.insert(aNewServer({ id: 'one', specHash: spec }));
        await store.insert(aNewServer({ id: 'two', specHash: spec }));
        expect(await store.blobHashes()).toEqual(new Set([spec]));
      });

      it('forgets those of a server that is purged', async () => {
        await store.insert(aNewServer({ specHash: spec }));
        await store.replace('weather', 1, aServerChange({ specHash: spec, desired: 'deleted' }));
        expect(await store.blobHashes()).toEqual(new Set([spec]));
        await store.purge('weather', 2);
        expect(await store.blobHashes()).toEqual(new Set());
      });
    });

    registryStoreListContract(() => store);
    registryStoreReportsContract(() => store);

    if (abilities.sharesDatabase) {
      describe('on a shared database', () => {
        it('shows what another store wrote', async () => {
          const inserted = await (await harness.open()).insert(aNewServer());
          expect(await store.find('weather')).toEqual(inserted);
        });

        it('refuses a change made for what another store has changed', async () => {
          await store.insert(aNewServer());
          await (await harness.open()).replace('weather', 1, aServerChange());
          await expect(store.replace('weather', 1, aServerChange())).rejects.toThrow(GenerationConflict);
        });

        it('keeps everything when it is opened again', async () => {
          const { entry } = await store.insert(aNewServer({ specHash: 'a'.repeat(64) }));
          await store.recordReport(aReplicaReport({ capabilitiesHash: 'b'.repeat(64) }), { entry });
          const before = await store.find('weather');
          await store.close();
          const again = await harness.open();
          expect(await again.find('weather')).toEqual(before);
        });

        it('leaves another store open when it closes', async () => {
          const other = await harness.open();
          await store.close();
          await expect(other.ping()).resolves.toBeUndefined();
        });
      });
    }

    if (abilities.canLoseConnection) {
      describe.each(['cut', 'stall'] as const)('when its connection is lost (%s)', (loss) => {
        it('is unavailable within 5 s', async () => {
          await connectionOf(harness)[loss]();
          await expectUnavailable('database', 5_000, everyMethodOf(store));
        });

        it('fails a ping within 2 s', async () => {
          await connectionOf(harness)[loss]();
          await expectUnavailable('database', 2_200, { ping: () => store.ping() });
        });

        it('works again once the connection is back', async () => {
          await store.insert(aNewServer());
          await connectionOf(harness)[loss]();
          await expectUnavailable('database', 5_000, { find: () => store.find('weather') });
          await connectionOf(harness).mend();
          await vi.waitFor(() => store.ping(), { timeout: 15_000, interval: 50 });
          expect(await store.find('weather')).toEqual(aServerRecord());
        });

        it('starts once there is a connection', async () => {
          await connectionOf(harness)[loss]();
          const opening = harness.open();
          await expectUnavailable('database', 5_000, { find: () => store.find('weather') });
          await connectionOf(harness).mend();
          await expect((await opening).ping()).resolves.toBeUndefined();
        });

        it('closes meanwhile', async () => {
          await connectionOf(harness)[loss]();
          await expect(store.close()).resolves.toBeUndefined();
        });
      });
    }
  });
}

function everyMethodOf(store: RegistryStore): Record<string, () => Promise<unknown>> {
  return {
    ping: () => store.ping(),
    insert: () => store.insert(aNewServer()),
    find: () => store.find('weather'),
    list: () => store.list({ limit: 10 }),
    replace: () => store.replace('weather', 1, aServerChange()),
    recordReport: () => store.recordReport(aReplicaReport()),
    purge: () => store.purge('weather', 1),
    blobHashes: () => store.blobHashes(),
  };
}

async function expectOneWinner(
  stores: readonly RegistryStore[],
  write: (store: RegistryStore) => Promise<unknown>,
  refusal: new (...args: never[]) => Error,
): Promise<void> {
  const attempts = Array.from({ length: 50 }, (_, n) => write(stores[n % stores.length] as RegistryStore));
  const outcomes = await Promise.allSettled(attempts);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  expect(reasons.filter((reason) => !(reason instanceof refusal))).toEqual([]);
  expect(reasons).toHaveLength(49);
}
