import { fileURLToPath } from 'node:url';
import { legs, type Leg } from './legs.js';

/** How a server gets into the hub: imported by it, installed and started as its child, or called at its URL. */
export const hostings = ['module', 'stdio', 'remote'] as const;
export type Hosting = (typeof hostings)[number];

/** A server that has what the suites ask for, below `fixture/`. */
export interface Fixture {
  name: string;
  /** Serves it over HTTP by its SDK's own means: a script with its arguments. */
  direct: readonly string[];
  /** Exports `createServer`. */
  module: string;
  /** Serves it on its standard streams; undefined where the package has no such program. */
  program?: string;
  hostings: readonly Hosting[];
  legs: readonly Leg[];
}

/** Where all of it is. */
export const fixtureFolder = fileURLToPath(new URL('../fixture/', import.meta.url));

export const fixtures: readonly Fixture[] = [
  {
    name: 'sdk-v2',
    direct: ['serve-directly.mjs'],
    module: 'server.mjs',
    program: 'serve-stdio.mjs',
    hostings: ['module', 'stdio', 'remote'],
    legs,
  },
  {
    name: 'sdk-v1',
    direct: ['v1/serve-directly.mjs'],
    module: 'v1/server.mjs',
    hostings: ['module', 'remote'],
    legs: legsReached({
      '0.1.16@2025-06-18': 26,
      '0.1.16@2025-11-25': 44,
      '0.2.0-alpha.12@2025-06-18': 56,
      '0.2.0-alpha.12@2025-11-25': 84,
    }),
  },
  {
    name: 'modern-only',
    direct: ['serve-directly.mjs', 'modern-only'],
    module: 'server.mjs',
    program: 'serve-stdio-modern-only.mjs',
    hostings: ['stdio', 'remote'],
    legs: legsReached({ '0.2.0-alpha.12@2026-07-28': 152 }),
  },
];

/** The legs that are named, with what this fixture reaches in them directly. */
function legsReached(reached: Readonly<Record<string, number>>): Leg[] {
  return legs.flatMap((leg) => {
    const checks = reached[`${leg.suiteVersion}@${leg.revision}`];
    return checks === undefined ? [] : [{ ...leg, reached: checks }];
  });
}
