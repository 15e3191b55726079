import { describe, expect, it } from 'vitest';
import { multipartParts } from './multipart-answer.js';

const parts = (text: string, boundary: string | undefined = 'x') =>
  multipartParts(Buffer.from(text, 'latin1'), boundary)?.map(({ contentType, bytes }) => [
    contentType,
    Buffer.from(bytes).toString('latin1'),
  ]);

describe('multipartParts', () => {
  it('gives each part with its type and bytes', () => {
    const text =
      'preamble\r\n--x\r\nContent-Type: image/png; a=b\r\nx: y\r\n\r\n\0\r\n\xff\r\n--x\r\n\r\nplain\r\n--x--\r\nepilogue';
    expect(parts(text)).toEqual([
      ['image/png; a=b', '\0\r\n\xff'],
      [null, 'plain'],
    ]);
  });

  it.each([
    ['has no end', '--x\r\n\r\na'],
    ['has no such boundary', '--y\r\n\r\na\r\n--y--'],
    ['has a part without a head', '--x\r\na\r\n--x--'],
    ['is empty', ''],
  ])('gives nothing of what %s', (_, text) => {
    expect(parts(text)).toBeUndefined();
  });

  it('gives nothing without a boundary', () => {
    expect(multipartParts(Buffer.from('--\r\n\r\na\r\n----'), undefined)).toBeUndefined();
  });
});
