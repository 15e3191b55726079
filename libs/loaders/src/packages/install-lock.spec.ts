import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './install-lock.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-lock-'));
  file = join(folder, 'x.lock');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
const soon = () => AbortSignal.timeout(5_000);

describe('withLock', () => {
  it('lets one work at a time', async () => {
    const events: string[] = [];
    let finish = (): void => undefined;
    const first = withLock(file, soon(), async () => {
      events.push('first begins');
      await new Promise<void>((resolve) => (finish = resolve));
      events.push('first ends');
      return 1;
    });
    while (!existsSync(file) || events.length === 0) await stat(folder);
    const second = withLock(file, soon(), async () => {
      events.push('second');
      return 2;
    });
    finish();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(events).toEqual(['first begins', 'first ends', 'second']);
    expect(existsSync(file)).toBe(false);
  });

  it('is free again when the work fails', async () => {
    const fault = new Error('no luck');
    await expect(withLock(file, soon(), () => Promise.reject(fault))).rejects.toBe(fault);
    expect(await withLock(file, soon(), async () => 'done')).toBe('done');
  });

  it('takes over what was left by a process that was killed', async () => {
    await writeFile(file, '');
    const longAgo = new Date(Date.now() - 11_000);
    await utimes(file, longAgo, longAgo);
    expect(await withLock(file, soon(), async () => 'done')).toBe('done');
  });

  it('gives up waiting with the signal', async () => {
    await writeFile(file, '');
    const reason = new Error('too late');
    await expect(withLock(file, AbortSignal.abort(reason), async () => 'done')).rejects.toBe(reason);
  });
});
