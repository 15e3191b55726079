import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, McpBackend } from '@mcp-hub/application';
import type { EnvironmentVariable, PackageArgument, ServerPackage } from '@mcp-hub/domain';
import { NpmRegistry } from '@mcp-hub/test-servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aCallContext, aLoadContext, aLoadRequest, failureOf } from '../../test/loading.js';
import { processesWith, uniqueSeconds } from '../../test/processes.js';
import { eventually } from '../../test/recording-server.js';
import { ChildProcesses } from '../supervision/child-processes.js';
import { crashPolicy } from '../supervision/crash-budget.js';
import { NpmLoader, type NpmLoaderOptions } from './npm-loader.js';

const fixtures = join(import.meta.dirname, '../../fixtures/npm');
const secret = 'hunter2-is-no-password';
const open: McpBackend[] = [];
let registry: NpmRegistry;
let cacheDir = '';
let ids = 0;

beforeAll(async () => {
  cacheDir = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-npm-loader-')));
  registry = await NpmRegistry.start();
  await registry.publish(join(fixtures, 'probe-words'));
  await registry.publish(join(fixtures, 'probe-server'));
}, 60_000);
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});
afterAll(async () => {
  await registry.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const argument = (value: string, part: Partial<PackageArgument> = {}): PackageArgument => ({
  description: '',
  is_required: true,
  format: 'string',
  type: 'positional',
  value,
  ...part,
});
const variable = (name: string, value?: string, is_secret = false): EnvironmentVariable => ({
  name,
  description: '',
  required: true,
  is_secret,
  ...(value === undefined ? {} : { value }),
});
const aPackage = (part: Partial<ServerPackage> = {}): ServerPackage => ({
  registry_name: 'npm',
  name: '@probe/server',
  version: '1.2.3',
  package_arguments: [],
  runtime_arguments: [],
  environment_variables: [],
  ...part,
});

function loader(options: Partial<NpmLoaderOptions> = {}): NpmLoader {
  const searchPath = process.env['PATH'] ?? '';
  return new NpmLoader({
    cacheDir,
    children: new ChildProcesses({ cacheDir, searchPath, stopGraceMs: 500 }),
    ids: { next: () => `id-${(ids += 1)}` },
    environment: { ...process.env, MCP_REGISTRY_CLUSTER_SECRET: 'not for children', TZ: 'UTC' },
    registry: registry.url,
    crashPolicy: { ...crashPolicy, firstDelayMs: 50 },
    ...options,
  });
}

async function load(
  part: Partial<ServerPackage> = {},
  options: Partial<NpmLoaderOptions> & { signal?: AbortSignal } = {},
): Promise<{ backend: McpBackend; lines: string[] }> {
  const context = aLoadContext(options.signal ?? AbortSignal.timeout(30_000));
  const backend = await loader(options).load(aLoadRequest({ id: 'probe', packages: [aPackage(part)] }), context);
  open.push(backend);
  return { backend, lines: context.lines };
}

const call = (backend: McpBackend, name: string, args: JsonObject = {}, context = aCallContext()) =>
  backend.call({ method: 'tools/call', params: { name, arguments: args } }, context);

async function facts(backend: McpBackend): Promise<Record<string, unknown>> {
  const outcome = await call(backend, 'facts');
  if (outcome.kind !== 'complete') throw new Error(JSON.stringify(outcome));
  const [content] = outcome.result['content'] as { text: string }[];
  return JSON.parse(content?.text ?? '') as Record<string, unknown>;
}
const workFolders = async () => {
  const owners = await readdir(join(cacheDir, 'work'));
  return (await Promise.all(owners.map((owner) => readdir(join(cacheDir, 'work', owner))))).flat();
};

describe('NpmLoader', { timeout: 60_000 }, () => {
  it('runs the program of the package with its dependencies, and describes it', async () => {
    const { backend } = await load();
    const { serverInfo, tools } = await backend.describe(AbortSignal.timeout(5_000));
    expect(serverInfo).toEqual({ name: 'probe', version: '1.2.3' });
    expect(tools.map(({ name }) => name)).toContain('facts');
    expect(await facts(backend)).toMatchObject({ greeting: 'hello from a dependency', wasScriptRun: false });
  });

  it('gives the program its arguments, and no shell to read them', async () => {
    const { backend } = await load({
      runtime_arguments: [argument('--max-old-space-size=128')],
      package_arguments: [
        argument('$(touch pwned); "x"'),
        argument('8080', { type: 'named', name: '--port' }),
        argument('true', { type: 'flag', name: '--verbose' }),
        argument('false', { type: 'flag', name: '--quiet' }),
      ],
    });
    expect(await facts(backend)).toMatchObject({
      argv: ['$(touch pwned); "x"', '--port', '8080', '--verbose'],
      execArgv: ['--max-old-space-size=128'],
      files: [],
    });
  });

  it('gives the program what its entry declares and nothing of the hub', async () => {
    const { backend } = await load({
      environment_variables: [variable('TOKEN', secret, true), variable('odd.name', 'x')],
    });
    const { env, cwd } = (await facts(backend)) as { env: Record<string, string>; cwd: string };
    const { HOME = '', TMPDIR = '', PATH, TZ, TOKEN, 'odd.name': odd, ...rest } = env;
    expect({ PATH, TZ, TOKEN, odd }).toEqual({ PATH: process.env['PATH'], TZ: 'UTC', TOKEN: secret, odd: 'x' });
    expect(Object.keys(rest).filter((name) => !/^(LANG|LC_[A-Z]+)$/.test(name))).toEqual([]);
    expect(new Set([HOME, TMPDIR, cwd]).size).toBe(3);
    for (const folder of [HOME, TMPDIR, cwd]) expect(folder.startsWith(join(cacheDir, 'work'))).toBe(true);
  });

  it('gives two servers folders of their own, which are gone when they are', async () => {
    const [one, other] = [await load(), await load()];
    expect((await facts(one.backend))['cwd']).not.toBe((await facts(other.backend))['cwd']);
    expect(await workFolders()).toHaveLength(2);
    await Promise.all([one.backend.close(), other.backend.close()]);
    expect(await workFolders()).toEqual([]);
  });

  it('loads 40 servers of one package at the same time by one installation', async () => {
    const own = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-npm-many-')));
    const before = registry.fetches('@probe/server');
    const children = new ChildProcesses({ cacheDir: own, searchPath: process.env['PATH'] ?? '' });
    const shared = loader({ cacheDir: own, children });
    const request = aLoadRequest({ packages: [aPackage({ version: 'latest' })] });
    const backends = await Promise.all(
      Array.from({ length: 40 }, () => shared.load(request, aLoadContext(AbortSignal.timeout(50_000)))),
    );
    expect(registry.fetches('@probe/server') - before).toBe(1);
    await Promise.all(backends.map((backend) => backend.check(AbortSignal.timeout(5_000))));
    await Promise.all(backends.map((backend) => backend.close()));
    await rm(own, { recursive: true });
  });

  it('prepares a load by installing, and by the exact version of latest', async () => {
    const context = aLoadContext();
    const prepared = await loader().prepare(aLoadRequest({ packages: [aPackage({ version: 'latest' })] }), context);
    expect(prepared.entry.packages[0]?.version).toBe('1.2.3');
    expect(context.lines).toContain('@probe/server latest is 1.2.3');
  });

  it('tells that the package was still being installed at the deadline, and goes on with it', async () => {
    const own = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-npm-slow-')));
    const children = new ChildProcesses({ cacheDir: own, searchPath: process.env['PATH'] ?? '' });
    const slow = loader({ cacheDir: own, children });
    const request = aLoadRequest({ packages: [aPackage()] });
    let open = (): void => undefined;
    registry.gate = new Promise((resolve) => (open = resolve));
    const failure = await failureOf(slow.load(request, aLoadContext(AbortSignal.timeout(300))));
    expect(failure).toMatchObject({ code: 'start_timeout', isTransient: true });
    expect(failure.message).toBe('The package was still being installed at the deadline.');
    open();
    await (await slow.load(request, aLoadContext(AbortSignal.timeout(20_000)))).close();
    await rm(own, { recursive: true });
  });

  it('runs the program that the arguments for npx name', async () => {
    const failure = await failureOf(
      load({
        runtime_hint: 'npx',
        runtime_arguments: [argument('-y')],
        package_arguments: [argument('@probe/server', { type: 'named', name: '--package' }), argument('other-program')],
      }),
    );
    expect(failure.message).toContain('this is the other program');
  });

  it('logs what is no message, with the secrets of the entry masked', async () => {
    const { backend, lines } = await load({ environment_variables: [variable('TOKEN', secret, true)] });
    await call(backend, 'say', { text: `the token is ${secret}` });
    await eventually(() => lines.filter((line) => line === 'the token is ***').length === 2);
    expect(lines.join('\n')).not.toContain(secret);
    expect(lines).toContain('probe server starts');
  });

  it('fails a call whose answer is too large, and keeps the server', async () => {
    const { backend } = await load();
    expect(await call(backend, 'large', { megabytes: 33 })).toMatchObject({
      kind: 'error',
      data: { outcome: 'unknown', reason: 'result_too_large' },
    });
    expect(await call(backend, 'large', { megabytes: 31 })).toMatchObject({ kind: 'complete' });
  });

  it('starts a crashed server again: the call in flight ends as unknown, later ones wait', async () => {
    const { backend, lines } = await load();
    const { pid, cwd } = await facts(backend);
    const hanging = call(backend, 'hang');
    const crashing = call(backend, 'crash', { text: 'out of luck' });
    expect(await hanging).toMatchObject({ data: { outcome: 'unknown', reason: 'server_gone' } });
    expect(await crashing).toMatchObject({ data: { outcome: 'unknown', reason: 'server_gone' } });
    const after = await facts(backend);
    expect(after).toMatchObject({ cwd });
    expect(lines).toContain('The server ended with exit code 3. It is started again in 0.05 s.');
    expect(pid).toBeDefined();
  });

  it('gives up a server that crashes again and again, with what it printed last', async () => {
    const { backend } = await load({ environment_variables: [variable('TOKEN', secret, true)] });
    const exits: Error[] = [];
    backend.onExit((reason) => exits.push(reason));
    for (let crash = 1; crash <= 5; crash += 1) {
      await call(
        backend,
        'crash',
        { text: `no luck with ${secret} (${crash})` },
        aCallContext({ signal: AbortSignal.timeout(10_000) }),
      );
    }
    await eventually(() => exits.length === 1);
    expect(exits[0]).toMatchObject({ code: 'crash_loop', isTransient: true });
    expect(exits[0]?.message).toContain('crashed 5 times within 120 s. The server ended with exit code 3.');
    expect(exits[0]?.message).toContain('no luck with *** (5)');
  });

  it('tells how a server ended that does not come up', async () => {
    const failure = await failureOf(load({ package_arguments: [argument('--fail')] }));
    expect(failure).toMatchObject({ code: 'crashed', isTransient: true });
    expect(failure.message).toBe(
      'The server ended with exit code 1 before it was ready. It printed: probe server starts | Error: the option --fail was given',
    );
    expect(await workFolders()).toEqual([]);
  });

  it('ends a server that is not ready at the deadline', async () => {
    await load();
    const mark = uniqueSeconds();
    const signal = AbortSignal.timeout(1_000);
    const failure = await failureOf(
      load({ package_arguments: [argument('--never-ready'), argument(mark)] }, { signal }),
    );
    expect(failure).toMatchObject({ code: 'start_timeout', isTransient: true });
    expect(failure.message).toBe('The server was not ready in time. It printed: probe server starts');
    expect(processesWith((command) => command.endsWith(mark))).toEqual([]);
  });

  it('ends a server that does not want to, and what it has detached', async () => {
    const seconds = uniqueSeconds();
    const { backend } = await load({ package_arguments: [argument('--ignore-sigterm')] });
    await call(backend, 'detach', { seconds });
    const left = () => processesWith((command) => command === `sleep ${seconds}`);
    await eventually(() => left().length === 2);
    await backend.close();
    await eventually(() => left().length === 0);
    expect(await call(backend, 'facts')).toMatchObject({ data: { outcome: 'not_executed', reason: 'server_gone' } });
  });

  it('names an input that has no value, without asking the registry', async () => {
    const before = registry.requests.length;
    const failure = await failureOf(load({ name: 'unknown', environment_variables: [variable('API_KEY')] }));
    expect(failure).toMatchObject({ code: 'variable_missing', message: 'The input API_KEY has no value.' });
    expect(registry.requests).toHaveLength(before);
  });

  it('tells that it does not run packages that serve HTTP', async () => {
    const failure = await failureOf(
      load({ transport: { type: 'streamable-http', url: 'http://localhost:{port}/mcp' } }),
    );
    expect(failure).toMatchObject({ code: 'nothing_to_load', isTransient: false });
    expect(failure.message).toContain('streamable-http');
  });
});
