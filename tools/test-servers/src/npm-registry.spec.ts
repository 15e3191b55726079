import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NpmRegistry } from './npm-registry.js';

let folder = '';
let registry: NpmRegistry;
beforeAll(async () => {
  registry = await NpmRegistry.start();
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-registry-'));
  const scripts = { prepack: 'exit 1' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: '@own/one', version: '1.0.0', scripts }));
  await mkdir(join(folder, 'node_modules/other'), { recursive: true });
  await writeFile(join(folder, 'node_modules/other/package.json'), '{}');
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

interface Document {
  'dist-tags': { latest: string };
  versions: Record<string, { bin?: string; dist: { tarball: string } }>;
}

it('offers the versions that were published, with changes, the last as latest', { timeout: 30_000 }, async () => {
  await registry.publish(folder);
  await registry.publish(folder, { version: '1.1.0', bin: './x.js' });
  const document = (await (await fetch(`${registry.url}@own%2fone`)).json()) as Document;
  expect(document['dist-tags'].latest).toBe('1.1.0');
  expect(Object.entries(document.versions).map(([version, { bin }]) => [version, bin])).toEqual([
    ['1.0.0', undefined],
    ['1.1.0', './x.js'],
  ]);
  expect(registry.fetches('@own/one')).toBe(0);
  const tarball = await fetch(document.versions['1.1.0']?.dist.tarball ?? '');
  expect([tarball.status, registry.fetches('@own/one')]).toEqual([200, 1]);
});

it('knows no other packages', async () => {
  expect((await fetch(`${registry.url}other`)).status).toBe(404);
});

it('answers with the status that it is told to', async () => {
  registry.status = 503;
  expect((await fetch(`${registry.url}@own%2fone`)).status).toBe(503);
});
