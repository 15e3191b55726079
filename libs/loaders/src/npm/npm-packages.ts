import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadFailed } from '@mcp-hub/domain';
import { cacheFailure, inCache } from '../packages/cache-failure.js';
import { withLock } from '../packages/install-lock.js';
import type { ChildProcesses, Finished } from '../supervision/child-processes.js';
import { findNpmCli, npmEnvironment } from './npm-cli.js';
import { npmFailure } from './npm-failure.js';

export interface NpmPackagesOptions {
  /** Absolute (`loader.cache_dir`); packages are kept below `npm`. */
  cacheDir: string;
  children: ChildProcesses;
  /** The hub's own. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Instead of the one that npm is configured with. */
  registry?: string;
  /** Default 300 s (hosting.md, "Supervision"). */
  installTimeoutMs?: number;
}

export interface InstalledPackage {
  name: string;
  /** Exact. */
  version: string;
  /** Where its package.json is. */
  folder: string;
  manifest: Readonly<Record<string, unknown>>;
}

/** Not one of npm's own many attempts: the hub tries again by itself. */
const networkOptions = [
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=500',
  '--fetch-retry-maxtimeout=2000',
  '--fetch-timeout=60000',
];
const quietOptions = ['--json', '--loglevel=error', '--logs-max=0', '--no-update-notifier', '--no-audit', '--no-fund'];

/**
 * Packages in the cache, each version in a folder of its own that appears complete or not at all. Installing runs no
 * scripts. Whoever wants the same package at the same time shares one installation, in other processes too.
 */
export class NpmPackages {
  readonly #options: NpmPackagesOptions;
  readonly #folder: string;
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(options: NpmPackagesOptions) {
    this.#options = options;
    this.#folder = join(options.cacheDir, 'npm');
  }

  /**
   * The exact version that is meant: the given one, or what `latest` is now. Where the registry can't be reached it is
   * what `latest` was last, if that is installed.
   *
   * @param version exact, `latest` or empty
   * @throws LoadFailed `package_not_found`, `install_failed`
   */
  async resolve(name: string, version: string, signal: AbortSignal): Promise<string> {
    if (version !== '' && version !== 'latest') return version.replace(/^v/, '');
    try {
      return await this.#shared(`latest ${name}`, signal, () => this.#latest(name));
    } catch (error) {
      if (!(error instanceof LoadFailed && error.isTransient)) throw error;
      const last = await readFile(this.#latestFile(name), 'utf8').catch(() => '');
      if (last === '' || !(await this.find(name, last))) throw error;
      return last;
    }
  }

  /** @returns the package where that version is installed */
  async find(name: string, version: string): Promise<InstalledPackage | undefined> {
    const folder = join(this.#placeOf(name, version), 'node_modules', name);
    try {
      const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
      return manifest['version'] === version.split('+')[0] || manifest['version'] === version
        ? { name, version, folder, manifest }
        : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Installs an exact version, unless it is there. An installation goes on when nobody waits for it any more.
   *
   * @throws LoadFailed `package_not_found`, `install_failed`; the signal's reason
   */
  async install(name: string, version: string, signal: AbortSignal): Promise<InstalledPackage> {
    return (
      (await this.find(name, version)) ??
      (await this.#shared(`install ${name}@${version}`, signal, () => this.#install(name, version)))
    );
  }

  async #shared<Value>(key: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    let running = this.#running.get(key) as Promise<Value> | undefined;
    if (!running) {
      running = work().finally(() => this.#running.delete(key));
      this.#running.set(key, running);
      // When it fails there may be nobody left who waits.
      running.catch(() => undefined);
    }
    return abortable(running, signal);
  }

  async #latest(name: string): Promise<string> {
    const deadline = AbortSignal.timeout(this.#options.installTimeoutMs ?? 300_000);
    const what = `"${name}"`;
    const folder = await inCache(() => this.#options.children.workFolder('npm'));
    try {
      const finished = await this.#npm(what, ['view', name, 'dist-tags.latest'], folder, deadline);
      if (finished.exit.code !== 0) throw npmFailure(what, finished);
      const version = parsed(finished.stdout);
      if (typeof version !== 'string') {
        const remedy = 'Give an exact version.';
        throw new LoadFailed('package_not_found', `The npm registry names no latest version of ${what}.`, remedy);
      }
      await inCache(async () => {
        await mkdir(this.#folder, { recursive: true });
        await writeFile(this.#latestFile(name), version);
      });
      return version;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #install(name: string, version: string): Promise<InstalledPackage> {
    const deadline = AbortSignal.timeout(this.#options.installTimeoutMs ?? 300_000);
    await inCache(() => mkdir(this.#folder, { recursive: true }));
    const place = this.#placeOf(name, version);
    const what = `"${name}" ${version}`;
    try {
      return await withLock(`${place}.lock`, deadline, async () => {
        return (await this.find(name, version)) ?? (await this.#installInto(place, name, version, deadline));
      });
    } catch (error) {
      if (error instanceof LoadFailed || !deadline.aborted) throw cacheFailure(error);
      throw tooSlow(what, error);
    }
  }

  async #installInto(place: string, name: string, version: string, deadline: AbortSignal): Promise<InstalledPackage> {
    const what = `"${name}" ${version}`;
    const folder = await this.#options.children.workFolder('npm');
    const target = join(folder, 'package');
    try {
      await mkdir(target);
      // Named here and not on a command line: no name or version can be taken for an option.
      const manifest = { private: true, dependencies: { [name]: version } };
      await writeFile(join(target, 'package.json'), JSON.stringify(manifest));
      const args = ['install', '--prefix', target, '--ignore-scripts', '--omit=dev', '--no-package-lock'];
      const finished = await this.#npm(what, args, folder, deadline);
      if (finished.exit.code !== 0) throw npmFailure(what, finished);
      await this.#moveInto(place, target, () => this.find(name, version));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const installed = await this.find(name, version);
    if (installed) return installed;
    throw new LoadFailed(
      'install_failed',
      `npm installed something else than ${what}.`,
      'Give the version exactly as the registry lists it.',
      { isTransient: false },
    );
  }

  async #npm(what: string, args: readonly string[], folder: string, signal: AbortSignal): Promise<Finished> {
    const { children, environment, registry } = this.#options;
    const cli = await findNpmCli(environment['PATH'] ?? '');
    if (cli === undefined) {
      throw new LoadFailed(
        'install_failed',
        'There is no npm beside Node.js on this worker.',
        'Install npm, or put it on the PATH of the loader worker.',
        { isTransient: false },
      );
    }
    const temporary = join(folder, 'tmp');
    await mkdir(temporary, { recursive: true });
    const cache = ['--cache', join(this.#folder, '.cache')];
    const from = registry === undefined ? [] : ['--registry', registry];
    return children
      .run(
        {
          program: process.execPath,
          args: [cli, ...args, ...quietOptions, ...networkOptions, ...cache, ...from],
          environment: { ...npmEnvironment(environment), TMPDIR: temporary },
          cwd: folder,
          folder,
        },
        signal,
      )
      .catch((error: unknown) => {
        throw signal.aborted ? tooSlow(what, error) : error;
      });
  }

  /** What another process has put there meanwhile is as good; what is damaged goes. */
  async #moveInto(place: string, target: string, find: () => Promise<InstalledPackage | undefined>): Promise<void> {
    try {
      await rename(target, place);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
      if (await find()) return;
      await rm(place, { recursive: true, force: true });
      await rename(target, place);
    }
  }

  #placeOf(name: string, version: string): string {
    return join(this.#folder, `${name.replace('/', '+')}@${version}${this.#origin()}`);
  }

  #latestFile(name: string): string {
    return join(this.#folder, `${name.replace('/', '+')}${this.#origin()}.latest`);
  }

  /** Another registry may have other packages by the same names. */
  #origin(): string {
    const { registry } = this.#options;
    return registry === undefined ? '' : `~${createHash('sha256').update(registry).digest('hex').slice(0, 8)}`;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooSlow(what: string, cause: unknown): LoadFailed {
  const remedy = 'Check the network of the loader worker; the hub tries again by itself.';
  return new LoadFailed('install_failed', `Installing ${what} took too long and was stopped.`, remedy, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** @throws the signal's reason */
async function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
