import { GenerationConflict, ServerNotFound } from '@mcp-hub/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { aDocument, aRegistry } from '../testing/registry-under-test.js';
import { ChangeDesiredState } from './change-desired-state.js';

let hub: ReturnType<typeof aRegistry>;
let change: ChangeDesiredState;

beforeEach(async () => {
  hub = aRegistry();
  change = new ChangeDesiredState(hub.store, hub.announce, hub.clock);
  await hub.publish.execute(aDocument({ openapi_config: { spec: { openapi: '3.1.0' } } }));
});

describe('ChangeDesiredState', () => {
  it('disables, and says so in the directory', async () => {
    const record = await change.execute('weather', 'disable');
    expect(record).toMatchObject({ generation: 2, desired: 'disabled', entry: { enabled: false } });
    expect(hub.routes.called('putDirectory').at(-1)).toMatchObject({ generation: 2, state: 'disabled' });
    expect(hub.queue.jobs).toHaveLength(1);
  });

  it('enables again', async () => {
    await change.execute('weather', 'disable');
    const record = await change.execute('weather', 'enable');
    expect(record).toMatchObject({ generation: 3, desired: 'enabled', entry: { enabled: true } });
    expect(hub.queue.jobs.at(-1)).toMatchObject({ generation: 3 });
  });

  it('reloads by a new generation of the same entry and document', async () => {
    const before = await hub.store.find('weather');
    const record = await change.execute('weather', 'reload');
    expect(record).toMatchObject({ generation: 2, entry: before?.entry, specHash: before?.specHash });
    expect(hub.queue.jobs.at(-1)).toMatchObject({ generation: 2, specHash: before?.specHash });
  });

  it('leaves a disabled server disabled by a reload', async () => {
    await change.execute('weather', 'disable');
    expect((await change.execute('weather', 'reload')).desired).toBe('disabled');
  });

  it('deletes, leaving a tombstone that the directory tells of', async () => {
    await change.execute('weather', 'delete');
    expect(await hub.store.find('weather')).toMatchObject({ desired: 'deleted' });
    expect(hub.routes.called('putDirectory').at(-1)).toMatchObject({ state: 'deleted', generation: 2 });
    await expect(change.execute('weather', 'enable')).rejects.toThrow(ServerNotFound);
  });

  it('holds although somebody else writes at the same moment', async () => {
    const records = await Promise.all([change.execute('weather', 'reload'), change.execute('weather', 'disable')]);
    expect(records.map(({ generation }) => generation).sort()).toEqual([2, 3]);
    expect((await hub.store.find('weather'))?.entry.enabled).toBe(false);
  });

  it('gives up where somebody else is always first', async () => {
    const { store } = hub;
    const replace = store.replace.bind(store);
    store.replace = async (id, generation, values) => {
      await replace(id, generation, values);
      return replace(id, generation, values);
    };
    await expect(change.execute('weather', 'reload')).rejects.toThrow(GenerationConflict);
  });

  it('knows no server that was never there', async () => {
    await expect(change.execute('nobody', 'reload')).rejects.toThrow(ServerNotFound);
  });
});
