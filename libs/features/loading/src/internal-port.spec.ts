import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostedServers } from '@mcp-hub/application';
import { aServerEntry, RecordingLog, SetClock } from '@mcp-hub/application/testing';
import { CallExecution, CallLedger, type EndpointRequest, type McpEndpoint } from '@mcp-hub/mcp';
import { InternalPort } from './internal-port.js';

const credentials = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
let server: Server;
let requests: EndpointRequest[];
let execute: (request: EndpointRequest) => Promise<void>;
let log: RecordingLog;

beforeEach(async () => {
  requests = [];
  execute = () => Promise.resolve();
  log = new RecordingLog();
  const endpoint = {
    handle: async (_req: IncomingMessage, res: ServerResponse, request: EndpointRequest) => {
      requests.push(request);
      await execute(request);
      res.end('served');
    },
  };
  const entry = aServerEntry({ forward_headers: ['X-Tenant'] });
  const hosted = {
    byHandle: (handle: string) => (handle === 'weather/2/1' ? { endpoint, stored: { entry } } : undefined),
  } as unknown as HostedServers<McpEndpoint>;
  const port = new InternalPort(hosted, credentials, {
    incarnation: 'me',
    ledger: new CallLedger(new SetClock(1_000_000)),
    log,
  });
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
      {
        caller: 'alice & bob',
        callId: 'c-1',
        attempt: 2,
        isOwnerGone: true,
        execution: expect.any(CallExecution) as CallExecution,
        forwardedHeaders: {},
      },
    ]);
  });

  it('tells it of the transport of old', async () => {
    await call('/internal/servers/weather/2/1/sse', gateway({ 'hub-messages-path': '/servers/weather/messages' }));
    await call('/internal/servers/weather/2/1/messages', gateway({ 'hub-session': 'w.r.s' }));
    expect(requests.map(({ httpSse }) => httpSse)).toEqual([
      { kind: 'stream', messagesPath: '/servers/weather/messages' },
      { kind: 'message', sessionId: 'w.r.s' },
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

describe('the question what became of a call', () => {
  const ask = (headers: Record<string, string> = {}, incarnation = 'me', callId = 'c-1') =>
    call(
      `/internal/workers/${incarnation}/calls/${callId}/disown`,
      gateway({ 'hub-delivery': '1', 'hub-age-ms': '20', ...headers }),
    );
  const state = async (response: Promise<Response>): Promise<unknown> => (await response).json();
  const begins = ({ execution }: EndpointRequest): Promise<void> => {
    execution?.begin();
    return Promise.resolve();
  };

  it('is answered not_seen of one that never came, which is refused from then on', async () => {
    expect(await state(ask())).toEqual({ state: 'not_seen' });
    await call(undefined, gateway({ 'hub-call-id': 'c-1' }));
    expect(requests[0]?.execution?.hasBegun).toBe(false);
    expect(requests[0]?.execution?.begin()).toBe(false);
  });

  it('does not refuse a later delivery of the same call', async () => {
    execute = begins;
    await ask();
    await call(undefined, gateway({ 'hub-call-id': 'c-1', 'hub-delivery': '2' }));
    expect(requests[0]?.execution?.hasBegun).toBe(true);
  });

  it('is answered executing while it is, then finished', async () => {
    let finish = (): void => undefined;
    execute = async (request) => {
      await begins(request);
      await new Promise<void>((resolve) => (finish = resolve));
    };
    const answer = call(undefined, gateway({ 'hub-call-id': 'c-1' }));
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    expect(await state(ask())).toEqual({ state: 'executing' });
    finish();
    await answer;
    expect(await state(ask())).toEqual({ state: 'finished' });
  });

  it('is none of this worker where another incarnation had the call', async () => {
    expect((await ask({}, 'my-predecessor')).status).toBe(421);
  });

  it('is logged with the id of the call', async () => {
    await ask();
    expect(log.named('call.disowned')).toMatchObject([{ fields: { callId: 'c-1', state: 'not_seen' } }]);
  });

  it('is for the gateway only', async () => {
    expect((await ask({ 'hub-credential': '' })).status).toBe(401);
  });

  it.each([{ 'hub-delivery': 'x' }, { 'hub-age-ms': '-1' }, { 'hub-age-ms': 'soon' }])(
    'is refused with %j',
    async (headers) => {
      expect((await ask(headers)).status).toBe(400);
    },
  );
});
