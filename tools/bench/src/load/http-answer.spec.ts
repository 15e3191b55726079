import { describe, expect, it } from 'vitest';
import { headerOf, readHttpAnswer } from './http-answer.js';

const read = (text: string): ReturnType<typeof readHttpAnswer> => readHttpAnswer(Buffer.from(text));

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

it('reads an answer that has no body', () => {
  const text = 'HTTP/1.1 204 No Content\r\nmcp-session-id: s\r\n\r\n';
  expect(read(text)).toMatchObject({ status: 204, length: text.length });
});

describe('headerOf', () => {
  const head = 'HTTP/1.1 200 OK\r\nMcp-Session-Id:  abc \r\nX-Mcp-Session-Id: other';

  it.each([
    ['mcp-session-id', 'abc'],
    ['x-mcp-session-id', 'other'],
    ['session-id', undefined],
  ])('finds %s', (name, value) => {
    expect(headerOf(head, name)).toBe(value);
  });
});
