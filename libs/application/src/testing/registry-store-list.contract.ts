import { beforeEach, describe, expect, it } from 'vitest';
import type { ListQuery, RegistryStore } from '../ports/registry-store.port.js';
import { aServerEntry, builtAt } from './builders.js';

/** The part of the `RegistryStore` contract about `list`; each test gets an empty store. */
export function registryStoreListContract(storeOf: () => RegistryStore): void {
  describe('list', () => {
    const idsInOrder = ['a', 'a-b', 'a.b', 'a0', 'a_b', 'aa', 'b'];

    async function add(id: string, desired: 'enabled' | 'disabled', tags: string[] = []): Promise<void> {
      await storeOf().insert({ id, entry: aServerEntry({ id, tags }), desired, at: builtAt });
    }

    async function bury(id: string, tags: string[] = []): Promise<void> {
      await add(id, 'enabled', tags);
      await storeOf().replace(id, 1, { entry: aServerEntry({ id, tags }), desired: 'deleted', at: builtAt });
    }

    async function idsOf(query: Partial<ListQuery> = {}): Promise<string[]> {
      return (await storeOf().list({ limit: 100, ...query })).map(({ id }) => id);
    }

    it('is empty in an empty store', async () => {
      expect(await idsOf()).toEqual([]);
    });

    it('gives the records that find gives', async () => {
      await add('weather', 'enabled', ['x']);
      expect(await storeOf().list({ limit: 1 })).toEqual([await storeOf().find('weather')]);
    });

    it('orders by the bytes of the id', async () => {
      for (const id of ['b', 'a_b', 'a.b', 'aa', 'a', 'a0', 'a-b']) await add(id, 'enabled');
      expect(await idsOf()).toEqual(idsInOrder);
    });

    it('gives every server once over all pages', async () => {
      for (const id of ['b', 'a_b', 'a.b', 'aa', 'a', 'a0', 'a-b']) await add(id, 'enabled');
      const pages: string[][] = [];
      for (let page = await idsOf({ limit: 3 }); page.length > 0;) {
        pages.push(page);
        page = await idsOf({ limit: 3, afterId: page.at(-1) ?? '' });
      }
      expect(pages).toEqual([idsInOrder.slice(0, 3), idsInOrder.slice(3, 6), idsInOrder.slice(6)]);
    });

    it('starts after an id that is not there', async () => {
      for (const id of ['a', 'c']) await add(id, 'enabled');
      expect(await idsOf({ afterId: 'b' })).toEqual(['c']);
    });

    it('leaves tombstones out', async () => {
      await add('alive', 'enabled');
      await bury('dead');
      expect(await idsOf()).toEqual(['alive']);
    });

    it('shows tombstones where they are asked for', async () => {
      await add('alive', 'enabled');
      await bury('dead');
      expect(await idsOf({ includeDeleted: true })).toEqual(['alive', 'dead']);
    });

    describe('with filters', () => {
      beforeEach(async () => {
        await add('both', 'enabled', ['red', 'blue']);
        await add('off', 'disabled', ['red', 'blue']);
        await add('plain', 'enabled');
        await add('red', 'enabled', ['red']);
        await bury('tombstone', ['red', 'blue']);
      });

      it.each<[string, Partial<ListQuery>, string[]]>([
        ['one tag', { tags: ['red'] }, ['both', 'off', 'red']],
        ['all of several tags', { tags: ['blue', 'red'] }, ['both', 'off']],
        ['a tag named twice', { tags: ['red', 'red'] }, ['both', 'off', 'red']],
        ['a tag that none carries', { tags: ['red', 'green'] }, []],
        ['a tag in its exact case only', { tags: ['RED'] }, []],
        ['no tags', { tags: [] }, ['both', 'off', 'plain', 'red']],
        ['enabled servers', { enabled: true }, ['both', 'plain', 'red']],
        ['disabled servers', { enabled: false }, ['off']],
        ['enabled servers, tombstones asked for', { enabled: true, includeDeleted: true }, ['both', 'plain', 'red']],
        ['disabled servers, tombstones asked for', { enabled: false, includeDeleted: true }, ['off']],
        ['a tag, tombstones asked for', { tags: ['blue'], includeDeleted: true }, ['both', 'off', 'tombstone']],
        ['all filters', { tags: ['red'], enabled: true, afterId: 'both' }, ['red']],
      ])('gives %s', async (_, query, ids) => {
        expect(await idsOf(query)).toEqual(ids);
      });

      it('fills a page with what matches', async () => {
        expect(await idsOf({ tags: ['red'], enabled: true, limit: 2 })).toEqual(['both', 'red']);
      });

      it('follows a change of tags', async () => {
        const entry = aServerEntry({ id: 'red', tags: ['green'] });
        await storeOf().replace('red', 1, { entry, desired: 'enabled', at: builtAt });
        expect(await idsOf({ tags: ['green'] })).toEqual(['red']);
        expect(await idsOf({ tags: ['red'] })).toEqual(['both', 'off']);
      });
    });
  });
}
