import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { findExecutable } from './find-executable.js';
import type { StandInBuild } from './mongo-stand-in-build.js';
import { buildStandIn } from './mongo-stand-in-build.js';
import { ServerUnavailable } from './server-errors.js';

const BUILD = fileURLToPath(new URL('../test/build-stand-in.mjs', import.meta.url));
const canBuild = (await findExecutable('javac')) !== undefined && (await findExecutable('mvn')) !== undefined;

async function aCache(): Promise<string> {
  const cache = await mkdtemp(join(tmpdir(), 'stand-in-cache-'));
  onTestFinished(() => rm(cache, { recursive: true }));
  return cache;
}

describe('buildStandIn', () => {
  // Fetches from the package registry that Maven is set up for.
  it.skipIf(!canBuild)('builds once when two processes ask at the same time', { timeout: 180_000 }, async () => {
    const cache = await aCache();
    const build = async (): Promise<{ build: StandInBuild; reported: string[] }> => {
      const { stdout } = await promisify(execFile)(process.execPath, [BUILD, cache]);
      return JSON.parse(stdout) as { build: StandInBuild; reported: string[] };
    };
    const [first, second] = await Promise.all([build(), build()]);
    expect(first.build).toEqual(second.build);
    expect([first, second].filter(({ reported }) => reported.length > 0)).toHaveLength(1);
    expect(await readdir(join(first.build.dir, 'classes'))).toContain('MongoStandIn.class');
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('names the remedy where there is no JDK', async () => {
    vi.stubEnv('PATH', '');
    vi.stubEnv('JAVA_HOME', undefined);
    const refusal = buildStandIn(() => undefined, await aCache());
    await expect(refusal).rejects.toThrow(ServerUnavailable);
    await expect(refusal).rejects.toThrow(/no javac.*Install a MongoDB server/);
  });
});
