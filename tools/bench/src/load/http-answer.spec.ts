import { describe, expect, it } from 'vitest';
import { failureOf, readHttpAnswer } from './http-answer.js';

const read = (text: string): ReturnType<typeof readHttpAnswer> => readHttpAnswer(Buffer.from(text));
const success = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';

describe('readHttpAnswer', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n';

  it('reads a body of told length, and leaves what follows', () => {
    const answer = read(`${head}Content-Length: 4\r\n\r\nbodyHTTP/1.1`);
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json' });
    expect(answer?.body.toString()).toBe('body');
    expect(answer?.length).toBe(head.length + 'Content-Length: 4\r\n\r\nbody'.length);
  });

  it('joins chunks', () => {
    const text = `${head}transfer-encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n`;
    const answer = read(text);
    expect([answer?.body.toString(), answer?.length]).toEqual(['body', text.length]);
  });

  it.each([
    'HTTP/1.1 200 OK\r\n',
    `${head}content-length: 5\r\n\r\nbody`,
    `${head}transfer-encoding: chunked\r\n\r\n3\r\nbo`,
    `${head}transfer-encoding: chunked\r\n\r\n3\r\nbod\r\n`,
    `${head}transfer-encoding: chunked\r\n\r\n3\r\nbod\r\n0\r\n`,
  ])('waits for the rest of %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each(['SSH-2.0\r\n\r\n', 'HTTP/1.1 200 OK\r\nserver: x\r\n\r\nbody'])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(RangeError);
  });
});

describe('failureOf', () => {
  const answer = (body: string, over: { status?: number; contentType?: string } = {}): string | undefined =>
    failureOf({ status: 200, contentType: 'application/json', body: Buffer.from(body), length: 0, ...over });

  it('finds none in a result', () => {
    expect(answer(success)).toBeUndefined();
  });

  it('finds none in a result at the end of a stream of events', () => {
    const events = `event: message\ndata: {"method":"notifications/progress"}\n\ndata: ${success}\n\n`;
    expect(answer(events, { contentType: 'text/event-stream' })).toBeUndefined();
  });

  it.each([
    ['another status', success, { status: 503 }],
    ['a JSON-RPC error', '{"jsonrpc":"2.0","id":1,"error":{"code":-32000}}', {}],
    ["a tool's failure", '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}', {}],
    ['something else than JSON', 'OK', {}],
    ['a stream without a result', 'data: {"method":"x"}\n\n', { contentType: 'text/event-stream' }],
  ])('tells of %s', (_name, body, over) => {
    expect(answer(body, over)).toContain(body.slice(0, 20));
  });
});
