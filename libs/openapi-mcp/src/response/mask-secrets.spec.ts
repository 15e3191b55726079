import { describe, expect, it } from 'vitest';
import { maskSecrets } from './mask-secrets.js';

const secret = 'pä ss"/wörd+1?';

describe('maskSecrets', () => {
  it.each([
    ['as it is', secret],
    ['escaped for JSON', JSON.stringify(secret).slice(1, -1)],
    ['escaped for JSON with slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase())],
    ['form-encoded', new URLSearchParams({ k: secret }).toString().slice(2)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ])('masks a secret %s', (_, form) => {
    expect(maskSecrets(`<${form}>`, [secret])).toBe('<***>');
  });

  it('masks a short secret as a word only', () => {
    expect(maskSecrets('abc abcd "abc" xabc', ['abc'])).toBe('*** abcd "***" xabc');
  });

  it('masks all of a secret that holds another', () => {
    expect(maskSecrets('x12345678-extra x12345678', ['x12345678', 'x12345678-extra'])).toBe('*** ***');
  });

  it('takes characters of regular expressions and lone surrogates as they are', () => {
    expect(maskSecrets('a.c (a+ \ud800x', ['a.c', '(a+', '\ud800x'])).toBe('*** *** ***');
    expect(maskSecrets('abc', ['a.c', '', '  '])).toBe('abc');
  });
});
