import { expect, it } from 'vitest';
import { hasScope, matchesGlob, mayCallServer, mayWriteName, type Principal } from './principal.js';
import { TokenAuth, sha256Hex } from './token-auth.js';

const auth = new TokenAuth([
  {
    name: 'a',
    sha256: sha256Hex('token-a'),
    scopes: ['publish'],
    namespaces: ['io.github.a/*'],
    servers: ['a-*'],
  },
  { name: 'b', sha256: sha256Hex('token-b').toUpperCase(), scopes: ['admin'] },
]);
const principal = (extra: Partial<Principal>): Principal => ({
  name: 'x',
  scopes: ['call'],
  ...extra,
});

it('knows who sent a token', () => {
  expect(auth.authenticate('Bearer token-a')).toEqual({
    kind: 'authenticated',
    principal: {
      name: 'a',
      scopes: ['publish'],
      namespaces: ['io.github.a/*'],
      servers: ['a-*'],
    },
  });
});
it('takes the scheme in any case and the hash in capitals', () => {
  expect(auth.authenticate('bearer token-b')).toMatchObject({
    principal: { name: 'b' },
  });
});
it.each([
  'Bearer token',
  'Bearer token-aa',
  'token-a',
  'Basic token-a',
  'Bearer ',
  'Bearer a b',
  `Bearer ${sha256Hex('token-a')}`,
])('rejects "%s"', (header) => {
  expect(auth.authenticate(header)).toEqual({ kind: 'rejected' });
});
it('tells a missing token from a wrong one', () => {
  expect(auth.authenticate(undefined)).toEqual({ kind: 'missing' });
});
it('counts every scope to an administrator, and reading to a publisher', () => {
  expect(hasScope(principal({ scopes: ['admin'] }), 'call')).toBe(true);
  expect(hasScope(principal({ scopes: ['publish'] }), 'read')).toBe(true);
  expect(hasScope(principal({ scopes: ['publish'] }), 'call')).toBe(false);
  expect(hasScope(principal({ scopes: ['call'] }), 'read')).toBe(false);
});
it('limits what may be written and called only where globs say so', () => {
  expect(mayWriteName(principal({}), 'any/thing')).toBe(true);
  expect(mayWriteName(principal({ namespaces: ['io.github.a/*'] }), 'io.github.b/x')).toBe(false);
  expect(mayCallServer(principal({ servers: ['github-*', 'weather'] }), 'weather')).toBe(true);
  expect(mayCallServer(principal({ servers: [] }), 'weather')).toBe(false);
});
it.each([
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*a', 'a', false],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'acb', false],
  ['*', '', true],
  ['a.c', 'abc', false],
])('matches %s with %s: %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});
