import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { anOperation, recordedApi, type ApiOptions } from '../../test/recorded-api.js';

const servers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of servers.splice(0)) await close();
});

/** A real server in the place of the API, reached by Node's own fetch. */
async function served(listener: RequestListener, route = 'GET /t', options: ApiOptions = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return recordedApi(anOperation(route), {
    base_url: `http://127.0.0.1:${port}`,
    answer: (url, { method, headers, signal }) => fetch(url, { method, headers, signal, redirect: 'manual' }),
    ...options,
  });
}

const textOf = (result: { content: Record<string, unknown>[] }, index = 0) => String(result.content[index]?.text);

describe('answers of a real server', () => {
  it('are not read beyond what memory allows', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    let whenClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (whenClosed = resolve));
    const api = await served((_, response) => {
      response.on('close', whenClosed);
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += 1;
      };
      response.on('drain', more);
      more();
    });
    const result = await api.call({});
    await closed;
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toBe(
      'HTTP 200: the answer has more than 33554432 bytes, which is more than is read. Ask for less with the arguments of the call (filters, fields, pages).',
    );
    expect(sent).toBeLessThan(80);
  });

  it('tell the size that they announce', async () => {
    const api = await served((_, response) => {
      response.writeHead(200, { 'content-length': 100_000_000 });
      response.write(Buffer.alloc(40 * 1024 * 1024));
    });
    expect(textOf(await api.call({}))).toContain('the answer has 100000000 bytes');
  });

  it('of an endless stream are what came until the time was over', async () => {
    const api = await served(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n');
      },
      'GET /t',
      { timeoutMs: 300 },
    );
    const result = await api.call({});
    expect(result.isError).toBeUndefined();
    expect([textOf(result), textOf(result, 1)]).toEqual([
      'data: 1\n\n',
      'Cut: the answer is a stream that had not ended when the time of the call was over.',
    ]);
  });

  it('that end too early are failures', async () => {
    const api = await served((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"a":');
      setImmediate(() => response.destroy());
    });
    const result = await api.call({});
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toMatch(/could not be called: the connection was closed before the answer was complete$/);
  });

  it('to HEAD have no content', async () => {
    const api = await served(
      (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 7 }).end(),
      'HEAD /t',
    );
    expect(await api.call({})).toEqual({ content: [] });
  });

  it('end with their connection when the caller goes', async () => {
    let whenClosed = (): void => undefined;
    const closed = new Promise<void>((resolve) => (whenClosed = resolve));
    const caller = new AbortController();
    const api = await served((request, response) => {
      request.socket.on('close', whenClosed);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('[1,');
      setImmediate(() => {
        caller.abort(new Error('gone'));
      });
    });
    await expect(api.call({}, undefined, caller.signal)).rejects.toThrow('gone');
    await closed;
  });
});

describe('nesting', () => {
  it('of any depth ends in a result that can be written', async () => {
    const depth = 300_000;
    const body = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const api = recordedApi(anOperation('GET /t'), {
      answer: () => new Response(body, { headers: { 'content-type': 'application/json' } }),
    });
    const result = await api.call({});
    expect(JSON.stringify(result).length).toBeLessThan(2000);
    expect(textOf(result, 1)).toContain('nested too deeply');
  });
});
