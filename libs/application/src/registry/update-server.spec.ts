import { GenerationConflict, InvalidEntry, ServerNotFound } from '@mcp-hub/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { openEntry } from '../secrets/seal-entry.js';
import { aDocument, aRegistry } from '../testing/registry-under-test.js';
import { ChangeDesiredState } from './change-desired-state.js';
import { UpdateServer } from './update-server.js';

let hub: ReturnType<typeof aRegistry>;
let update: UpdateServer;

beforeEach(async () => {
  hub = aRegistry();
  update = new UpdateServer(hub.store, hub.storeEntry, hub.announce, hub.clock);
  await hub.publish.execute(
    aDocument({
      tags: ['a', 'b'],
      auth_config: { type: 'bearer', token: 'hunter2' },
      openapi_config: { spec: { openapi: '3.1.0' } },
    }),
  );
  hub.clock.time += 60_000;
});

const tokenNow = async (): Promise<unknown> => {
  const record = await hub.store.find('weather');
  return record && openEntry(record.entry, hub.box).auth_config;
};

describe('UpdateServer', () => {
  it('replaces what is given whole, and leaves the rest', async () => {
    const { record } = await update.execute('weather', { tags: ['c'], description: 'new' });
    expect(record.entry).toMatchObject({ name: 'Weather', description: 'new', tags: ['c'] });
  });

  it('raises the generation and has it loaded', async () => {
    const { record } = await update.execute('weather', { description: 'new' });
    expect(record).toMatchObject({
      generation: 2,
      updatedAt: '2026-03-04T05:07:07.000Z',
      createdAt: '2026-03-04T05:06:07.000Z',
    });
    expect(hub.queue.jobs.at(-1)).toMatchObject({ generation: 2, specHash: record.specHash });
  });

  it('keeps the document', async () => {
    const before = await hub.store.find('weather');
    const { record } = await update.execute('weather', { description: 'new' });
    expect(record.specHash).toBeDefined();
    expect(record.specHash).toBe(before?.specHash);
  });

  it('keeps secrets, change after change', async () => {
    for (const description of ['once', 'twice', 'thrice']) await update.execute('weather', { description });
    expect(await tokenNow()).toEqual({ type: 'bearer', token: 'hunter2' });
  });

  it('keeps a secret that is sent back masked', async () => {
    await update.execute('weather', { auth_config: { type: 'bearer', token: '***' } });
    expect(await tokenNow()).toEqual({ type: 'bearer', token: 'hunter2' });
  });

  it('takes a new secret', async () => {
    await update.execute('weather', { auth_config: { type: 'bearer', token: 'correct horse' } });
    expect(await tokenNow()).toEqual({ type: 'bearer', token: 'correct horse' });
    expect(JSON.stringify(await hub.store.find('weather'))).not.toContain('correct horse');
  });

  it('enables and disables by the field', async () => {
    expect((await update.execute('weather', { enabled: false })).record.desired).toBe('disabled');
    expect((await update.execute('weather', { enabled: true })).record.desired).toBe('enabled');
  });

  it.each([
    ['id', 'other'],
    ['created_at', '2020-01-01T00:00:00Z'],
  ])('refuses to change %s', async (field, value) => {
    await expect(update.execute('weather', { [field]: value })).rejects.toThrow(InvalidEntry);
  });

  it('refuses what makes no entry, and leaves it as it was', async () => {
    const before = await hub.store.find('weather');
    await expect(update.execute('weather', { replicas: 99, colour: 'red' })).rejects.toThrow(InvalidEntry);
    expect(await hub.store.find('weather')).toEqual(before);
  });

  it('lets one of two win that change the same at once', async () => {
    const outcomes = await Promise.allSettled([
      update.execute('weather', { description: 'one' }),
      update.execute('weather', { description: 'two' }),
    ]);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(reasons).toEqual([expect.any(GenerationConflict)]);
  });

  it.each(['stored', 'changed'] as const)('changes nothing where the check of what is %s throws', async (moment) => {
    const refuse = (): void => {
      throw new Error('not yours');
    };
    await expect(update.execute('weather', { description: 'new' }, { [moment]: refuse })).rejects.toThrow('not yours');
    expect(await hub.store.find('weather')).toMatchObject({ generation: 1, entry: { description: '' } });
  });

  it('shows the check what it would become', async () => {
    const names: string[] = [];
    await update.execute('weather', { name: 'io.github.a/weather' }, { changed: ({ name }) => names.push(name) });
    expect(names).toEqual(['io.github.a/weather']);
  });

  it('knows nothing of a server that was deleted', async () => {
    await new ChangeDesiredState(hub.store, hub.announce, hub.clock).execute('weather', 'delete');
    await expect(update.execute('weather', {})).rejects.toThrow(ServerNotFound);
  });
});
