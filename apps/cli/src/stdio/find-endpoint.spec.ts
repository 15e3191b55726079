import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findEndpoint } from './find-endpoint.js';

/** Each answer is given once, the last one for ever. */
let answers: { status: number; body: unknown }[];
let asked: string[];
let server: Server;
const hub = () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined });

beforeEach(async () => {
  asked = [];
  server = createServer((req, res) => {
    asked.push(req.url ?? '');
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    res.writeHead(answer?.status ?? 500).end(JSON.stringify(answer?.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it('takes the path that the hub tells as one of its own', async () => {
  answers = [{ status: 200, body: { runtime_status: 'healthy', mcp_endpoint: '/servers/a/mcp' } }];
  expect(await findEndpoint(hub(), 'a', 0)).toEqual({ kind: 'found', url: `${hub().url}/servers/a/mcp` });
  expect(asked).toEqual(['/v0/servers/a']);
});

it('takes the address that a gateway has', async () => {
  answers = [{ status: 200, body: { runtime_status: 'healthy', mcp_endpoint: 'http://gateway:1/servers/a/mcp' } }];
  expect(await findEndpoint(hub(), 'a', 0)).toEqual({ kind: 'found', url: 'http://gateway:1/servers/a/mcp' });
});

it('waits for a server that is loading', async () => {
  answers = [
    { status: 200, body: { runtime_status: 'loading' } },
    { status: 200, body: { runtime_status: 'healthy', mcp_endpoint: '/servers/a/mcp' } },
  ];
  expect(await findEndpoint(hub(), 'a', 20_000)).toMatchObject({ kind: 'found' });
  expect(asked).toHaveLength(2);
});

it.each([
  ['there is no such server', { status: 404, body: {} }, 3, 'The hub has no server "a/b"'],
  [
    'the server failed',
    { status: 200, body: { runtime_status: 'failed', error: 'Set TOKEN.' } },
    1,
    'failed: Set TOKEN.',
  ],
  [
    'it is still loading at the end of the wait',
    { status: 200, body: { runtime_status: 'loading' } },
    1,
    'it is loading.',
  ],
  ['the hub is broken', { status: 500, body: {} }, 1, 'answered 500'],
  ['the hub wants a token', { status: 401, body: {} }, 4, '--token'],
])('says so where %s', async (_, answer, exitCode, reason) => {
  answers = [answer];
  const found = await findEndpoint(hub(), 'a/b', 0);
  expect(found).toEqual({ kind: 'failed', exitCode, reason: expect.stringContaining(reason) as string });
  expect(asked).toEqual(['/v0/servers/a%2Fb']);
});
