import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { migrateCommand } from './migrate.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-migrate-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function migrate(name: string, content?: string) {
  const file = join(folder, name);
  if (content !== undefined) await writeFile(file, content);
  const result = { out: '', err: '' };
  const code = await migrateCommand(file, '2026-01-01T00:00:00Z', {
    out: { write: (text) => (result.out += text) },
    err: { write: (text) => (result.err += text) },
  });
  return { code, ...result };
}

const legacy = `
hub: Old
servers:
  - { id: pets, name: Pets, description: Pets, openapi_url: 'https://pets.example/openapi.json', mount_path: /pets }
  - { id: shop, name: Shop, description: Shop, fastmcp_config: { url: 'https://shop.example/openapi.json' } }
`;

it('writes the entries in today’s form, in the form of the file, and tells what was moved', async () => {
  const { code, out, err } = await migrate('servers.yaml', legacy);
  expect(code).toBe(0);
  expect(parse(out)).toEqual({
    hub: 'Old',
    servers: [
      {
        id: 'pets',
        name: 'Pets',
        description: 'Pets',
        openapi_config: { url: 'https://pets.example/openapi.json' },
      },
      {
        id: 'shop',
        name: 'Shop',
        description: 'Shop',
        openapi_config: { url: 'https://shop.example/openapi.json' },
      },
    ],
  });
  expect(err).toContain('pets: openapi_url: was stored as openapi_config.url\n');
  expect(err).toContain('pets: mount_path: has no effect');
});

it('takes one entry or a list, and answers a .json file in JSON', async () => {
  const entry = { id: 'pets', name: 'Pets', description: 'Pets', openapi_url: 'https://pets.example/o.json' };
  const moved = {
    id: 'pets',
    name: 'Pets',
    description: 'Pets',
    openapi_config: { url: 'https://pets.example/o.json' },
  };
  expect(JSON.parse((await migrate('one.json', JSON.stringify(entry))).out)).toEqual(moved);
  expect(JSON.parse((await migrate('list.json', JSON.stringify([entry]))).out)).toEqual([moved]);
});

it('fails where an entry can’t be published, and writes the others too', async () => {
  const { code, out, err } = await migrate('list.yaml', '[{ id: a, nmae: A }, { id: b, name: B, description: B }]');
  expect(code).toBe(1);
  expect(parse(out)).toHaveLength(2);
  expect(err).toMatch(/^a: nmae: .*can't be published/m);
});

it.each([
  ['is not there', undefined, 3, 'There is no file'],
  ['is no YAML', 'a: [', 1, 'neither YAML nor JSON'],
  ['holds no entries', '7', 1, 'holds no entries'],
])('says in a sentence that a file %s', async (_, content, code, message) => {
  const result = await migrate('file.yaml', content);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.err).toContain(message);
});
