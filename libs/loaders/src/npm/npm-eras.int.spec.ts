import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, McpBackend, McpCallContext } from '@mcp-hub/application';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aCallContext, aLoadContext, aLoadRequest } from '../../test/loading.js';
import { processesWith } from '../../test/processes.js';
import { eventually } from '../../test/recording-server.js';
import { ChildProcesses } from '../supervision/child-processes.js';
import { crashPolicy } from '../supervision/crash-budget.js';
import { NpmLoader } from './npm-loader.js';

const open: McpBackend[] = [];
let registry: NpmRegistry;
let cacheDir = '';

beforeAll(async () => {
  registry = await NpmRegistry.start();
  await registry.publish(join(import.meta.dirname, '../../fixtures/npm/probe-eras'));
}, 60_000);
beforeEach(async () => {
  cacheDir = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-npm-eras-')));
  await writeFile(join(cacheDir, 'notes'), '');
});
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
  await rm(cacheDir, { recursive: true, force: true });
});
afterAll(() => registry.close());

/** As another worker would have it: nothing in memory is shared. */
function aLoader(): NpmLoader {
  return new NpmLoader({
    cacheDir,
    children: new ChildProcesses({ cacheDir, searchPath: process.env['PATH'] ?? '', stopGraceMs: 500 }),
    ids: { next: () => 'id' },
    environment: process.env,
    registry: registry.url,
    crashPolicy: { ...crashPolicy, firstDelayMs: 20 },
  });
}

async function load(eras: string, loader = aLoader()): Promise<McpBackend> {
  const notes = { name: 'NOTES', description: '', required: true, is_secret: false, value: join(cacheDir, 'notes') };
  const argument = { description: '', is_required: true, format: 'string', type: 'positional', value: eras } as const;
  const entry = {
    packages: [
      {
        registry_name: 'npm',
        name: 'probe-eras',
        version: '1.0.0',
        package_arguments: [argument],
        runtime_arguments: [],
        environment_variables: [notes],
      },
    ],
  };
  const backend = await loader.load(aLoadRequest(entry), aLoadContext(AbortSignal.timeout(20_000)));
  open.push(backend);
  return backend;
}

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
type Era = 'legacy' | 'modern';
const call = (backend: McpBackend, era: Era, name: string, more: JsonObject = {}, context?: Partial<McpCallContext>) =>
  backend.call(
    { method: 'tools/call', params: { name, arguments: {}, ...(era === 'modern' && { _meta: modernMeta }), ...more } },
    aCallContext(context),
  );
/** The era in which a client's call is served. */
async function eraOf(backend: McpBackend, era: Era): Promise<unknown> {
  const outcome = await call(backend, era, 'era');
  return outcome.kind === 'complete' ? (outcome.result['content'] as { text: string }[])[0]?.text : outcome;
}
/** Processes of the server; that of the worker itself stays. */
const running = () =>
  processesWith((command) => command.includes(cacheDir) && command.includes('probe-eras/server.js'));
/** What each process of the server was first asked, in order. */
const starts = async () => (await readFile(join(cacheDir, 'notes'), 'utf8')).split('\n').slice(0, -1);

describe('an npm package that speaks both eras', () => {
  it('runs once as long as no client of the modern era calls', async () => {
    const backend = await load('both');
    await backend.describe(AbortSignal.timeout(5_000));
    expect(await eraOf(backend, 'legacy')).toBe('legacy');
    expect(await starts()).toEqual(['initialize']);
  });

  it('serves the clients of each era in it', async () => {
    const backend = await load('both');
    const served = await Promise.all([eraOf(backend, 'modern'), eraOf(backend, 'legacy'), eraOf(backend, 'modern')]);
    expect(served).toEqual(['modern', 'legacy', 'modern']);
    expect(await starts()).toEqual(['initialize', 'server/discover']);
  });

  it('tells the only caller in flight what the server logs', async () => {
    const heard: unknown[] = [];
    const context = { logLevel: 'info', onNotification: (_: string, params: JsonObject) => heard.push(params['data']) };
    const _meta = { ...modernMeta, 'io.modelcontextprotocol/logLevel': 'info' };
    await call(await load('both'), 'modern', 'log', { _meta }, context);
    expect(heard).toEqual(['a line']);
  });

  it('is started again in the era that crashed, and gets the state of a call from before', async () => {
    const backend = await load('both');
    const asked = await call(backend, 'modern', 'ask');
    expect(asked).toMatchObject({ kind: 'inputRequired', requestState: 'state' });
    await call(backend, 'modern', 'crash');
    expect(await eraOf(backend, 'legacy')).toBe('legacy');
    const retried = await call(backend, 'modern', 'ask', { inputResponses: {}, requestState: 'state' });
    expect(retried).toMatchObject({ kind: 'complete', result: { content: [{ text: 'state' }] } });
    expect(await starts()).toEqual(['initialize', 'server/discover', 'server/discover']);
  });

  it.each<Era>(['legacy', 'modern'])('fails for good when its process of the %s era crashes too often', async (era) => {
    const backend = await load('both');
    await eraOf(backend, 'modern');
    const exits: Error[] = [];
    backend.onExit((reason) => exits.push(reason));
    for (let crash = 1; crash <= 5; crash += 1) await call(backend, era, 'crash');
    await eventually(() => exits.length === 1);
    expect(exits).toMatchObject([{ code: 'crash_loop' }]);
  });

  it('leaves no process behind when it is closed', async () => {
    const backend = await load('both');
    await eraOf(backend, 'modern');
    expect(running().length).toBeGreaterThan(0);
    await backend.close();
    expect(running()).toEqual([]);
  });
});

describe('an npm package of the legacy era', () => {
  it.each(['legacy', 'crashes'])(
    'is asked once for the modern one, all loads and workers together (%s)',
    async (eras) => {
      const loader = aLoader();
      const backends = await Promise.all([load(eras, loader), load(eras, loader), load(eras)]);
      expect(await Promise.all(backends.map((backend) => eraOf(backend, 'modern')))).toEqual(Array(3).fill('legacy'));
      expect(await eraOf(await load(eras), 'modern')).toBe('legacy');
      expect((await starts()).filter((method) => method === 'server/discover')).toHaveLength(1);
    },
  );

  it('is left without a process when it is closed while it is asked, and is asked again', async () => {
    const backend = await load('silent');
    const pending = eraOf(backend, 'modern');
    while (!(await starts()).includes('server/discover')) await new Promise(setImmediate);
    await backend.close();
    expect(await pending).toMatchObject({ kind: 'error', data: { outcome: 'not_executed' } });
    expect(running()).toEqual([]);
    expect(await eraOf(await load('both'), 'modern')).toBe('modern');
  });
});

describe('an npm package of the modern era', () => {
  it('serves the clients of both', async () => {
    const backend = await load('modern');
    expect([await eraOf(backend, 'legacy'), await eraOf(backend, 'modern')]).toEqual(['modern', 'modern']);
    const { serverInfo, tools } = await backend.describe(AbortSignal.timeout(5_000));
    expect([serverInfo['name'], tools.length]).toEqual(['eras', 4]);
  });

  it('is started in it from the second load on', async () => {
    await load('modern');
    await load('modern');
    expect(await starts()).toEqual(['initialize', 'server/discover', 'server/discover']);
  });

  it('is started in the legacy one where what is known proves wrong', async () => {
    await load('modern');
    expect(await eraOf(await load('legacy'), 'modern')).toBe('legacy');
  });
});
