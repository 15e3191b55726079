import { describe, expect, it } from 'vitest';
import { answerKindOf, mediaTypeOf } from './media-type.js';

describe('mediaTypeOf', () => {
  it.each([
    ['Application/JSON', { type: 'application/json' }],
    ['text/plain; charset=UTF-8', { type: 'text/plain', charset: 'UTF-8' }],
    ['text/plain;Charset="utf-8"', { type: 'text/plain', charset: 'utf-8' }],
    ['multipart/mixed; boundary="a=b"', { type: 'multipart/mixed', boundary: 'a=b' }],
    ['json', { type: '' }],
    ['*/*', { type: '' }],
    ['; charset=utf-8', { type: '', charset: 'utf-8' }],
    ['application/json, application/json', { type: '' }],
    ['', { type: '' }],
    [null, { type: '' }],
  ])('reads %j', (header, expected) => {
    expect(mediaTypeOf(header)).toEqual(expected);
  });
});

describe('answerKindOf', () => {
  it.each([
    [
      'json',
      ['application/json', 'application/problem+json', 'text/json', 'application/x-json', 'application/vnd.api+json'],
    ],
    [
      'text',
      [
        'text/html',
        'text/event-stream',
        'application/xml',
        'application/x-ndjson',
        'application/jsonl',
        'application/yaml',
        'application/atom+xml',
        'image/svg+xml',
        'application/javascript',
      ],
    ],
    ['image', ['image/png', 'image/x-icon']],
    ['audio', ['audio/ogg']],
    ['multipart', ['multipart/mixed', 'multipart/form-data']],
    ['binary', ['application/pdf', 'application/octet-stream', 'video/mp4', 'application/zip']],
    ['unknown', ['']],
  ])('takes as %s', (kind, types) => {
    expect(types.map(answerKindOf)).toEqual(types.map(() => kind));
  });
});
