import { describe, expect, it } from 'vitest';
import { mapContents } from './map-contents.js';
import { readAnswer } from './read-answer.js';

const contents = (contentType: string | null, body: string, maxBytes = 1000) =>
  mapContents('resource://r', contentType, readAnswer(contentType, Buffer.from(body, 'latin1')), maxBytes);
const uri = 'resource://r';

describe('mapContents', () => {
  it('gives text as it came, with its media type', () => {
    expect(contents('Application/Problem+JSON; charset=utf-8', '{ "a": 1.0 }')).toEqual([
      { uri, mimeType: 'application/problem+json', text: '{ "a": 1.0 }' },
    ]);
    expect(contents('text/html', '<p>')).toEqual([{ uri, mimeType: 'text/html', text: '<p>' }]);
  });

  it('names the media type where the API does not', () => {
    expect(contents(null, '[1]')).toEqual([{ uri, mimeType: 'application/json', text: '[1]' }]);
    expect(contents(null, 'x')).toEqual([{ uri, mimeType: 'text/plain', text: 'x' }]);
    expect(contents(null, '\0\xff')).toEqual([{ uri, mimeType: 'application/octet-stream', blob: 'AP8=' }]);
  });

  it('has empty text of the declared type for an empty answer', () => {
    expect(contents('application/json', '')).toEqual([{ uri, mimeType: 'application/json', text: '' }]);
    expect(contents(null, '')).toEqual([{ uri, mimeType: 'text/plain', text: '' }]);
  });

  it('tells in an item of its own what was cut', () => {
    expect(contents('application/json', '[1000, 2000, 3000]', 12)).toEqual([
      { uri, mimeType: 'application/json', text: '[1000,2000]' },
      { uri, mimeType: 'text/plain', text: expect.stringContaining('kept 2 of 3 items') },
    ]);
    expect(contents('image/png', 'PNGPNGPNG', 8)).toEqual([
      { uri, mimeType: 'text/plain', text: expect.stringContaining('9 bytes of image/png') },
    ]);
  });

  it('has an item for each part of a multipart answer', () => {
    expect(
      contents('multipart/mixed; boundary=x', '--x\r\n\r\na\r\n--x\r\ncontent-type: a/b\r\n\r\nb\r\n--x--'),
    ).toEqual([
      { uri, mimeType: 'text/plain', text: 'a' },
      { uri, mimeType: 'a/b', blob: 'Yg==' },
    ]);
  });
});
