import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkFolders } from './work-folders.js';

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-work-')));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('WorkFolders', () => {
  it('are new and empty, each by itself', async () => {
    const folders = new WorkFolders(root);
    const made = await Promise.all([folders.create('a'), folders.create('a')]);
    expect(new Set(made).size).toBe(2);
    expect(new Set(made.map((folder) => dirname(folder)))).toEqual(new Set([await folders.own()]));
    expect(await readdir(made[0])).toEqual([]);
  });

  it('of a process that is gone are removed by the next one, all others stay', async () => {
    const own = await new WorkFolders(root).own();
    const [machine, pid, start] = basename(own).split('-');
    // The same process id, but of a process that started at another time; and one that nobody has.
    const gone = [`${machine}-${pid}-1-x`, `${machine}-999999999-${start}-x`];
    const elsewhere = `other-${pid}-1-x`;
    for (const name of [...gone, elsewhere]) await mkdir(join(root, name, 'left'), { recursive: true });
    const next = await new WorkFolders(root).own();
    expect((await readdir(root)).sort()).toEqual([basename(own), basename(next), elsewhere].sort());
  });
});
