import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { McpBackend } from '@mcp-hub/application';
import { loaderTypeOf, parseServerEntry, type ServerEntry } from '@mcp-hub/domain';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { registeredLoaders } from '../src/index.js';
import { aCallContext, aLoadContext, failureOf, localPolicy } from './loading.js';

const workspace = join(import.meta.dirname, '../../..');
const open: McpBackend[] = [];
let entries: ServerEntry[] = [];
let cacheDir = '';

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'mcp-hub-samples-'));
  const { servers } = parseYaml(await readFile(join(workspace, 'data/servers.yaml'), 'utf8')) as { servers: unknown[] };
  entries = servers.map((server) => {
    const parsed = parseServerEntry(server, { now: '2026-01-01T00:00:00Z' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(parsed.warnings).toEqual([]);
    return parsed.entry;
  });
});
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});

afterAll(() => rm(cacheDir, { recursive: true, force: true }));

async function load(id: string, packageRegistries: string[] = []): Promise<{ backend: McpBackend; log: string[] }> {
  const entry = entries.find((one) => one.id === id);
  const loader = registeredLoaders({
    egress: localPolicy,
    fileRoots: [workspace],
    moduleRoots: [workspace],
    cacheDir,
    environment: process.env,
    packageRegistries,
    ids: { next: () => 'id' },
    hubUrl: 'http://localhost:8080',
    openApiThreads: { file: new URL(inject('threadFile')) },
  }).find(({ type }) => entry && type === loaderTypeOf(entry));
  if (!entry || !loader) throw new Error(`No loader for ${id}.`);
  const context = aLoadContext();
  const backend = await loader.load({ entry, generation: 1 }, context);
  open.push(backend);
  return { backend, log: context.lines };
}

const call = async (backend: McpBackend, name: string, args: Record<string, unknown>) => {
  const outcome = await backend.call({ method: 'tools/call', params: { name, arguments: args } }, aCallContext());
  return outcome.kind === 'complete' ? outcome.result : outcome;
};

describe('the sample servers', () => {
  it('are one for each loader, enabled where no secrets and no other programs are needed', () => {
    expect(entries.map((entry) => loaderTypeOf(entry))).toEqual(
      expect.arrayContaining(['openapi', 'module', 'npm', 'pypi', 'docker', 'proxy']),
    );
    expect(entries.filter(({ enabled }) => enabled).map(({ id }) => id)).toEqual([
      'hub-api',
      'sample-tools',
      'everything',
    ]);
  });

  it('offer the API of the hub without a remark about its document', async () => {
    const { backend, log } = await load('hub-api');
    const { tools } = await backend.describe(AbortSignal.timeout(5_000));
    expect(tools.map(({ name }) => name)).toEqual(['listServers', 'getServer', 'getHealth', 'ping', 'getStatus']);
    expect(log).toEqual(['MCP Hub Registry 0.1.0: 5 tools']);
  });

  it('compute with the sample module', async () => {
    const { backend } = await load('sample-tools');
    expect(await call(backend, 'add', { a: 2, b: 3 })).toMatchObject({ structuredContent: { sum: 5 } });
    expect(await call(backend, 'word_count', { text: 'one two\nthree' })).toMatchObject({
      structuredContent: { words: 3, characters: 13, lines: 2 },
    });
    expect(await call(backend, 'now_in', { time_zone: 'Asia/Tokyo' })).toMatchObject({
      structuredContent: { time_zone: 'Asia/Tokyo', time: expect.stringMatching(/^\d\d:\d\d:\d\d$/) as string },
    });
    expect(await call(backend, 'now_in', { time_zone: 'Mars' })).toMatchObject({ isError: true });
  });

  it('tell that the npm registry can not be reached', { timeout: 30_000 }, async () => {
    const registry = await NpmRegistry.start();
    const { url } = registry;
    await registry.close();
    const failure = await failureOf(load('everything', [`npm=${url}`]));
    expect(failure).toMatchObject({ code: 'install_failed', isTransient: true });
    expect(failure.message).toBe(
      'The npm registry could not be reached to install "@modelcontextprotocol/server-everything" 2026.8.31 (ECONNREFUSED).',
    );
  });
});
