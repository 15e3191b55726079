import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFresh } from './import-fresh.js';
import { moduleFaults } from './module-faults.js';

let folder: string;
let root: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'module faults-')));
  root = join(folder, 'root');
  await symlink(folder, root);
  const code =
    'export const fail = () => { throw new TypeError("bad"); }; export const later = async (f) => { await f(); };';
  await writeFile(join(folder, 'bad.mjs'), code);
  await writeFile(join(folder, 'bad.cjs'), 'exports.fail = () => { throw new TypeError("bad"); };');
});
afterAll(() => rm(folder, { recursive: true }));

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
};

describe('moduleFaults', () => {
  it.each(['bad.mjs', 'bad.cjs'])('knows what %s threw, also by way of a link', async (name) => {
    const { fail } = (await importFresh(join(folder, name), 1)) as { fail: () => void };
    expect(moduleFaults([root])(await thrownBy(fail))).toBe(true);
  });

  it('knows what was thrown at a module that waited for it', async () => {
    const { later } = (await importFresh(join(folder, 'bad.mjs'), 1)) as { later: (f: () => unknown) => unknown };
    const refuse = async (): Promise<void> => {
      await Promise.resolve();
      throw new Error('The connection is closed.');
    };
    expect(moduleFaults([root])(await thrownBy(() => later(refuse)))).toBe(true);
  });

  it('takes nothing else for a fault of a module', async () => {
    const { fail } = (await importFresh(join(folder, 'bad.mjs'), 1)) as { fail: () => void };
    const isModuleFault = moduleFaults([join(folder, 'other')]);
    expect(isModuleFault(await thrownBy(fail))).toBe(false);
    expect(moduleFaults([root])(new Error(`of the hub, about ${folder}/bad.mjs`))).toBe(false);
    expect(moduleFaults([root])(`${folder}/bad.mjs`)).toBe(false);
  });
});
