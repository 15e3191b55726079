import { describe, expect, it } from 'vitest';
import { secretsIn } from './sent-secrets.js';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('secretsIn', () => {
  it.each([
    ['a bearer token', 'Bearer t1', ['t1']],
    ["the token of a scheme of the API's own", 'GenieKey k-123456789', ['k-123456789']],
    ['the value of a parameter after a scheme', 'Token token="k-123456789", id=1', ['k-123456789']],
    ['the value of a cookie', 'theme=dark; sid=s-123456789', ['s-123456789']],
    ['a password', basic('anna:pass-word-1'), ['pass-word-1', 'anna:pass-word-1']],
    ['a key that is the user name', basic('sk_live_123:'), ['sk_live_123']],
    ['a key beside a word for a password', basic('0123456789abcdef:api_token'), ['0123456789abcdef']],
  ])('finds %s', (_, value, secrets) => {
    expect(secretsIn(value)).toEqual(expect.arrayContaining([value, ...secrets]));
  });

  it.each([
    ['a user name', basic('anna:pass-word-1'), 'anna'],
    ['a word of a header', 'my app', 'app'],
    ['a short cookie', 'theme=dark', 'dark'],
  ])('leaves %s alone', (_, value, word) => {
    expect(secretsIn(value)).not.toContain(word);
  });
});
