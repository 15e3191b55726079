import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser.js';

/** Everything that is told, in order. */
function parsed(maxBytes = 1_000_000) {
  const told: unknown[][] = [];
  const parser = new SseParser(maxBytes, {
    onEvent: (type, data) => told.push([type, data]),
    onId: (id) => told.push(['id', id]),
    onRetry: (ms) => told.push(['retry', ms]),
    onOversized: () => told.push(['oversized']),
    onOversizedEnd: (head, tail) => told.push(['oversized end', head, tail]),
  });
  return { told, push: (text: string | Buffer) => parser.push(Buffer.from(text as string)) };
}

function eventsIn(text: string): unknown[][] {
  const { told, push } = parsed();
  push(text);
  return told;
}

describe('SseParser', () => {
  it.each([
    ['line feeds', 'data: a\n\ndata: b\n\n'],
    ['carriage returns and line feeds', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['carriage returns', 'data: a\r\rdata: b\r\r'],
    ['a byte order mark', '\ufeffdata: a\n\ndata: b\n\n'],
    ['comments', ': hello\n\ndata: a\n:\n\n: heartbeat\ndata: b\n\n'],
    ['no space after the colon', 'data:a\n\ndata:b\n\n'],
    ['unknown fields', 'foo: bar\ndata: a\nbaz\n\ndata: b\n\n'],
  ])('reads lines with %s', (_, text) => {
    expect(eventsIn(text)).toEqual([
      ['message', 'a'],
      ['message', 'b'],
    ]);
  });

  it('tells the type, and the id after the event', () => {
    expect(eventsIn('event: endpoint\nid: 7\ndata: /m\n\n')).toEqual([
      ['endpoint', '/m'],
      ['id', '7'],
    ]);
  });

  it('forgets type and id with the event', () => {
    expect(eventsIn('event: a\nid: 1\ndata: x\n\ndata: y\n\n')).toEqual([
      ['a', 'x'],
      ['id', '1'],
      ['message', 'y'],
    ]);
  });

  it('joins the lines of data', () => {
    expect(eventsIn('data: a\ndata:  b\ndata\ndata: c\n\n')).toEqual([['message', 'a\n b\n\nc']]);
  });

  it('tells the id of an event without data, and no event', () => {
    expect(eventsIn('id: 1\ndata: \n\nid: 2\n\n')).toEqual([
      ['id', '1'],
      ['id', '2'],
    ]);
  });

  it('takes no id with a null character', () => {
    expect(eventsIn('id: a\0b\ndata: x\n\n')).toEqual([['message', 'x']]);
  });

  it('takes a time to come back that is a number', () => {
    expect(eventsIn('retry: 250\nretry: soon\nretry: -1\nretry: 99999999999\n\n')).toEqual([['retry', 250]]);
  });

  it('drops an event that breaks off', () => {
    expect(eventsIn('data: a\n\ndata: b\n')).toEqual([['message', 'a']]);
  });

  it.each(['data: ü€😀\r\nid: 1\r\n\r\ndata: b\r\n\r\n', '\ufeffdata: ü€😀\nid: 1\n\ndata: b\n\n'])(
    'reads the same however the bytes are cut (%j)',
    (text) => {
      const bytes = Buffer.from(text);
      const whole = eventsIn(text);
      expect(whole).toEqual([
        ['message', 'ü€😀'],
        ['id', '1'],
        ['message', 'b'],
      ]);
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const { told, push } = parsed();
        push(bytes.subarray(0, cut));
        push(bytes.subarray(cut));
        expect(told).toEqual(whole);
      }
      const { told, push } = parsed();
      for (const byte of bytes) push(Buffer.of(byte));
      expect(told).toEqual(whole);
    },
  );

  it('leaves out an event that is too large, and tells its ends', () => {
    const { told, push } = parsed(3_000);
    push(`data: {"begin":1,${'x'.repeat(4_000)}`);
    expect(told).toEqual([['oversized']]);
    push(`${'y'.repeat(4_000)},"end":1}\nid: 3\n\ndata: next\n\n`);
    expect(told).toHaveLength(3);
    expect(told[1]?.[1]).toMatch(/^\{"begin":1,x+$/);
    expect(told[1]?.[2]).toMatch(/^y+,"end":1\}$/);
    expect(told[2]).toEqual(['message', 'next']);
  });

  it('counts all lines of an event, and comments too', () => {
    const { told, push } = parsed(100);
    for (let line = 0; line < 20; line += 1) push('data: 0123456789\n');
    push('\n');
    push(`:${'c'.repeat(200)}\n\n`);
    expect(told.filter(([what]) => what === 'oversized')).toHaveLength(2);
    expect(told.filter(([what]) => what === 'message')).toEqual([]);
  });

  it('keeps no more than its limit of what has no end', () => {
    const { told, push } = parsed(1_000_000);
    const part = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 1_000; count += 1) push(Buffer.from(part));
    expect(told).toEqual([['oversized']]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000);
  });
});
