import type { StackState } from '@mcp-hub/stack';
import { waitUntil } from '@mcp-hub/test-servers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { descendantsOf, whenGone } from '../src/process-tree.js';
import { endPrograms, Program } from '../src/program.js';
import { readyStatus, whenReady } from '../src/readiness.js';
import { servicesOf, startStack, type RunningStack } from '../src/running-stack.js';

afterAll(endPrograms);

const loopbackUrl = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
const aService = (id: string) => ({ id, pid: expect.any(Number), url: loopbackUrl });

describe('a stack', () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await startStack(['--apis', '2', '--workers', '2', '--gateways', '2'], {
      MCP_REGISTRY_NAME: 'Handed On',
      MCP_REGISTRY_API_AUTH_TOKENS: 'a-token-of-the-environment',
      // What is the stack's own to decide, as somebody may have it set for another hub.
      MCP_REGISTRY_API_PORT: '1',
      MCP_REGISTRY_GATEWAY_HOST: '192.0.2.1',
      MCP_REGISTRY_GATEWAY_PUBLIC_URL: 'https://hub.invalid',
      MCP_REGISTRY_QUEUE_URL: 'redis://redis.invalid',
      DATABASE_URL: 'mongodb://mongodb.invalid/production',
    });
  });
  afterAll(() => stack.end());

  it('prints one line of JSON that names everything it started', () => {
    const { printed, program } = stack;
    expect(program.stdout).toBe(`${JSON.stringify(printed)}\n`);
    expect(printed).toEqual({
      api: printed.apis[0]?.url,
      gateway: printed.gateways[0]?.url,
      apis: [aService('api-1'), aService('api-2')],
      gateways: [aService('gateway-1'), aService('gateway-2')],
      workers: [aService('worker-1'), aService('worker-2')],
      redis: { url: expect.stringMatching(/^redis:\/\//), pid: expect.any(Number) },
      mongodb: { url: expect.stringMatching(/^mongodb:\/\//), pid: expect.any(Number), kind: expect.any(String) },
    });
    const services = servicesOf(printed);
    expect(new Set(services.map(({ pid }) => pid)).size).toBe(6);
    expect(new Set(services.map(({ url }) => url)).size).toBe(6);
  });

  it('is ready when it says so', async () => {
    const statuses = await Promise.all(servicesOf(stack.printed).map(({ url }) => readyStatus(url)));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('keeps the same in its state file', async () => {
    expect(await stack.state()).toEqual(stack.printed);
  });

  it('hands settings on to the services', async () => {
    const { api } = stack.printed;
    const status = (await (await fetch(`${api}/v0/status`)).json()) as { hub: { name: string } };
    expect(status.hub.name).toBe('Handed On');
    const refused = await fetch(`${api}/v0/publish`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);
  });

  it('gives entries the endpoint at its own gateway', async () => {
    const { api, gateway } = stack.printed;
    const publish = await fetch(`${api}/v0/publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer a-token-of-the-environment' },
      body: JSON.stringify({
        id: 'sample',
        name: 'Sample',
        description: 'The module of the samples',
        module_config: { path: 'data/sample-module/sample-tools.mjs', factory: 'createServer' },
        load_immediately: true,
      }),
    });
    expect(publish.status).toBe(201);
    const sample = (await (await fetch(`${api}/v0/servers/sample`)).json()) as Record<string, unknown>;
    expect(sample).toMatchObject({
      runtime_status: 'healthy',
      mcp_endpoint: `${gateway}/servers/sample/mcp`,
      instances: [{ worker: expect.stringMatching(/^worker-[12]$/) }],
    });
  });

  it('leaves a service that died out of the state file at once, and goes on with the others', async () => {
    const { printed, program } = stack;
    const [dead, other] = printed.workers;
    process.kill(dead!.pid, 'SIGKILL');
    await waitUntil(async () => (await stack.state())?.workers.length === 1, {
      timeoutMs: 3_000,
      describe: 'one worker in the state file',
    });
    expect(await stack.state()).toEqual({ ...printed, workers: [other] });
    expect(program.stderr).toContain('worker-1 ended');
    await whenReady(
      servicesOf(printed)
        .filter(({ id }) => id !== 'worker-1')
        .map(({ url }) => url),
      200,
    );
  });

  it('is not disturbed by another one, whose end is an exit with 0 and no process left', async () => {
    const other = await startStack([]);
    onTestFinished(() => other.end());
    const services = servicesOf(other.printed).map(({ url }) => url);
    expect(services.filter((url) => servicesOf(stack.printed).some((mine) => mine.url === url))).toEqual([]);
    expect(other.printed.redis.url).not.toBe(stack.printed.redis.url);
    const everything = await descendantsOf(other.program.pid);
    expect(everything.length).toBeGreaterThanOrEqual(4);

    other.program.signal('SIGINT');
    expect(await other.program.ended).toBe(0);
    await whenGone(everything, 5_000);
    expect(await other.state()).toBeUndefined();
    const { apis, gateways } = stack.printed;
    expect(await Promise.all([...apis, ...gateways].map(({ url }) => readyStatus(url)))).toEqual([200, 200, 200, 200]);
  });

  it('ends with 0 on SIGTERM, and leaves no process and no state file', async () => {
    const everything = await descendantsOf(stack.program.pid);
    stack.program.signal('SIGTERM');
    expect(await stack.program.ended).toBe(0);
    await whenGone(everything, 5_000);
    expect(await stack.state()).toBeUndefined();
  });
});

describe('a stack with --respawn', () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await startStack(['--respawn']);
  });
  afterAll(() => stack.end());

  it.each(['apis', 'gateways', 'workers'] as const)('brings one of the %s back with its id and URL', async (kind) => {
    const [died] = stack.printed[kind];
    process.kill(died!.pid, 'SIGKILL');
    await waitUntil(async () => (await stack.state())?.[kind].length === 0, {
      timeoutMs: 3_000,
      describe: `no ${kind} in the state file`,
    });
    const [back] = await waitUntil(
      async () => {
        const listed = (await stack.state())?.[kind] ?? [];
        return listed.length > 0 ? listed : undefined;
      },
      { timeoutMs: 45_000, describe: `${kind} to be listed again` },
    );
    expect(back).toEqual({ ...died, pid: expect.any(Number) });
    expect(back!.pid).not.toBe(died!.pid);
    // Listed when ready, not before.
    expect(await readyStatus(back!.url)).toBe(200);
  });

  it.each(['redis', 'mongodb'] as const)(
    'has services that recover when %s stood still for a while',
    async (server) => {
      const { printed } = stack;
      const { pid } = printed[server];
      expect.assert(pid > 0, 'the server is not the stack’s own (MONGODB_TEST_URI), so it cannot be stopped');
      // A gateway routes by its own copy of the routes, and so stays ready.
      const affected = server === 'redis' ? [...printed.apis, ...printed.workers] : printed.apis;
      const urls = affected.map(({ url }) => url);
      process.kill(pid, 'SIGSTOP');
      try {
        await whenReady(urls, 503);
        expect(await readyStatus(printed.gateway)).toBe(200);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await whenReady(
        servicesOf(printed).map(({ url }) => url),
        200,
      );
    },
  );

  it('leaves neither service nor server behind when it is killed itself', async () => {
    const everything = await descendantsOf(stack.program.pid);
    expect(everything.length).toBeGreaterThanOrEqual(7);
    stack.program.signal('SIGKILL');
    await stack.program.ended;
    await whenGone(everything);
  });
});

describe('a stack that cannot start', () => {
  it('says in one line what did not start, exits with 1 and leaves no process', async () => {
    const program = Program.start('stack', { env: { MCP_REGISTRY_LOADER_RETRY_ATTEMPTS: 'often' } });
    let everything: number[] = [];
    await waitUntil(
      async () => (everything = await descendantsOf(program.pid)).length >= 7 || program.stderr.includes('problem'),
      { timeoutMs: 60_000, describe: 'its services to start' },
    );
    expect(await program.ended).toBe(1);
    const ownLines = program.stderr.split('\n').filter((line) => line.startsWith('stack: '));
    expect(ownLines).toEqual([
      expect.stringMatching(/^stack: (api|gateway|worker)-1 ended before it was ready: what it said is above\.$/),
    ]);
    expect(program.stderr).toMatch(/loader\.retry_attempts: must be a whole number/);
    expect(program.stdout).toBe('');
    await whenGone(everything, 10_000);
  });

  it.each([[['--workers', 'many']], [['--wrokers', '2']]])('refuses %j with its usage and code 2', async (args) => {
    const program = Program.start('stack', { args });
    expect(await program.ended).toBe(2);
    expect(program.stderr).toContain('Usage: npm run stack --');
    expect(program.stdout).toBe('');
  });

  it('ends with 0 and says nothing more when it is told to end while it starts', async () => {
    const program = Program.start('stack');
    await waitUntil(async () => (await descendantsOf(program.pid)).length > 4, {
      timeoutMs: 60_000,
      describe: 'its first service to start',
    });
    const everything = await descendantsOf(program.pid);
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
    expect([program.stdout, program.stderr]).toEqual(['', '']);
    await whenGone(everything, 10_000);
  });
});

describe('npm run stack', () => {
  it('leaves nothing behind when npm is told to end', async () => {
    const npm = Program.startNpm('stack');
    const line = await npm.printed(/\{.*\}\n/, 120_000);
    const [state] = /\{.*\}/.exec(line) ?? [];
    const everything = await descendantsOf(npm.pid);
    for (const { pid } of servicesOf(JSON.parse(state!) as StackState)) expect(everything).toContain(pid);
    npm.signal('SIGTERM');
    await npm.ended;
    await whenGone(everything, 20_000);
  });
});
