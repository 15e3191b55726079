import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionStore } from '../ports/session-store.port.js';
import { expectUnavailable, type ServerUnderTest } from './dependency-harness.js';
import { repeatedly } from './repeatedly.js';
import { aSessionRecord } from './routing-builders.js';

/** One empty session store for one test. */
export interface SessionStoreHarness {
  /** A started client of that store. In one process it may be the same one every time. */
  create(): Promise<SessionStore>;
  /** Closes all clients, and forgets the sessions. */
  close(): Promise<void>;
}

const longMs = 60_000;
const shortMs = 500;
const patience = { timeout: 5_000, interval: 10 };

/** What every `SessionStore` promises. */
export function sessionStoreContract(name: string, makeHarness: () => Promise<SessionStoreHarness>): void {
  describe(`${name} as a SessionStore`, () => {
    let harness: SessionStoreHarness;
    let store: SessionStore;
    let other: SessionStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = await harness.create();
      other = await harness.create();
    });
    afterEach(() => harness.close());

    it('finds what any worker put, with all its fields', async () => {
      const session = aSessionRecord({ logLevel: 'debug', subscriptions: ['file:///a', 'file:///ü'] });
      await store.put('s-1', session, longMs);
      expect(await other.find('s-1')).toEqual(session);
    });

    it('finds a session without a log level and subscriptions', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      expect(await store.find('s-1')).toEqual(aSessionRecord());
    });

    it('finds nothing where nothing was put', async () => {
      expect(await store.find('s-1')).toBeUndefined();
    });

    it('replaces a session as a whole', async () => {
      await store.put('s-1', aSessionRecord({ logLevel: 'debug' }), longMs);
      await store.put('s-1', aSessionRecord({ caller: 'bob' }), longMs);
      expect(await store.find('s-1')).toEqual(aSessionRecord({ caller: 'bob' }));
    });

    it('forgets a session when its time is over', async () => {
      await store.put('s-1', aSessionRecord(), shortMs);
      expect(await store.find('s-1')).toBeDefined();
      await vi.waitFor(async () => expect(await store.find('s-1')).toBeUndefined(), patience);
      expect(await store.touch('s-1', longMs)).toBe(false);
      expect(await store.takeOver('s-1', 'worker-1', 'worker-2')).toBeUndefined();
      expect(await store.update('s-1', 'worker-1', { logLevel: 'info' })).toBe(false);
      expect(await store.remove('s-1')).toBe(false);
    });

    it('keeps a session that is touched', async () => {
      await store.put('s-1', aSessionRecord(), shortMs);
      await repeatedly(2 * shortMs, async () => {
        expect(await store.touch('s-1', shortMs)).toBe(true);
      });
      expect(await store.find('s-1')).toEqual(aSessionRecord());
    });

    it('gives a session to one of several workers that try to take it over', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      const workers = Array.from({ length: 10 }, (_, index) => `worker-${index + 2}`);
      const won = await Promise.all(
        workers.map((worker, index) => (index % 2 ? store : other).takeOver('s-1', 'worker-1', worker)),
      );
      const [winner, ...others] = won.filter((session) => session !== undefined);
      expect(others).toEqual([]);
      expect(winner).toEqual(aSessionRecord({ owner: winner?.owner ?? '' }));
      expect(workers).toContain(winner?.owner);
      expect(await store.find('s-1')).toEqual(winner);
    });

    it('does not give a session to one who is wrong about its owner', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      expect(await store.takeOver('s-1', 'worker-7', 'worker-2')).toBeUndefined();
      expect(await store.find('s-1')).toEqual(aSessionRecord());
    });

    it('does not extend a session that is taken over', async () => {
      await store.put('s-1', aSessionRecord(), shortMs);
      expect(await store.takeOver('s-1', 'worker-1', 'worker-2')).toBeDefined();
      await vi.waitFor(async () => expect(await store.find('s-1')).toBeUndefined(), patience);
    });

    it('changes only what is given', async () => {
      await store.put('s-1', aSessionRecord({ subscriptions: ['file:///a'] }), longMs);
      expect(await store.update('s-1', 'worker-1', { logLevel: 'debug' })).toBe(true);
      expect(await other.find('s-1')).toEqual(aSessionRecord({ logLevel: 'debug', subscriptions: ['file:///a'] }));
      expect(await store.update('s-1', 'worker-1', { subscriptions: [] })).toBe(true);
      expect(await other.find('s-1')).toEqual(aSessionRecord({ logLevel: 'debug', subscriptions: [] }));
    });

    it('lets nobody but the owner change a session', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      await store.takeOver('s-1', 'worker-1', 'worker-2');
      expect(await store.update('s-1', 'worker-1', { logLevel: 'debug' })).toBe(false);
      expect(await store.find('s-1')).toEqual(aSessionRecord({ owner: 'worker-2' }));
    });

    it('removes a session once', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      expect(await store.remove('s-1')).toBe(true);
      expect(await store.find('s-1')).toBeUndefined();
      expect(await store.remove('s-1')).toBe(false);
    });

    it('hands out sessions that nobody else holds', async () => {
      const session = aSessionRecord({ subscriptions: ['file:///a'] });
      await store.put('s-1', session, longMs);
      session.subscriptions.push('file:///b');
      const found = await store.find('s-1');
      found?.subscriptions.push('file:///c');
      expect(await store.find('s-1')).toEqual(aSessionRecord({ subscriptions: ['file:///a'] }));
    });
  });
}

/** What a `SessionStore` over the network promises of a server that is away. */
export function sessionStoreLossContract(
  name: string,
  makeHarness: () => Promise<SessionStoreHarness & ServerUnderTest>,
): void {
  describe(`${name} as a SessionStore that loses its server`, () => {
    let harness: SessionStoreHarness & ServerUnderTest;
    let store: SessionStore;

    beforeEach(async () => {
      harness = await makeHarness();
      store = await harness.create();
    });
    afterEach(() => harness.close());

    it('throws within 2 s while its server is away', async () => {
      await harness.drop();
      await expectUnavailable('sessions', 2_500, {
        put: () => store.put('s-1', aSessionRecord(), longMs),
        find: () => store.find('s-1'),
        touch: () => store.touch('s-1', longMs),
        takeOver: () => store.takeOver('s-1', 'worker-1', 'worker-2'),
        update: () => store.update('s-1', 'worker-1', { logLevel: 'debug' }),
        remove: () => store.remove('s-1'),
      });
    });

    it('finds its sessions when its server is back', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      await harness.drop();
      await expectUnavailable('sessions', 2_500, { find: () => store.find('s-1') });
      await harness.restore();
      await vi.waitFor(async () => expect(await store.find('s-1')).toEqual(aSessionRecord()), patience);
    });

    it('finds nothing, and takes sessions again, when its server lost everything', async () => {
      await store.put('s-1', aSessionRecord(), longMs);
      await store.takeOver('s-1', 'worker-1', 'worker-2');
      await harness.lose();
      expect(await store.takeOver('s-1', 'worker-2', 'worker-1')).toBeUndefined();
      await store.put('s-1', aSessionRecord(), longMs);
      expect(await store.takeOver('s-1', 'worker-1', 'worker-2')).toEqual(aSessionRecord({ owner: 'worker-2' }));
    });
  });
}
