import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../test/loading.js';
import { eventually } from '../../test/recording-server.js';
import { ChildProcesses } from '../supervision/child-processes.js';
import { NpmPackages } from './npm-packages.js';

const fixtures = join(import.meta.dirname, '../../fixtures/npm');
const patient = { timeout: 60_000 };
let registry: NpmRegistry;
let cacheDir = '';

beforeAll(async () => {
  registry = await NpmRegistry.start();
  await registry.publish(join(fixtures, 'probe-words'));
  await registry.publish(join(fixtures, 'probe-server'));
}, 60_000);
afterAll(() => registry.close());
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'mcp-hub-npm-'));
  registry.requests.length = 0;
});
afterEach(async () => {
  registry.status = 200;
  registry.gate = Promise.resolve();
  await rm(cacheDir, { recursive: true, force: true });
});

/** As another process would have them: nothing in memory is shared. */
function packages(options: { registry?: string; installTimeoutMs?: number; cacheDir?: string } = {}): NpmPackages {
  const folder = options.cacheDir ?? cacheDir;
  const children = new ChildProcesses({ cacheDir: folder, searchPath: process.env['PATH'] ?? '' });
  return new NpmPackages({ cacheDir: folder, children, environment: process.env, registry: registry.url, ...options });
}
const soon = () => AbortSignal.timeout(50_000);

describe('NpmPackages', () => {
  it('shares one installation among 40 loads in two processes', patient, async () => {
    const [one, other] = [packages(), packages()];
    const loads = Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? one : other).install('@probe/server', '1.2.3', soon()),
    );
    const folders = new Set((await Promise.all(loads)).map(({ folder }) => folder));
    expect(folders.size).toBe(1);
    expect(registry.fetches('@probe/server')).toBe(1);
    expect(registry.fetches('probe-words')).toBe(1);
  });

  it('leaves nothing but the package, which needs no network from then on', patient, async () => {
    await packages().install('@probe/server', '1.2.3', soon());
    registry.status = 503;
    const installed = await packages().install('@probe/server', '1.2.3', soon());
    expect(installed).toMatchObject({ version: '1.2.3', manifest: { name: '@probe/server' } });
    const left = (await readdir(join(cacheDir, 'npm'))).filter((name) => !name.startsWith('.'));
    expect(left).toHaveLength(1);
    const [own = ''] = await readdir(join(cacheDir, 'work'));
    expect(await readdir(join(cacheDir, 'work', own))).toEqual([]);
  });

  it('runs no install scripts', patient, async () => {
    const { folder } = await packages().install('@probe/server', '1.2.3', soon());
    expect(await readdir(folder)).not.toContain('was-run');
  });

  it('installs again what is damaged', patient, async () => {
    const { folder } = await packages().install('@probe/server', '1.2.3', soon());
    await writeFile(join(folder, 'package.json'), '');
    await packages().install('@probe/server', '1.2.3', soon());
    expect(await packages().find('@probe/server', '1.2.3')).toBeDefined();
  });

  it('resolves latest by the registry, and by what it was last while that can not be reached', patient, async () => {
    expect(await packages().resolve('@probe/server', 'latest', soon())).toBe('1.2.3');
    registry.status = 503;
    expect(await failureOf(packages().resolve('@probe/server', '', soon()))).toMatchObject({ isTransient: true });
    registry.status = 200;
    await packages().install('@probe/server', '1.2.3', soon());
    registry.status = 503;
    expect(await packages().resolve('@probe/server', '', soon())).toBe('1.2.3');
    expect(await packages().resolve('@probe/server', 'v3.0.0', soon())).toBe('3.0.0');
  });

  it('goes on with an installation that nobody waits for any more', patient, async () => {
    let open = (): void => undefined;
    registry.gate = new Promise((resolve) => (open = resolve));
    const abort = new AbortController();
    const shared = packages();
    const given = shared.install('@probe/server', '1.2.3', abort.signal);
    const reason = new Error('gave up');
    abort.abort(reason);
    await expect(given).rejects.toBe(reason);
    open();
    await expect(shared.install('@probe/server', '1.2.3', soon())).resolves.toMatchObject({ version: '1.2.3' });
  });

  it.each([
    ['no such package', 'no-such-package', '1.0.0', 'package_not_found', 'does not have "no-such-package" 1.0.0'],
    [
      'no such version',
      'probe-words',
      '9.9.9',
      'package_not_found',
      'No matching version found for probe-words@9.9.9.',
    ],
  ])('tells that there is %s, which no other try changes', patient, async (_, name, version, code, text) => {
    const failure = await failureOf(packages().install(name, version, soon()));
    expect(failure).toMatchObject({ code, isTransient: false });
    expect(failure.message).toContain(text);
    expect(failure.message).not.toContain('127.0.0.1');
  });

  it('tells that there is no such package where its latest version is wanted', patient, async () => {
    const failure = await failureOf(packages().resolve('no-such-package', 'latest', soon()));
    expect(failure).toMatchObject({ code: 'package_not_found', isTransient: false });
  });

  it('tells that the registry can not be reached, which may get better', patient, async () => {
    const gone = await NpmRegistry.start();
    const { url } = gone;
    await gone.close();
    const failure = await failureOf(packages({ registry: url }).install('probe-words', '1.0.0', soon()));
    expect(failure).toMatchObject({ code: 'install_failed', isTransient: true });
    expect(failure.message).toBe(
      'The npm registry could not be reached to install "probe-words" 1.0.0 (ECONNREFUSED).',
    );
  });

  it('tells that the registry wants a login, which no other try changes', patient, async () => {
    registry.status = 401;
    const failure = await failureOf(packages().install('probe-words', '1.0.0', soon()));
    expect(failure).toMatchObject({ code: 'install_failed', isTransient: false });
    expect(failure.message).toContain('refuses "probe-words" 1.0.0 (E401');
  });

  it('stops an installation at its deadline', patient, async () => {
    registry.gate = new Promise(() => undefined);
    const failure = await failureOf(packages({ installTimeoutMs: 1_500 }).install('probe-words', '1.0.0', soon()));
    expect(failure).toMatchObject({ code: 'install_failed', isTransient: true });
    expect(failure.message).toBe('Installing "probe-words" 1.0.0 took too long and was stopped.');
    await eventually(() => registry.requests.length > 0);
  });

  it('tells that the cache folder can not be used', patient, async () => {
    const file = join(cacheDir, 'file');
    await writeFile(file, '');
    const failure = await failureOf(
      packages({ cacheDir: join(file, 'cache') }).install('probe-words', '1.0.0', soon()),
    );
    expect(failure).toMatchObject({
      code: 'install_failed',
      isTransient: true,
      remedy: expect.stringContaining('cache_dir'),
    });
  });
});
