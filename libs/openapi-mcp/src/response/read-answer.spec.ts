import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFailure } from './map-failure.js';
import { mapContents } from './map-contents.js';
import { mapSuccess } from './map-success.js';
import { readAnswer } from './read-answer.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('readAnswer', () => {
  it.each([
    ['JSON that is none as text', 'application/json', '<html>', { kind: 'text', text: '<html>' }],
    ['JSON that is no text either as bytes', 'application/json', '\x89PNG\0\xff', { kind: 'binary' }],
    ['white space for JSON as nothing', 'application/json', ' \n', { kind: 'empty' }],
    ['white space for text as text', 'text/plain', ' \n', { kind: 'text', text: ' \n' }],
    ['JSON that says nothing of itself', null, '{"a":1}', { kind: 'json', value: { a: 1 } }],
    ['a multipart body without its parts as text', 'multipart/mixed; boundary=x', 'oops', { kind: 'text' }],
    [
      'a part within a part as bytes',
      'multipart/mixed; boundary=x',
      '--x\r\ncontent-type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--',
      { kind: 'parts', parts: [{ kind: 'binary' }] },
    ],
  ])('takes %s', (_, contentType, body, expected) => {
    expect(readAnswer(contentType, latin1(body))).toMatchObject(expected);
  });
});

describe('whatever an API answers', () => {
  const types = fc.oneof(
    fc.constantFrom(
      null,
      'application/json',
      'text/plain; charset=utf-16',
      'image/png',
      'multipart/mixed; boundary=x',
      'a/b',
    ),
    fc.string(),
  );
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.json().map((json) => Buffer.from(json)),
    fc.string().map((text) => latin1(`--x\r\n${text}\r\n\r\n${text}\r\n--x--`)),
  );

  it('becomes a result, a resource and a failure that can be written', () => {
    fc.assert(
      fc.property(types, bodies, fc.integer({ min: 1, max: 200 }), (contentType, body, maxBytes) => {
        const answer = readAnswer(contentType, body);
        const result = mapSuccess(answer, { toolName: 't', hasOutputSchema: true, maxResultBytes: maxBytes });
        expect(result.structuredContent).toBeTypeOf('object');
        const contents = mapContents('resource://t', contentType, answer, maxBytes);
        expect(contents.every(({ mimeType }) => typeof mimeType === 'string')).toBe(true);
        const head = { status: 500, statusText: '', headers: { get: () => null } };
        expect(describeFailure(head, body, ['secret'], maxBytes)).toMatch(/^HTTP 500 Internal Server Error/);
        JSON.stringify([result, contents]);
      }),
      { numRuns: 1000 },
    );
  });
});
