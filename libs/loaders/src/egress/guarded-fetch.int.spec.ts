import { gzipSync, brotliCompressSync, deflateSync, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localPolicy, strictPolicy } from '../../test/loading.js';
import { eventually, recordingServer, type Answer, type RecordingServer } from '../../test/recording-server.js';
import { AnswerTooLarge, EgressRefused } from './egress.errors.js';
import { GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.js';
import type { ResolvedAddress } from './guarded-lookup.js';

let server: RecordingServer;
let answer: Answer;
const open: GuardedFetch[] = [];

beforeEach(async () => {
  answer = (_, response) => response.end('ok');
  server = await recordingServer((request, response) => answer(request, response));
});
afterEach(async () => {
  for (const guarded of open.splice(0)) await guarded.close();
  await server.close();
});

function guard(options: Partial<GuardedFetchOptions> = {}): GuardedFetch {
  const guarded = new GuardedFetch({
    policy: localPolicy,
    maxBytes: 1024 * 1024,
    redirects: 'same-origin',
    ...options,
  });
  open.push(guarded);
  return guarded;
}

function get(guarded: GuardedFetch, url: string, headers: Record<string, string> = {}, method = 'GET') {
  return guarded.fetch(url, { method, headers, signal: AbortSignal.timeout(5_000) });
}

const textOf = async (response: { arrayBuffer(): Promise<ArrayBuffer> }) =>
  Buffer.from(await response.arrayBuffer()).toString();

/** Answers each query with the next of these addresses, the last one for ever. */
function changingDns(...answers: string[][]) {
  const asked: string[] = [];
  return {
    asked,
    resolveHost: async (hostname: string): Promise<ResolvedAddress[]> => {
      const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(hostname);
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  };
}

describe('GuardedFetch', () => {
  it('sends what it is given, and nothing else but its defaults', async () => {
    const response = await guard().fetch(`${server.url}/a%2Fb?x=%20y`, {
      method: 'POST',
      headers: { 'x-a': '1', 'content-type': 'text/plain' },
      body: 'ü',
      signal: AbortSignal.timeout(5_000),
    });
    expect({ status: response.status, text: await textOf(response) }).toEqual({ status: 200, text: 'ok' });
    const [received] = server.received;
    expect(received).toMatchObject({ method: 'POST', url: '/a%2Fb?x=%20y', body: Buffer.from('ü') });
    expect(Object.keys(received?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'x-a',
    ]);
  });

  it.each(['TRACE', 'OPTIONS', 'HEAD', 'DELETE'])('sends %s', async (method) => {
    expect((await get(guard(), server.url, {}, method)).status).toBe(200);
    expect(server.received[0]?.method).toBe(method);
  });

  it('connects to a name that resolves to an allowed address', async () => {
    const { resolveHost, asked } = changingDns(['127.0.0.1']);
    expect((await get(guard({ resolveHost }), `http://api.test:${server.port}/`)).status).toBe(200);
    expect(asked).toEqual(['api.test']);
    expect(server.received[0]?.headers.host).toBe(`api.test:${server.port}`);
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['93.184.216.34', '127.0.0.1']],
  ])('refuses a name that resolves to %j', async (addresses) => {
    const { resolveHost } = changingDns(addresses);
    const attempt = get(guard({ policy: strictPolicy, resolveHost }), `http://api.test:${server.port}/`);
    await expect(attempt).rejects.toThrow(EgressRefused);
    expect(server.received).toEqual([]);
  });

  it('refuses a name as soon as its answer has changed', async () => {
    const { resolveHost, asked } = changingDns(['127.0.0.1'], ['169.254.169.254']);
    answer = (_, response) => response.writeHead(200, { connection: 'close' }).end('ok');
    const guarded = guard({ resolveHost });
    await textOf(await get(guarded, `http://api.test:${server.port}/`));
    await expect(get(guarded, `http://api.test:${server.port}/`)).rejects.toThrow(EgressRefused);
    expect(asked).toHaveLength(2);
    expect(server.received).toHaveLength(1);
  });

  it('refuses addresses in the URL without asking anybody', async () => {
    const { resolveHost, asked } = changingDns(['93.184.216.34']);
    const guarded = guard({ policy: strictPolicy, resolveHost });
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:7f00:1]', 'user:pw@127.0.0.1']) {
      await expect(get(guarded, `http://${host}:${server.port}/`)).rejects.toThrow(EgressRefused);
    }
    expect({ asked, received: server.received }).toEqual({ asked: [], received: [] });
  });

  it('reaches the hub itself under any policy, and nothing beside it', async () => {
    const other = await recordingServer((_, response) => response.end('other'));
    const guarded = guard({ policy: strictPolicy, hubOrigin: server.url });
    expect(await textOf(await get(guarded, `${server.url}/v0/ping`))).toBe('ok');
    await expect(get(guarded, `${other.url}/`)).rejects.toThrow(EgressRefused);
    await other.close();
  });

  it('lifts loopback for a host that the operator allows', async () => {
    const { resolveHost } = changingDns(['127.0.0.1']);
    const policy = { ...strictPolicy, allowHosts: ['api.test'] };
    expect((await get(guard({ policy, resolveHost }), `http://api.test:${server.port}/`)).status).toBe(200);
  });

  describe('redirects', () => {
    const redirectTo =
      (location: () => string, status = 302): Answer =>
      (request, response) => {
        if (request.url === '/start') response.writeHead(status, { location: location() }).end();
        else response.end('there');
      };

    it('follows a GET within the origin, with its headers', async () => {
      answer = redirectTo(() => '/end?x=1');
      const response = await get(guard(), `${server.url}/start`, { authorization: 'Bearer t' });
      expect({ url: response.url, text: await textOf(response) }).toEqual({
        url: `${server.url}/end?x=1`,
        text: 'there',
      });
      expect(server.received[1]?.headers.authorization).toBe('Bearer t');
    });

    it('gives back one to another origin', async () => {
      answer = redirectTo(() => `http://localhost:${server.port}/end`);
      const response = await get(guard(), `${server.url}/start`);
      expect({ status: response.status, location: response.headers.get('Location') }).toEqual({
        status: 302,
        location: `http://localhost:${server.port}/end`,
      });
      expect(server.received).toHaveLength(1);
    });

    it('gives back that of a POST', async () => {
      answer = redirectTo(() => '/end', 307);
      expect((await get(guard(), `${server.url}/start`, {}, 'POST')).status).toBe(307);
      expect(server.received).toHaveLength(1);
    });

    it('carries no credentials to another origin where it may go there', async () => {
      const other = await recordingServer();
      answer = redirectTo(() => `${other.url}/end`);
      const headers = { authorization: 'Bearer t', cookie: 'a=b', 'x-api-key': 'k', accept: 'text/yaml' };
      await textOf(await get(guard({ redirects: 'any-origin' }), `${server.url}/start`, headers));
      await other.close();
      expect(other.received[0]?.headers).toMatchObject({ accept: 'text/yaml' });
      for (const name of ['authorization', 'cookie', 'x-api-key'])
        expect(other.received[0]?.headers).not.toHaveProperty(name);
    });

    it('are judged like any URL', async () => {
      answer = redirectTo(() => 'http://169.254.169.254/latest/meta-data/');
      await expect(get(guard({ redirects: 'any-origin' }), `${server.url}/start`)).rejects.toThrow(EgressRefused);
    });

    it('end after five', async () => {
      answer = (_, response) => response.writeHead(302, { location: '/start' }).end();
      expect((await get(guard(), `${server.url}/start`)).status).toBe(302);
      expect(server.received).toHaveLength(6);
    });
  });

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (text) => Buffer.from(text)],
  ])('decodes %s', async (encoding, encode) => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(encode('hello'));
    expect(await textOf(await get(guard(), server.url))).toBe('hello');
  });

  it('refuses an answer that is too large', async () => {
    answer = (_, response) => response.end(Buffer.alloc(2000));
    await expect(get(guard({ maxBytes: 1000 }), server.url).then(textOf)).rejects.toThrow(AnswerTooLarge);
  });

  it('refuses an answer that grows too large when it is decompressed', async () => {
    answer = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000)));
    await expect(get(guard({ maxBytes: 10_000 }), server.url).then(textOf)).rejects.toThrow(AnswerTooLarge);
  });

  it('closes the connection when the caller gives up', async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new Error('gave up'));
    const attempt = guard().fetch(server.url, { method: 'GET', headers: {}, signal: controller.signal });
    await expect(attempt).rejects.toThrow('gave up');
    await eventually(() => server.aborted === 1);
  });
});
