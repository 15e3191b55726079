/**
 * The layers of the workspace and what each may import. ESLint (through Nx tags) and the architecture spec (through
 * the folders) both read this table; docs/architecture.md tells it in words.
 *
 * @typedef {object} Layer
 * @property {string} name without the `layer:` that its Nx tag has in front
 * @property {RegExp} folder matches the folders of its projects
 * @property {string[]} mayImport the other layers that its production code may import
 * @property {'none' | 'owned-elsewhere-banned' | 'any'} packages which npm packages its production code may import
 * @property {boolean} isInner whether it does without I/O, clock, random ids and environment of its own
 */

const core = ['domain', 'openapi-mcp', 'application', 'mcp'];
const all = [...core, 'adapters', 'loaders', 'platform', 'features', 'apps', 'e2e', 'tools'];

/** @type {Layer[]} */
export const layers = [
  {
    name: 'domain',
    folder: /^libs\/domain$/,
    mayImport: [],
    packages: 'none',
    isInner: true,
  },
  {
    name: 'openapi-mcp',
    folder: /^libs\/openapi-mcp$/,
    mayImport: ['domain'],
    packages: 'owned-elsewhere-banned',
    isInner: true,
  },
  {
    name: 'application',
    folder: /^libs\/application$/,
    mayImport: ['domain', 'openapi-mcp'],
    packages: 'none',
    isInner: true,
  },
  {
    name: 'mcp',
    folder: /^libs\/mcp$/,
    mayImport: ['domain', 'openapi-mcp', 'application'],
    packages: 'owned-elsewhere-banned',
    isInner: true,
  },
  {
    name: 'adapters',
    folder: /^libs\/adapters\/[^/]+$/,
    mayImport: core,
    packages: 'owned-elsewhere-banned',
    isInner: false,
  },
  {
    name: 'loaders',
    folder: /^libs\/loaders$/,
    mayImport: core,
    packages: 'owned-elsewhere-banned',
    isInner: false,
  },
  {
    name: 'platform',
    folder: /^libs\/platform$/,
    mayImport: ['domain', 'application'],
    packages: 'owned-elsewhere-banned',
    isInner: false,
  },
  {
    name: 'features',
    folder: /^libs\/features\/[^/]+$/,
    mayImport: [...core, 'platform'],
    packages: 'owned-elsewhere-banned',
    isInner: false,
  },
  {
    name: 'e2e',
    folder: /^apps\/[^/]+-e2e$/,
    mayImport: all,
    packages: 'any',
    isInner: false,
  },
  {
    name: 'apps',
    folder: /^apps\/[^/]+$/,
    mayImport: [...core, 'adapters', 'loaders', 'platform', 'features'],
    packages: 'owned-elsewhere-banned',
    isInner: false,
  },
  {
    name: 'tools',
    folder: /^tools\/[^/]+$/,
    mayImport: all,
    packages: 'any',
    isInner: false,
  },
];

/**
 * One project that may import another although their layers forbid it.
 *
 * @type {{ from: string, to: string }[]}
 */
export const exceptions = [{ from: 'cli', to: 'standalone' }];

/** The layers that test code may import besides those of its own layer's production code. */
export const testsMayImport = ['adapters', 'loaders', 'tools'];

/**
 * npm packages that belong to some layers or projects; production code elsewhere may not import them.
 *
 * @type {{ packages: string[], layers: string[], projects: string[], inTests: string[] }[]}
 */
export const packageOwners = [
  {
    packages: [
      '@nestjs/*',
      '@fastify/*',
      'fastify',
      'class-transformer',
      'class-validator',
      'reflect-metadata',
      'rxjs',
    ],
    layers: ['platform', 'features', 'apps'],
    projects: ['store-mongo'],
    inTests: [],
  },
  {
    packages: ['@modelcontextprotocol/*'],
    layers: ['mcp'],
    projects: [],
    inTests: ['loaders', 'features', 'apps'],
  },
  {
    packages: ['mongoose', 'mongodb'],
    layers: [],
    projects: ['store-mongo'],
    inTests: [],
  },
  {
    packages: ['ioredis'],
    layers: [],
    projects: ['queue-bullmq', 'routes-redis'],
    inTests: [],
  },
  { packages: ['bullmq'], layers: [], projects: ['queue-bullmq'], inTests: [] },
  { packages: ['libsql'], layers: [], projects: ['store-sqlite'], inTests: [] },
];

/** npm packages that any test code may import. */
export const testPackages = ['vitest', 'fast-check'];

/** Modules of Node that the inner layers may not import: what they need of these comes through a port. */
export const inputOutputModules = [
  'node:child_process',
  'node:cluster',
  'node:dgram',
  'node:dns',
  'node:fs',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:os',
  'node:tls',
  'node:worker_threads',
];

/** Layers above that do no input or output at all; `mcp` is inner too, but speaks stdio and HTTP. */
export const layersWithoutInputOutput = ['domain', 'openapi-mcp', 'application'];

/** Files that are test code, as globs below a project's folder. The only test code that other projects may import is
 * what a package exports as `./testing`. */
export const testCodeGlobs = ['**/*.spec.ts', '**/testing/**', '**/fixtures/**', '**/test/**', '**/vitest.config.ts'];

/**
 * Says whether a file is test code; the same files as `testCodeGlobs` match.
 *
 * @param {string} path below the project's folder, with forward slashes
 */
export function isTestCode(path) {
  return /\.spec\.ts$|(^|\/)vitest\.config\.ts$|(^|\/)(testing|fixtures|test)\//.test(path);
}

/**
 * @param {string} folder a project's folder, relative to the workspace
 * @returns {Layer | undefined}
 */
export function layerOfFolder(folder) {
  return layers.find((layer) => layer.folder.test(folder));
}

/**
 * The packages that production (or test) code of a project may not import because they belong elsewhere.
 *
 * @param {{ name: string, layer: Layer, isTest: boolean }} importer
 * @returns {string[]} package names, some ending in `/*`
 */
export function bannedPackages({ name, layer, isTest }) {
  if (layer.packages === 'any') return [];
  return packageOwners
    .filter(
      (owner) =>
        !owner.layers.includes(layer.name) &&
        !owner.projects.includes(name) &&
        !(isTest && owner.inTests.includes(layer.name)),
    )
    .flatMap((owner) => owner.packages);
}
