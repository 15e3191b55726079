import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ids, McpBackend } from '@mcp-hub/application';
import type { ModuleConfig } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCallContext, aLoadContext, aLoadRequest, failureOf } from '../../test/loading.js';
import { ModuleLoader } from './module-loader.js';

const fixtures = join(import.meta.dirname, '../../fixtures');
let count = 0;
const ids: Ids = { next: () => `id-${(count += 1)}` };
const open: McpBackend[] = [];
let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-modules-')));
});
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
  await rm(folder, { recursive: true });
});

async function load(
  config: ModuleConfig,
  roots = [fixtures],
  generation = 1,
  signal?: AbortSignal,
): Promise<McpBackend> {
  const request = { ...aLoadRequest({ module_config: config }), generation };
  const backend = await new ModuleLoader({ moduleRoots: roots, ids }).load(request, aLoadContext(signal));
  open.push(backend);
  return backend;
}

const greet = async (backend: McpBackend) => {
  const outcome = await backend.call(
    { method: 'tools/call', params: { name: 'greet', arguments: { name: 'Ada' } } },
    aCallContext(),
  );
  return outcome.kind === 'complete' ? outcome.result.content : outcome;
};

const which = async (backend: McpBackend, era: 'legacy' | 'modern') => {
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const params = { name: 'which', arguments: {}, ...(era === 'modern' && { _meta: meta }) };
  const outcome = await backend.call({ method: 'tools/call', params }, aCallContext());
  return outcome.kind === 'complete' ? (outcome.result.content as { text: string }[])[0]?.text : outcome;
};

/** A server in plain JavaScript whose tool list tells which version of the file it is. */
const plainServer = (name: string) => `{
  async connect(transport) {
    transport.onmessage = ({ id, method }) => {
      if (id === undefined) return;
      const result = method === 'initialize'
        ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: '${name}', version: '1' } }
        : { tools: [] };
      transport.send({ jsonrpc: '2.0', id, result });
    };
    await transport.start();
  },
}`;
const nameOf = async (backend: McpBackend) => (await backend.describe(AbortSignal.timeout(5_000))).serverInfo.name;

describe('ModuleLoader', () => {
  it.each([
    ['a factory of SDK v2', 'v2-server.mjs', 'v2-fixture'],
    ['a server object of SDK v1', 'v1-server.mjs', 'v1-fixture'],
    ['a low-level server of SDK v1 in CommonJS', 'v1-low-level.cjs', 'v1-low-level'],
  ])('hosts %s', async (_, path, name) => {
    const backend = await load({ path });
    expect(await nameOf(backend)).toBe(name);
    expect(await greet(backend)).toEqual([{ type: 'text', text: 'hello Ada' }]);
  });

  it('makes a server of SDK v2 for each era where it can', async () => {
    const backend = await load({ path: 'which-era.mjs', factory: 'createServer' });
    expect(await which(backend, 'modern')).toBe('3 modern');
    expect(await which(backend, 'legacy')).toBe('2 legacy');
    expect(await which(backend, 'modern')).toBe('3 modern');
  });

  it('serves both eras by a server object that the module exports', async () => {
    const backend = await load({ path: 'which-era.mjs', export: 'server' });
    expect(await which(backend, 'modern')).toBe('1 legacy');
    expect(await which(backend, 'legacy')).toBe('1 legacy');
  });

  it('gives the arguments of the entry to the factory that it names', async () => {
    const backend = await load({ path: 'v2-server.mjs', factory: 'createServer', args: { greeting: 'ahoy' } });
    expect(await greet(backend)).toEqual([{ type: 'text', text: 'ahoy Ada' }]);
  });

  it.each(['v1-server.mjs', 'v1-low-level.cjs'])('hosts the one server object of %s twice', async (path) => {
    const [first, second] = [await load({ path }), await load({ path })];
    expect(await greet(first)).toEqual([{ type: 'text', text: 'hello Ada' }]);
    expect(await greet(second)).toEqual([{ type: 'text', text: 'hello Ada' }]);
  });

  it.each(['mjs', 'cjs'])('sees a changed .%s file after a reload', async (extension) => {
    const head = extension === 'mjs' ? 'export default' : 'module.exports =';
    const file = join(folder, `server.${extension}`);
    await writeFile(file, `${head} ${plainServer('before')}`);
    expect(await nameOf(await load({ path: `server.${extension}` }, [folder], 1))).toBe('before');
    await writeFile(file, `${head} ${plainServer('after')}`);
    expect(await nameOf(await load({ path: `server.${extension}` }, [folder], 2))).toBe('after');
  });

  it('finds a package that a root has installed', async () => {
    const home = join(folder, 'node_modules/@acme/tools');
    await mkdir(join(home, 'lib'), { recursive: true });
    await writeFile(join(home, 'lib/a.mjs'), `export const main = () => (${plainServer('acme')});`);
    const exported = { '.': { types: './a.d.ts', import: './lib/a.mjs' }, './parts/*': './lib/*.mjs' };
    await writeFile(join(home, 'package.json'), JSON.stringify({ name: '@acme/tools', exports: exported }));
    expect(await nameOf(await load({ path: '@acme/tools' }, [folder]))).toBe('acme');
    expect(await nameOf(await load({ path: '@acme/tools/parts/a' }, [folder]))).toBe('acme');
    expect(await failureOf(load({ path: '@acme/tools/lib/a.mjs' }, [folder]))).toMatchObject({ code: 'module_error' });
  });

  it('finds the index of a folder, below any of the roots', async () => {
    await mkdir(join(folder, 'server'));
    await writeFile(join(folder, 'server/index.mjs'), `export default ${plainServer('index')}`);
    expect(await nameOf(await load({ path: 'server' }, [fixtures, folder]))).toBe('index');
    expect(await nameOf(await load({ path: join(folder, 'server/index.mjs') }, [fixtures, folder]))).toBe('index');
  });

  it('follows a symbolic link that stays under the root', async () => {
    await writeFile(join(folder, 'real.mjs'), `export default ${plainServer('linked')}`);
    await symlink(join(folder, 'real.mjs'), join(folder, 'link.mjs'));
    expect(await nameOf(await load({ path: 'link.mjs' }, [folder]))).toBe('linked');
  });

  it.each(['../secret.mjs', '../does-not-exist.mjs', '/etc/passwd', 'out.mjs', 'out/secret.mjs'])(
    'refuses %s, which leads out of the root',
    async (path) => {
      const root = join(folder, 'root');
      await mkdir(root);
      await cp(join(fixtures, 'v1-server.mjs'), join(folder, 'secret.mjs'));
      await symlink(join(folder, 'secret.mjs'), join(root, 'out.mjs'));
      await symlink(folder, join(root, 'out'));
      expect(await failureOf(load({ path }, [root]))).toMatchObject({ code: 'policy_refused' });
    },
  );

  it('refuses a package that is a link out of the root', async () => {
    const root = join(folder, 'root');
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere/index.js'), 'module.exports = {}');
    await writeFile(join(folder, 'elsewhere/package.json'), '{"name":"linked"}');
    await symlink(join(folder, 'elsewhere'), join(root, 'node_modules/linked'));
    expect(await failureOf(load({ path: 'linked' }, [root]))).toMatchObject({ code: 'policy_refused' });
  });

  it.each<[string, ModuleConfig, string[]]>([
    [
      'nothing that could be a server',
      { path: 'no-server.mjs' },
      ['Looked for: create_server, createServer', 'It exports: helper, version'],
    ],
    ['no export of the name', { path: 'v2-server.mjs', factory: 'build' }, ['no export "build"', 'createServer']],
    ['a factory that is none', { path: 'v2-server.mjs', factory: 'notAServer' }, ['"notAServer" is no function']],
    ['an export that is no server', { path: 'v2-server.mjs', export: 'number' }, ['"number" is a number']],
    ['a function that returns nothing', { path: 'main-returns-nothing.mjs' }, ['"main" returned undefined']],
    ['a factory that throws', { path: 'throws.mjs' }, ['"create_server" failed: DATABASE is not set']],
    ['an import that fails', { path: 'broken-import.mjs' }, ['could not be imported', 'does-not-exist.mjs']],
    ['no file', { path: 'nowhere.mjs' }, ['There is no module "nowhere.mjs"']],
    ['a file of another kind', { path: 'notes.txt' }, ['not a JavaScript module']],
  ])('tells what is wrong with %s', async (_, config, expected) => {
    const failure = await failureOf(load(config));
    expect(failure).toMatchObject({ code: 'module_error', isTransient: false });
    for (const part of expected) expect(failure.message).toContain(part);
    expect(failure.message).not.toContain(fixtures);
  });

  it.skipIf('typescript' in process.features && Boolean(process.features.typescript))(
    'says to build TypeScript first, where Node does not run it',
    async () => {
      await writeFile(join(folder, 'server.ts'), 'export {};');
      const failure = await failureOf(load({ path: 'server.ts' }, [folder]));
      expect(failure).toMatchObject({ code: 'module_error' });
      expect(failure.remedy).toContain('Build it');
    },
  );

  it('gives up on a module that does not give its server in time', async () => {
    const failure = await failureOf(load({ path: 'never-returns.mjs' }, [fixtures], 1, AbortSignal.timeout(50)));
    expect(failure.code).toBe('start_timeout');
  });

  it('says so where the entry has no module', async () => {
    const loader = new ModuleLoader({ moduleRoots: [fixtures], ids });
    expect(await failureOf(loader.load(aLoadRequest({}), aLoadContext()))).toMatchObject({ code: 'nothing_to_load' });
  });
});
