import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { NpmRegistry } from '@mcp-hub/test-servers';
import { fixtureFolder, type Fixture } from './fixtures.js';

/** What the fixtures' package depends on, and what that does. */
const dependencies = ['@modelcontextprotocol/server', '@modelcontextprotocol/core', 'zod'];

export const fixtureVersion = '1.0.0';

export function packageNameOf({ name }: Fixture): string {
  return `@conformance/${name}`;
}

/**
 * A registry of npm packages on this machine that has the fixtures as packages, packed by npm, and the SDK that they
 * depend on, packed from what is installed here: nothing comes from outside.
 */
export async function startFixtureRegistry(fixtures: readonly Fixture[]): Promise<NpmRegistry> {
  const registry = await NpmRegistry.start();
  try {
    const packages = fixtures.flatMap((fixture) =>
      fixture.program === undefined ? [] : [{ name: packageNameOf(fixture), bin: `./${fixture.program}` }],
    );
    await Promise.all([
      ...packages.map((changes) => registry.publish(fixtureFolder, { ...changes, version: fixtureVersion })),
      ...dependencies.map((name) => registry.publish(folderOf(name))),
    ]);
    return registry;
  } catch (error) {
    await registry.close();
    throw error;
  }
}

/** Where a package is installed; not every package exports its package.json. */
function folderOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = folders.map((each) => join(each, name)).find((each) => existsSync(join(each, 'package.json')));
  if (folder === undefined) throw new Error(`${name} is not installed.`);
  return folder;
}
