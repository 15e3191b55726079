import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StandaloneOptions } from '@mcp-hub/standalone';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommandLine } from './program.js';
import type { StdioCommandOptions } from './stdio/stdio-command.js';

const status = {
  hub: { name: 'Test Hub', uptime: 7 },
  servers: {
    weather: { name: 'Weather', status: 'healthy', loaded_at: '2026-01-01T00:00:00.000Z', error: null },
    'github-api': { name: 'GitHub', status: 'failed', loaded_at: null, error: 'Set GITHUB_TOKEN\n\u001b[31mnow' },
  },
  stats: { total_registered: 2, total_loaded: 1, healthy: 1, failed: 1 },
};

/** A hub that answers with what a test says, and remembers what it was asked. */
class FakeHub {
  answer: { status: number; body: string } = { status: 200, body: JSON.stringify(status) };
  readonly asked: IncomingMessage[] = [];
  private readonly server: Server = createServer((req, res) => {
    this.asked.push(req);
    res.writeHead(this.answer.status, { 'content-type': 'application/json' }).end(this.answer.body);
  });

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }
}

let hub: FakeHub;
beforeEach(async () => {
  hub = new FakeHub();
  await hub.start();
});
afterEach(() => hub.stop());

async function run(args: string[], env: Record<string, string> = {}) {
  const result = {
    code: undefined as number | undefined,
    out: '',
    err: '',
    ran: [] as StandaloneOptions[],
    bridged: [] as StdioCommandOptions[],
  };
  result.code = await runCommandLine(args, {
    env,
    version: '1.2.3',
    out: { write: (text) => (result.out += text) },
    err: { write: (text) => (result.err += text) },
    runHub: async (options) => void result.ran.push(options ?? {}),
    bridge: async (options) => {
      result.bridged.push(options);
      return 3;
    },
  });
  return result;
}

const askStatus = (args: string[], env?: Record<string, string>) => run(['status', '--url', hub.url, ...args], env);

it('shows the status as a table, one line a server, without control characters of others', async () => {
  const { code, out, err } = await askStatus([]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toBe(
    [
      'Test Hub: up 7 s, 2 servers, 1 healthy, 1 failed',
      '  weather     healthy',
      '  github-api  failed   Set GITHUB_TOKEN [31mnow',
      '',
    ].join('\n'),
  );
});

it('says what to do where there are no servers', async () => {
  hub.answer.body = JSON.stringify({ ...status, servers: {} });
  expect((await askStatus([])).out).toContain('No servers yet. Publish one');
});

it('gives the answer whole as JSON', async () => {
  const { code, out, err } = await askStatus(['--format', 'json']);
  expect([code, JSON.parse(out), err]).toEqual([0, status, '']);
});

it('gives the answer whole as YAML', async () => {
  const { code, out, err } = await askStatus(['--format', 'yaml']);
  expect([code, parse(out), err]).toEqual([0, status, '']);
});

it('ends with 2 on a format that it does not know', async () => {
  const { code, out, err } = await askStatus(['--format', 'xml']);
  expect([code, out, err, hub.asked]).toEqual([2, '', '--format is one of table, json, yaml.\n', []]);
});

it.each(['localhost:8080', 'not a url', 'file:///etc'])('ends with 2 on the address %s', async (url) => {
  const { code, out, err } = await run(['status', '--url', url]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('--url is the address of a hub, such as http://localhost:8080');
});

it('ends with 5 where no hub answers, and says how to start one', async () => {
  const { url } = hub;
  await hub.stop();
  const { code, out, err } = await run(['status', '--url', url, '--format', 'json']);
  expect([code, out]).toEqual([5, '']);
  expect(err).toBe(
    `No hub answers at ${url}. Start one with "npm start" or "mcp-hub-registry run", or name another with --url.\n`,
  );
});

it.each([
  [401, [], 'give a token with --token or MCP_REGISTRY_TOKEN'],
  [403, [], 'give a token with --token or MCP_REGISTRY_TOKEN'],
  [401, ['--token', 'wrong'], 'give another with --token or MCP_REGISTRY_TOKEN'],
])('ends with 4 where the hub answers %i to %j', async (refusal, args, remedy) => {
  hub.answer = { status: refusal, body: '{"detail":"hunter2"}' };
  const { code, out, err } = await askStatus(args);
  expect([code, out]).toEqual([4, '']);
  expect(err).toContain(remedy);
});

it.each([
  [{ status: 503, body: '{}' }, 'answered 503'],
  [{ status: 200, body: '<html>' }, 'is no hub'],
  [{ status: 200, body: '{"ok":true}' }, 'is no hub'],
])('ends with 1 on the answer %j', async (answer, reason) => {
  hub.answer = answer;
  const { code, out, err } = await askStatus([]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(reason);
});

it.each([[['--url', '{url}', '--token', 'abc', 'status']], [['status', '--url={url}', '--token', 'abc']]])(
  'takes the shared options before or after the command: %j',
  async (args) => {
    const { code } = await run([...args.map((arg) => arg.replace('{url}', `${hub.url}/`)), '-c', 'hub.yaml']);
    expect(code).toBe(0);
    expect(hub.asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/v0/status', 'Bearer abc']]);
  },
);

it('asks the hub that the environment names, with its token', async () => {
  const { code } = await run(['status'], { MCP_REGISTRY_URL: `${hub.url}/prefix`, MCP_REGISTRY_TOKEN: 'of-the-env' });
  expect(code).toBe(0);
  expect(hub.asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ['/prefix/v0/status', 'Bearer of-the-env'],
  ]);
});

it('prefers the options to the environment', async () => {
  await askStatus(['--token', 'given'], { MCP_REGISTRY_URL: 'http://127.0.0.1:1', MCP_REGISTRY_TOKEN: 'of-the-env' });
  expect(hub.asked[0]?.headers.authorization).toBe('Bearer given');
});

it('runs the hub with the configuration file, port and host of the command line', async () => {
  const { code, ran } = await run(['-c', 'hub.yaml', 'run', '-p', '9000', '--host', '127.0.0.2']);
  expect(code).toBeUndefined();
  expect(ran).toEqual([{ configFile: 'hub.yaml', overrides: { 'api.port': '9000', 'api.host': '127.0.0.2' } }]);
});

it('runs the hub as configured where the command line says nothing', async () => {
  expect((await run(['run'])).ran).toEqual([{ overrides: {} }]);
});

it('bridges to the server, hub and token of the command line, and ends with what the bridge ends with', async () => {
  const { code, bridged, out } = await run(['stdio', 'weather', '--url', 'http://hub:1', '--token', 'abc']);
  expect([code, bridged, out]).toEqual([3, [{ id: 'weather', url: 'http://hub:1', token: 'abc' }], '']);
});

it('ends with 2 where no server is named to bridge to', async () => {
  const { code, bridged } = await run(['stdio']);
  expect([code, bridged]).toEqual([2, []]);
});

it('shows the commands and the shared options with --help, as output', async () => {
  const { code, out, err } = await run(['--help']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/--config <file>[^]*--url <url>[^]*--token <token>[^]*run [^]*status [^]*stdio /);
});

it('shows the shared options with the --help of a command', async () => {
  const { out } = await run(['status', '--help']);
  expect(out).toMatch(/--format <format>[^]*--url <url>[^]*--token <token>/);
});

it('tells its version', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
});

it.each([[[]], [['nope']], [['status', 'extra']], [['status', '--nope']]])(
  'ends with 2 on %j, everything said on stderr',
  async (args) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  },
);
