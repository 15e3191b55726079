import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { withFileLock } from './file-lock.js';

describe('withFileLock', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'file-lock-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('lets one at a time do the work', async () => {
    let working = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working);
      await readdir(dir);
      working--;
    };
    await Promise.all([1, 2, 3].map(() => withFileLock(join(dir, 'lock'), work)));
    expect(most).toBe(1);
  });

  it('takes over the lock of a process that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(join(dir, 'lock'), String(pid));
    expect(await withFileLock(join(dir, 'lock'), () => Promise.resolve('done'))).toBe('done');
  });

  it('frees the lock when the work fails', async () => {
    const failing = withFileLock(join(dir, 'lock'), () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await readdir(dir)).toEqual([]);
  });

  it('does not wait for a lock that cannot be made', async () => {
    await expect(withFileLock(join(dir, 'missing', 'lock'), () => Promise.resolve())).rejects.toThrow('ENOENT');
  });
});
