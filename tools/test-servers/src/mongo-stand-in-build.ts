import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { withFileLock } from './file-lock.js';
import { JAVA_REMEDY, requireProgram } from './java-tools.js';
import { ServerUnavailable } from './server-errors.js';
import { JAVA_SOURCES, STAND_IN_CACHE } from './workspace-paths.js';

const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const STEP_TIMEOUT_MS = 5 * 60_000;

export interface StandInBuild {
  /** Holds `lib/*.jar` and `classes`. */
  readonly dir: string;
  /** Of mongo-java-server. */
  readonly version: string;
}

/**
 * Fetches the libraries and compiles the sources, once for each state of them; a second process waits for the first.
 *
 * @throws ServerUnavailable without javac and mvn, or if one of them fails.
 */
export async function buildStandIn(
  report: (line: string) => void,
  cache: string = STAND_IN_CACHE,
): Promise<StandInBuild> {
  const sources = await readSources();
  const version = /<mongo-java-server\.version>(.+?)</.exec(sources.get('pom.xml') ?? '')?.[1] ?? 'unknown';
  const dir = join(cache, hashOf(sources));
  const build = { dir, version };
  if (await exists(dir)) return build;

  const javac = await requireProgram('javac', JAVA_REMEDY);
  const mvn = await requireProgram('mvn', JAVA_REMEDY);
  await mkdir(cache, { recursive: true });
  await withFileLock(`${dir}.lock`, async () => {
    if (await exists(dir)) return;
    const workDir = await mkdtemp(`${dir}.`);
    try {
      report(`Fetching the MongoDB stand-in (mongo-java-server ${version}) with Maven…`);
      await run(mvn, [
        ...['-q', '-B', '-C', '-f', join(JAVA_SOURCES, 'pom.xml'), COPY_DEPENDENCIES],
        ...[`-DoutputDirectory=${join(workDir, 'lib')}`, '-DincludeScope=runtime'],
      ]);
      report('Compiling the MongoDB stand-in…');
      const javaFiles = [...sources.keys()].filter((name) => name.endsWith('.java'));
      await run(javac, [
        ...['--release', '17', '-cp', join(workDir, 'lib', '*'), '-d', join(workDir, 'classes')],
        ...javaFiles.map((name) => join(JAVA_SOURCES, name)),
      ]);
      // The folder under its final name is complete or not there.
      await rename(workDir, dir);
    } catch (error) {
      await rm(workDir, { recursive: true, force: true });
      throw error;
    }
  });
  return build;
}

async function readSources(): Promise<Map<string, string>> {
  const names = (await readdir(JAVA_SOURCES)).sort();
  const entries = names.map(async (name): Promise<[string, string]> => [
    name,
    await readFile(join(JAVA_SOURCES, name), 'utf8'),
  ]);
  return new Map(await Promise.all(entries));
}

function hashOf(sources: Map<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([...sources]))
    .digest('hex')
    .slice(0, 16);
}

async function run(file: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(file, args, { timeout: STEP_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const output = `${stdout}${stderr}`.trim().slice(-2_000);
    throw new ServerUnavailable(`The MongoDB stand-in could not be built: ${file} failed. ${JAVA_REMEDY}\n${output}`, {
      cause: error,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
