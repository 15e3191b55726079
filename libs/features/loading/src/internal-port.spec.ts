import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostedServers } from '@mcp-hub/application';
import { aServerEntry } from '@mcp-hub/application/testing';
import type { EndpointRequest, McpEndpoint } from '@mcp-hub/mcp';
import { InternalPort } from './internal-port.js';

const credentials = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
let server: Server;
let requests: EndpointRequest[];

beforeEach(async () => {
  requests = [];
  const endpoint = {
    handle: async (_req: IncomingMessage, res: ServerResponse, request: EndpointRequest) => {
      requests.push(request);
      res.end('served');
    },
  };
  const entry = aServerEntry({ forward_headers: ['X-Tenant'] });
  const hosted = {
    byHandle: (handle: string) => (handle === 'weather/2/1' ? { endpoint, stored: { entry } } : undefined),
  } as unknown as HostedServers<McpEndpoint>;
  const port = new InternalPort(hosted, credentials);
  server = createServer((req, res) => {
    if (!port.handle(req, res)) res.writeHead(404).end('none of mine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const credential = (key = credentials[0]): string => key?.toString('base64url') ?? '';
const call = (path = '/internal/servers/weather/2/1/mcp', headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: 'POST', body: '{}', headers });
const gateway = (headers: Record<string, string> = {}) => ({ 'hub-credential': credential(), ...headers });

describe('InternalPort', () => {
  it('has the hosted server answer, and tells it what the gateway says', async () => {
    const response = await call(
      undefined,
      gateway({ 'hub-caller': 'alice%20%26%20bob', 'hub-call-id': 'c-1', 'hub-attempt': '2', 'hub-owner-gone': '1' }),
    );
    expect(await response.text()).toBe('served');
    expect(requests).toEqual([
      { caller: 'alice & bob', callId: 'c-1', attempt: 2, isOwnerGone: true, forwardedHeaders: {} },
    ]);
  });

  it('forwards the headers that the entry names, and no others', async () => {
    await call(undefined, gateway({ 'x-tenant': 'acme', 'x-other': 'no' }));
    expect(requests[0]?.forwardedHeaders).toEqual({ 'x-tenant': 'acme' });
  });

  it('takes a credential that is being rotated out', async () => {
    expect((await call(undefined, { 'hub-credential': credential(credentials[1]) })).status).toBe(200);
  });

  it.each([
    ['no credential', {}],
    ['a wrong one', { 'hub-credential': Buffer.alloc(32, 9).toString('base64url') }],
    ['a part of one', { 'hub-credential': credential().slice(0, 20) }],
    ['an empty one', { 'hub-credential': '' }],
  ])('refuses a request with %s', async (_name, headers) => {
    expect((await call(undefined, headers)).status).toBe(401);
    expect(requests).toEqual([]);
  });

  it('says that a server is not hosted here', async () => {
    expect((await call('/internal/servers/weather/1/1/mcp', gateway())).status).toBe(421);
  });

  it('does not tell without a credential what is hosted here', async () => {
    expect((await call('/internal/servers/weather/1/1/mcp')).status).toBe(401);
  });

  it.each([
    '/',
    '/healthz',
    '/internal/servers/weather/mcp',
    '/internal/servers/weather/x/1/mcp',
    '/internal/servers/a/b/1/1/mcp',
  ])('leaves %s to others', async (path) => {
    expect(await (await call(path, gateway())).text()).toBe('none of mine');
  });

  it('refuses a caller that it can not read', async () => {
    expect((await call(undefined, gateway({ 'hub-caller': '%E0%A4%A' }))).status).toBe(400);
  });
});
