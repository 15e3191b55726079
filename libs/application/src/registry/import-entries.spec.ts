import { DependencyUnavailable } from '@mcp-hub/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { aDocument, aRegistry } from '../testing/registry-under-test.js';
import { ImportEntries } from './import-entries.js';

let hub: ReturnType<typeof aRegistry>;
let entries: ImportEntries;

beforeEach(() => {
  hub = aRegistry();
  entries = new ImportEntries(hub.publish);
});

const count = async (): Promise<number> => (await hub.store.list({ limit: 100 })).length;

describe('ImportEntries', () => {
  it('publishes each entry', async () => {
    const results = await entries.execute([aDocument(), aDocument({ id: 'other' })]);
    expect(results).toEqual([
      { outcome: 'created', id: 'weather' },
      { outcome: 'created', id: 'other' },
    ]);
  });

  it('goes on after a bad entry, and says what is wrong with it', async () => {
    const results = await entries.execute([{ name: 'Bad', replicas: 0 }, 'nonsense', aDocument()]);
    expect(results).toMatchObject([
      { outcome: 'invalid', index: 0, name: 'Bad' },
      { outcome: 'invalid', index: 1, name: '' },
      { outcome: 'created', id: 'weather' },
    ]);
    expect(results[0]).toHaveProperty('issues');
  });

  it('leaves what exists as it is', async () => {
    await entries.execute([aDocument()]);
    const results = await entries.execute([aDocument({ description: 'another' })]);
    expect(results).toEqual([{ outcome: 'exists', id: 'weather' }]);
    expect(await hub.store.find('weather')).toMatchObject({ generation: 1, entry: { description: '' } });
  });

  it('makes no second server of an entry without an id', async () => {
    const document = aDocument({ id: undefined });
    await entries.execute([document]);
    expect(await entries.execute([document])).toEqual([{ outcome: 'exists', id: 'weather' }]);
    expect(await count()).toBe(1);
  });

  it('stops where the store does not answer', async () => {
    hub.store.isAway = true;
    await expect(entries.execute([aDocument()])).rejects.toThrow(DependencyUnavailable);
  });
});
