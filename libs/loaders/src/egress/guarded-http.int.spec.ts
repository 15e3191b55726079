import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { NotSent, type HttpHeaders, type HttpRequest } from '@mcp-hub/mcp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localPolicy, strictPolicy } from '../../test/loading.js';
import { eventually, recordingServer, type Answer, type RecordingServer } from '../../test/recording-server.js';
import { EgressRefused } from './egress.errors.js';
import { GuardedHttp, type GuardedHttpOptions } from './guarded-http.js';

let server: RecordingServer;
let answer: Answer;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  answer = (_, response) => response.end('ok');
  server = await recordingServer((request, response) => answer(request, response));
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await server.close();
});

function guard(options: Partial<GuardedHttpOptions> = {}): GuardedHttp {
  const http = new GuardedHttp({ policy: localPolicy, ...options });
  open.push(http);
  return http;
}

/** What a receiver was told, and how it ended. */
function sent(http: GuardedHttp, request: Partial<HttpRequest> & { url: string }) {
  const told = { status: 0, headers: {} as HttpHeaders, text: '', calls: 0 };
  let abort = (): void => undefined;
  const ended = new Promise<'end' | Error>((resolve) => {
    const exchange = http.send(
      { method: 'GET', headers: {}, ...request },
      {
        onHead: (status, headers) => {
          told.calls += 1;
          Object.assign(told, { status, headers });
        },
        onData: (chunk) => {
          told.calls += 1;
          told.text += chunk.toString();
        },
        onEnd: () => {
          told.calls += 1;
          resolve('end');
        },
        onError: (error) => {
          told.calls += 1;
          resolve(error);
        },
      },
    );
    // Nothing may have been told before.
    expect(told.calls).toBe(0);
    abort = () => {
      exchange.abort();
    };
  });
  return { told, ended, abort };
}

/** A server that answers every connection with these bytes, and closes it. */
async function rawServer(answerWith: string): Promise<string> {
  const sockets = new Set<Socket>();
  const raw: Server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answerWith));
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        raw.close(() => resolve());
      }),
  });
  return `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`;
}

describe('GuardedHttp', () => {
  it('sends what it is given, and says who it is', async () => {
    const { told, ended } = sent(guard(), {
      url: `${server.url}/a%2Fb?x=1`,
      method: 'POST',
      headers: { 'x-a': '1' },
      body: 'ü',
    });
    expect(await ended).toBe('end');
    expect(told).toMatchObject({ status: 200, text: 'ok' });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      url: '/a%2Fb?x=1',
      body: Buffer.from('ü'),
      headers: { 'x-a': '1', 'user-agent': 'mcp-hub-registry' },
    });
  });

  it('hands on a stream as it arrives', async () => {
    let end = (): void => undefined;
    answer = (_, response) => {
      response.write('first');
      end = () => response.end('last');
    };
    const { told, ended } = sent(guard(), { url: server.url });
    await eventually(() => told.text === 'first');
    end();
    expect(await ended).toBe('end');
    expect(told.text).toBe('firstlast');
  });

  it('keeps connections alive', async () => {
    const ports = new Set<unknown>();
    answer = (_, response) => {
      ports.add(response.socket?.remotePort);
      response.end('ok');
    };
    const http = guard();
    for (let count = 0; count < 10; count += 1) expect(await sent(http, { url: server.url }).ended).toBe('end');
    // One may still be in use when the next request begins.
    expect(ports.size).toBeLessThan(3);
  });

  it('tells nothing after it was given up', async () => {
    answer = (_, response) => void response.write('first');
    const { told, abort } = sent(guard(), { url: server.url });
    await eventually(() => told.text === 'first');
    const { calls } = told;
    abort();
    abort();
    await eventually(() => server.aborted === 1);
    expect(told.calls).toBe(calls);
  });

  it('sends nothing where it is given up at once', async () => {
    const http = guard();
    const { told, abort } = sent(http, { url: server.url });
    abort();
    expect(await sent(http, { url: `${server.url}/next` }).ended).toBe('end');
    expect(told.calls).toBe(0);
    expect(server.received.map(({ url }) => url)).toEqual(['/next']);
  });

  it.each(['127.0.0.1', '2130706433', '[::ffff:7f00:1]', 'user:pw@127.0.0.1', 'api.test'])(
    'refuses %s, and says that nothing was sent',
    async (host) => {
      const http = guard({
        policy: strictPolicy,
        resolveHost: async () => [{ address: '127.0.0.1', family: 4 }],
      });
      const failure = await sent(http, { url: `http://${host}:${server.port}/` }).ended;
      expect(failure).toBeInstanceOf(NotSent);
      expect((failure as Error).cause).toBeInstanceOf(EgressRefused);
      expect(server.received).toEqual([]);
    },
  );

  it('judges a name anew for every connection', async () => {
    answer = (_, response) => response.writeHead(200, { connection: 'close' }).end('ok');
    const addresses = ['127.0.0.1', '169.254.169.254'];
    const http = guard({ resolveHost: async () => [{ address: addresses.shift()!, family: 4 }] });
    const url = `http://api.test:${server.port}/`;
    expect(await sent(http, { url }).ended).toBe('end');
    expect(((await sent(http, { url }).ended) as Error).cause).toBeInstanceOf(EgressRefused);
    expect(server.received).toHaveLength(1);
  });

  it('says that nothing was sent where nobody listens', async () => {
    await server.close();
    const failure = await sent(guard(), { url: server.url }).ended;
    expect(failure).toBeInstanceOf(NotSent);
    expect((failure as Error).message).toBe('Nothing listens at the address of the server (connection refused).');
  });

  it('says that nothing was sent where a name does not resolve', async () => {
    const resolveHost = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const failure = await sent(guard({ resolveHost }), { url: 'http://nobody.test/' }).ended;
    expect(failure).toBeInstanceOf(NotSent);
    expect((failure as Error).message).toBe('The host name of the server does not resolve.');
  });

  it.each([
    ['closes the connection', '', /broke during the request/],
    ['speaks something else', 'SSH-2.0-OpenSSH\r\n\r\n', /no HTTP/],
    ['has too large headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, /too large/],
    ['ends too early', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', /too early|broke/],
  ])('says what is wrong with a server that %s', async (_, bytes, message) => {
    const failure = await sent(guard(), { url: await rawServer(bytes), method: 'POST', body: '{}' }).ended;
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(NotSent);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('127.0.0.1');
  });

  describe('redirects', () => {
    const redirectTo =
      (location: () => string, status: number, body = ''): Answer =>
      (request, response) => {
        if (request.url === '/start') response.writeHead(status, { location: location() }).end(body);
        else response.end('there');
      };
    const post = { method: 'POST' as const, body: '{"a":1}', headers: { authorization: 'Bearer t' } };

    it.each([307, 308])('follows a POST with its body within the origin (%i)', async (status) => {
      answer = redirectTo(() => '/end/', status, 'moved');
      const { told, ended } = sent(guard(), { url: `${server.url}/start`, ...post });
      expect(await ended).toBe('end');
      expect(told).toMatchObject({ status: 200, text: 'there' });
      expect(server.received[1]).toMatchObject({
        method: 'POST',
        url: '/end/',
        body: Buffer.from('{"a":1}'),
        headers: { authorization: 'Bearer t' },
      });
    });

    it.each([301, 302, 303])('gives back what would change a POST (%i)', async (status) => {
      answer = redirectTo(() => '/end', status);
      const { told, ended } = sent(guard(), { url: `${server.url}/start`, ...post });
      expect(await ended).toBe('end');
      expect({ status: told.status, count: server.received.length }).toEqual({ status, count: 1 });
    });

    it('follows none to another origin', async () => {
      const other = await recordingServer();
      open.push(other);
      answer = redirectTo(() => `${other.url}/end`, 307);
      const { told, ended } = sent(guard(), { url: `${server.url}/start`, ...post });
      expect(await ended).toBe('end');
      expect({ status: told.status, reached: other.received }).toEqual({ status: 307, reached: [] });
    });

    it('ends a chain that leads nowhere', async () => {
      answer = (_, response) => response.writeHead(307, { location: '/start' }).end();
      const { told, ended } = sent(guard(), { url: `${server.url}/start`, ...post });
      expect(await ended).toBe('end');
      expect({ status: told.status, count: server.received.length }).toEqual({ status: 307, count: 6 });
    });

    it('does not read a redirect that has no end', async () => {
      answer = redirectTo(() => '/end', 307, 'x'.repeat(1_000_000));
      expect(await sent(guard(), { url: `${server.url}/start`, ...post }).ended).toBeInstanceOf(Error);
      expect(server.received).toHaveLength(1);
    });
  });
});
