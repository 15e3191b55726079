import { describe, expect, it } from 'vitest';
import { messageText, ReadyResult } from './ready-result.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('ReadyResult', () => {
  it.each([
    ['text', '{"tools":[{"name":"ü"}]}', {}],
    ['bytes', utf8('{"tools":[{"name":"ü"}]}'), {}],
    ['text with members', '{"tools":[{"name":"ü"}]}', { ttlMs: 0 }],
    ['bytes with members', utf8('{"tools":[{"name":"ü"}]}'), { ttlMs: 0 }],
  ])('is the message around %s', (_, json, members) => {
    const expected = { jsonrpc: '2.0', id: 'a"b', result: { ...members, tools: [{ name: 'ü' }] } };
    const ready = new ReadyResult('a"b', json, members);
    expect(messageText(ready)).toBe(JSON.stringify(expected));
    expect(JSON.stringify([ready])).toBe(JSON.stringify([expected]));
  });

  it.each([
    ['alone', {}],
    ['with members', { resultType: 'complete' }],
  ])('is the message around an empty object, %s', (_, members) => {
    const expected = JSON.stringify({ jsonrpc: '2.0', id: 1, result: members });
    expect(messageText(new ReadyResult(1, '{}', members))).toBe(expected);
    expect(messageText(new ReadyResult(1, utf8('{}'), members))).toBe(expected);
  });

  it('hands large bytes over as they are', () => {
    const json = utf8('{"tools":[]}');
    const [, part] = new ReadyResult(1, json).parts();
    expect((part as Uint8Array).buffer).toBe(json.buffer);
  });
});
