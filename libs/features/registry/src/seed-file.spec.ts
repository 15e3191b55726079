import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportEntries } from '@mcp-hub/application';
import { aDocument, aRegistry } from '@mcp-hub/application/testing';
import { importSeedFile } from './seed-file.js';

let folder: string;
let hub: ReturnType<typeof aRegistry>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'seed-file-'));
  hub = aRegistry();
});
afterEach(() => rm(folder, { recursive: true }));

async function imported(text: string): Promise<unknown[]> {
  const file = path.join(folder, 'servers.yaml');
  await writeFile(file, text);
  return importSeedFile(file, new ImportEntries(hub.publish), hub.log);
}

describe('importSeedFile', () => {
  it.each([
    ['entries under "servers", in YAML', 'servers:\n  - name: One\n    description: ""\n'],
    ['a bare list, in YAML', '- name: One\n  description: ""\n'],
    ['entries under "servers", in JSON', JSON.stringify({ servers: [{ name: 'One', description: '' }] })],
    ['a bare list, in JSON', JSON.stringify([{ name: 'One', description: '' }])],
  ])('takes %s', async (_name, text) => {
    expect(await imported(text)).toEqual([{ outcome: 'created', id: 'one' }]);
    expect(await hub.store.find('one')).toBeDefined();
  });

  it('changes nothing the second time', async () => {
    const text = JSON.stringify([aDocument(), { name: 'Without an id', description: '' }]);
    await imported(text);
    expect(await imported(text)).toEqual([
      { outcome: 'exists', id: 'weather' },
      { outcome: 'exists', id: 'without-an-id' },
    ]);
    expect(await hub.store.list({ limit: 10 })).toHaveLength(2);
  });

  it('says what is wrong with an entry, and takes the others', async () => {
    await imported(JSON.stringify([{ name: 'Bad', replicas: 0 }, aDocument()]));
    expect(hub.log.named('seed.entry_refused')).toMatchObject([{ level: 'warn', fields: { index: 0, entry: 'Bad' } }]);
    expect(await hub.store.find('weather')).toBeDefined();
  });

  it('does without a file', async () => {
    expect(await importSeedFile(path.join(folder, 'none.yaml'), new ImportEntries(hub.publish), hub.log)).toEqual([]);
    expect(hub.log.events.map(({ level }) => level)).toEqual(['debug']);
  });

  it.each(['servers: [', 'just a text', 'servers: {}', ''])('tells of a file that is no seed: %j', async (text) => {
    expect(await imported(text)).toEqual([]);
    expect(hub.log.named('seed.not_parsed')).toHaveLength(1);
  });
});
