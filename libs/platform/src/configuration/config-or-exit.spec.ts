import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configOrExit, type ConfigProcess } from './config-or-exit.js';

class Exited extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-or-exit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function aProcess(argv: readonly string[] = [], env: Record<string, string> = {}) {
  const said: string[] = [];
  const host: ConfigProcess = {
    env: { MCP_REGISTRY_DATABASE_TYPE: 'memory', ...env },
    argv: ['node', 'main.js', ...argv],
    cwd: () => folder,
    stderr: { write: (text) => said.push(text) },
    exit(code) {
      throw new Exited(code);
    },
  };
  return { host, said };
}

it.each([
  ['--config FILE', ['--config', 'other.yaml']],
  ['--config=FILE', ['--config=other.yaml']],
  ['-c FILE', ['run', '-c', 'other.yaml', '--more']],
])('reads the file that %s names', async (_form, argv) => {
  writeFileSync(join(folder, 'other.yaml'), 'name: Another\n');
  const { config } = await configOrExit({ form: 'standalone' }, aProcess(argv).host);
  expect(config.name).toBe('Another');
});

it('prefers the file that its caller names', async () => {
  writeFileSync(join(folder, 'other.yaml'), 'name: Another\n');
  const { host } = aProcess(['--config', 'not-there.yaml']);
  const { config } = await configOrExit({ form: 'standalone', configFile: 'other.yaml' }, host);
  expect(config.name).toBe('Another');
});

it('tells every mistake in one message and ends with 2', async () => {
  const { host, said } = aProcess([], { MCP_REGISTRY_API_PORT: 'eighty', MCP_REGISTRY_API_PROT: '80' });
  await expect(configOrExit({ form: 'standalone' }, host)).rejects.toMatchObject({ exitCode: 2 });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^The configuration has 2 problem\(s\):\n {2}- .*API_PROT: .*\n {2}- .*: api\.port: .*\n$/);
});

it('ends with 2 where --config names no file', async () => {
  const { host, said } = aProcess(['--config']);
  await expect(configOrExit({ form: 'standalone' }, host)).rejects.toMatchObject({ exitCode: 2 });
  expect(said).toEqual(['--config needs the name of a file.\n']);
});

it('goes on after a warning', async () => {
  const { host, said } = aProcess([], { MCP_REGISTRY_API_HOST: '0.0.0.0' });
  const { config } = await configOrExit({ form: 'standalone' }, host);
  expect(config.api.host).toBe('0.0.0.0');
  expect(said[0]).toMatch(/^Configuration: api\.auth_enabled is off/);
});
