import { fixtureVersion, packageNameOf } from './fixture-registry.js';
import type { Fixture, Hosting } from './fixtures.js';

/** @param url where the fixture is served directly. @returns what is published to host it in the hub that way */
export function hostedEntry(fixture: Fixture, hosting: Hosting, url: string): Record<string, unknown> & { id: string } {
  return {
    id: `${fixture.name}-${hosting}`,
    name: `Conformance fixture ${fixture.name} (${hosting})`,
    description: 'What the official conformance suites ask for',
    load_immediately: true,
    ...waysIn[hosting](fixture, url),
  };
}

const waysIn: Readonly<Record<Hosting, (fixture: Fixture, url: string) => Record<string, unknown>>> = {
  module: ({ module: path }) => ({ module_config: { path, factory: 'createServer' } }),
  stdio: (fixture) => ({
    packages: [{ registry_name: 'npm', name: packageNameOf(fixture), version: fixtureVersion }],
  }),
  remote: (_, url) => ({ remotes: [{ type: 'streamable-http', url }] }),
};
