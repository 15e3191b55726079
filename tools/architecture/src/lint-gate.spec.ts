import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { listProjects, workspaceRoot } from '@mcp-hub/bootstrap/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * `nx lint` as the workspace is set up, on a copy of its configuration in which only the files below exist: a bad file
 * in the real tree would be seen by whatever else runs at that moment.
 */
const badFiles = {
  'libs/domain/src/upwards.ts': `export { x } from '@mcp-hub/application';\n`,
  'libs/domain/src/package.ts': `export { parse } from 'yaml';\n`,
  'libs/domain/src/clock.ts': `export const now = [Date.now(), new Date()];\n`,
  'libs/domain/src/random.ts': `export const id = globalThis.crypto.randomUUID();\n`,
  'libs/domain/src/environment.ts': `export const home = process.env['HOME'];\n`,
  'libs/domain/src/disk.ts': `export { readFileSync } from 'node:fs';\n`,
  'libs/domain/src/untyped.ts': `export const x = (value: any): unknown => value;\n`,
  'libs/domain/src/disabled.ts': `// eslint-disable-next-line\nexport const x = (value: any): unknown => value;\n`,
  'libs/domain/src/floating.ts': `export function f(): void {\n  Promise.resolve();\n}\n`,
  'libs/domain/src/value-import.ts': `import { Buffer } from 'node:buffer';\n\nexport type X = Buffer;\n`,
  'libs/domain/src/only.spec.ts': `import { it } from 'vitest';\n\nit.only('x', () => undefined);\n`,
  'libs/domain/src/skip.spec.ts': `import { it } from 'vitest';\n\nit.skip('x', () => undefined);\n`,
  'libs/features/registry/src/sibling.ts': `export { x } from '@mcp-hub/feature-gateway';\n`,
  'libs/features/registry/src/driver.ts': `export { connect } from 'mongoose';\n`,
  'libs/adapters/in-process/src/nest.ts': `export { Module } from '@nestjs/common';\n`,
};
const goodFiles = {
  'libs/domain/src/index.ts': `export const x = 1;\n`,
  'libs/openapi-mcp/src/index.ts': `export { x } from '@mcp-hub/domain';\n`,
  'libs/openapi-mcp/src/index.spec.ts': `import { expect, it } from 'vitest';\nimport { x } from './index.js';\n\nit('is one', () => {\n  expect(x).toBe(1);\n});\n`,
  'libs/application/src/index.ts': `export { x } from '@mcp-hub/domain';\n`,
  'libs/features/gateway/src/index.ts': `export { x } from '@mcp-hub/domain';\n`,
};

const workspace = mkdtempSync(join(tmpdir(), 'lint-gate '));
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_')));

function copyConfiguration(): void {
  const copy = (path: string): void => {
    cpSync(join(workspaceRoot, path), join(workspace, path), {
      recursive: true,
    });
  };
  [
    'package.json',
    'package-lock.json',
    'nx.json',
    'tsconfig.base.json',
    'eslint.config.mjs',
    'vitest.shared.ts',
  ].forEach(copy);
  ['tools/bootstrap/src', 'tools/architecture/src'].forEach(copy);
  for (const { root } of listProjects()) {
    mkdirSync(join(workspace, root), { recursive: true });
    readdirSync(join(workspaceRoot, root))
      .filter((name) => /^(package|tsconfig\..*|tsconfig)\.?json$/.test(name))
      .forEach((name) => {
        copy(`${root}/${name}`);
      });
  }
}

function linkPackages(): void {
  const modules = join(workspace, 'node_modules');
  mkdirSync(join(modules, '@mcp-hub'), { recursive: true });
  readdirSync(join(workspaceRoot, 'node_modules'))
    .filter((name) => name !== '@mcp-hub' && (name === '.bin' || !name.startsWith('.')))
    .forEach((name) => {
      symlinkSync(join(workspaceRoot, 'node_modules', name), join(modules, name));
    });
  for (const { root, packageName } of listProjects()) {
    symlinkSync(join(workspace, root), join(modules, packageName));
  }
}

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
}

async function nxLint(...projects: string[]): Promise<{ code: number; output: string }> {
  const args = [join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'lint', '-p', projects.join()];
  const options = { cwd: workspace, env: environment, maxBuffer: 2 ** 24 };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return { code: 0, output: plain(stdout) };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      code: number;
      stdout: string;
      stderr: string;
    };
    return { code, output: plain(stdout + stderr) };
  }
}

function plain(output: string): string {
  return stripVTControlCharacters(output).replaceAll('\r', '');
}

/** The lines that ESLint printed below the name of a file. */
function problemsOf(file: string, output: string): string {
  const [, rest = ''] = output.split(`${join(workspace, file)}\n`);
  return rest.split('\n\n/')[0]?.split('✖')[0] ?? '';
}

beforeAll(() => {
  copyConfiguration();
  linkPackages();
  write(goodFiles);
}, 60_000);

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true });
});

it('passes files that keep the rules', async () => {
  expect(await nxLint('openapi-mcp', 'application', 'feature-gateway')).toMatchObject({ code: 0 });
}, 120_000);

describe('with a violation', () => {
  let red: { code: number; output: string };

  beforeAll(async () => {
    write(badFiles);
    red = await nxLint('domain', 'feature-registry', 'in-process');
  }, 120_000);

  afterAll(() => {
    Object.keys(badFiles).forEach((path) => {
      rmSync(join(workspace, path));
    });
  });

  it('fails', () => {
    expect(red.code).not.toBe(0);
  });

  it.each([
    ['libs/domain/src/upwards.ts', '@nx/enforce-module-boundaries'],
    ['libs/domain/src/package.ts', '@nx/enforce-module-boundaries'],
    ['libs/domain/src/clock.ts', 'no-restricted-properties'],
    ['libs/domain/src/clock.ts', 'no-restricted-syntax'],
    ['libs/domain/src/random.ts', 'no-restricted-properties'],
    ['libs/domain/src/environment.ts', 'no-restricted-properties'],
    ['libs/domain/src/disk.ts', 'no-restricted-imports'],
    ['libs/domain/src/untyped.ts', '@typescript-eslint/no-explicit-any'],
    ['libs/domain/src/disabled.ts', '@typescript-eslint/no-explicit-any'],
    ['libs/domain/src/floating.ts', '@typescript-eslint/no-floating-promises'],
    ['libs/domain/src/value-import.ts', '@typescript-eslint/consistent-type-imports'],
    ['libs/domain/src/only.spec.ts', 'no-restricted-syntax'],
    ['libs/domain/src/skip.spec.ts', 'no-restricted-syntax'],
    ['libs/features/registry/src/sibling.ts', '@nx/enforce-module-boundaries'],
    ['libs/features/registry/src/driver.ts', '@nx/enforce-module-boundaries'],
    ['libs/adapters/in-process/src/nest.ts', '@nx/enforce-module-boundaries'],
  ])('names in %s the rule %s', (file, rule) => {
    expect(problemsOf(file, red.output)).toContain(rule);
  });
});
