import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ChunkedText, EventConnection, readEvent, type StreamedEvent } from './event-connection.js';

describe('ChunkedText', () => {
  it('gives the text of chunks, however they arrive', () => {
    const bytes = Buffer.from('3\r\nabc\r\n5\r\nd\r\nef\r\n0\r\n\r\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const text = new ChunkedText();
      expect(text.take(bytes.subarray(0, cut)) + text.take(bytes.subarray(cut))).toBe('abcd\r\nef');
    }
  });

  it('refuses what is no chunk', () => {
    expect(() => new ChunkedText().take(Buffer.from('xyz\r\n'))).toThrow(RangeError);
  });
});

describe('readEvent', () => {
  it.each([
    ['data: a', { type: 'message', data: 'a' }],
    ['event: endpoint\r\ndata:/messages', { type: 'endpoint', data: '/messages' }],
    ['id: 1\ndata: a\ndata: b', { type: 'message', data: 'a\nb' }],
    [': a comment', undefined],
    ['id: 1\nretry: 1000\ndata: ', undefined],
  ])('reads %j', (text, event) => {
    expect(readEvent(text)).toEqual(event);
  });
});

describe('an EventConnection', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function listen(listener: RequestListener): Promise<{ events: StreamedEvent[]; failure: string }> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const events: StreamedEvent[] = [];
    return new Promise((resolve) => {
      new EventConnection({ port, path: '/sse' }, ['A: b'], {
        onEvent: (event) => events.push(event),
        onFailure: (failure) => resolve({ events, failure }),
        onClose: () => undefined,
      });
    });
  }

  it('tells of each event, and of the end', async () => {
    const told = await listen((req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(`data: ${req.headers['a'] as string}\n\n: beat\n\nda`);
      res.end('ta: 2\n\n');
      res.once('finish', () => req.socket.destroySoon());
    });
    expect(told.events.map(({ data }) => data)).toEqual(['b', '2']);
    expect(told.failure).toBe('The event stream was closed.');
  });

  it('fails where the answer is no stream', async () => {
    const told = await listen((_req, res) => res.writeHead(404).end('nothing here'));
    expect(told.failure).toContain('GET: 404');
  });
});
