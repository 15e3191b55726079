import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentKeys, type KeyRequest } from './argument-keys.js';

type Request = readonly [place: KeyRequest['place'], name: string];

const keysOf = (...requests: Request[]) => argumentKeys(requests.map(([place, name]) => ({ place, name })));

describe('argumentKeys', () => {
  it.each<[string, string]>([
    ['$filter', 'filter'],
    ['filter[name]', 'filter_name'],
    ['ids[]', 'ids'],
    ['a b//c', 'a_b_c'],
    ['X-Request-Id', 'X-Request-Id'],
    ['_private_', '_private_'],
    ['@odata.type', 'odata.type'],
    ['名', 'argument'],
    ['__proto__', 'proto_'],
    ['constructor', 'constructor_'],
    ['prototype', 'prototype_'],
    ['[constructor]', 'constructor_'],
  ])('makes %j the key %s', (name, key) => {
    expect(keysOf(['query', name])).toEqual([key]);
  });

  it.each<[string, Request[], string[]]>([
    [
      'a parameter gives way to the body',
      [
        ['path', 'id'],
        ['body', 'id'],
      ],
      ['id__path', 'id'],
    ],
    [
      'both of two parameters tell their place',
      [
        ['query', 'q'],
        ['header', 'q'],
      ],
      ['q__query', 'q__header'],
    ],
    [
      'cookies too',
      [
        ['cookie', 'sid'],
        ['body', 'sid'],
      ],
      ['sid__cookie', 'sid'],
    ],
    [
      'a generated key gives way to a property of that name',
      [
        ['path', 'id'],
        ['body', 'id'],
        ['body', 'id__path'],
      ],
      [expect.stringMatching(/^id__path_[0-9a-z]{7}$/), 'id', 'id__path'],
    ],
    [
      'a name that needs no change keeps it',
      [
        ['query', 'filter[name]'],
        ['query', 'filter_name'],
      ],
      ['filter_name__query', 'filter_name'],
    ],
    [
      'the choice of a media type gives way',
      [
        ['content-type', 'content_type'],
        ['query', 'content_type'],
      ],
      ['content_type__body', 'content_type'],
    ],
  ])('%s', (_, requests, keys) => {
    expect(keysOf(...requests)).toEqual(keys);
  });

  it('tells rewritten properties of one key apart by their names', () => {
    const keys = keysOf(['body', '名'], ['body', '前']);
    expect(keys).toEqual(keysOf(['body', '前'], ['body', '名']).reverse());
    expect(new Set(keys).size).toBe(2);
  });

  it('cuts a long name to a key that depends on all of it', () => {
    const [one, other] = keysOf(['query', `${'x'.repeat(80)}a`], ['query', `${'x'.repeat(80)}b`]);
    expect(one).toMatch(/^x{56}_[0-9a-z]{7}$/);
    expect(other).toMatch(/^x{56}_[0-9a-z]{7}$/);
    expect(one).not.toBe(other);
  });

  const place = fc.constantFrom<KeyRequest['place']>('path', 'query', 'header', 'cookie', 'body');
  const awkward = fc.constantFrom(
    'id',
    'id__path',
    'id__query',
    'id_',
    '[id]',
    '$id',
    '__proto__',
    'constructor',
    '名',
    '前',
    '',
  );
  const name = fc.oneof(
    awkward,
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ minLength: 60, maxLength: 70 }),
  );
  const requests = fc.uniqueArray(fc.record({ place, name }), {
    selector: (request) => `${request.place} ${request.name}`,
    maxLength: 40,
  });

  it('gives every argument a key of its own that model APIs accept, whatever the names', () => {
    fc.assert(
      fc.property(requests, (some) => {
        const keys = argumentKeys(some);
        expect(keys).toHaveLength(some.length);
        expect(new Set(keys).size).toBe(some.length);
        for (const key of keys) {
          expect(key).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
          expect(['__proto__', 'constructor', 'prototype']).not.toContain(key);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the names of body properties that need no change', () => {
    fc.assert(
      fc.property(requests, (some) => {
        const keys = argumentKeys(some);
        some.forEach((request, index) => {
          const isKey = /^[a-zA-Z0-9_.-]{1,64}$/.test(request.name);
          const isInherited = ['__proto__', 'constructor', 'prototype'].includes(request.name);
          if (request.place === 'body' && isKey && !isInherited) expect(keys[index]).toBe(request.name);
        });
      }),
    );
  });

  it('gives the same keys in whatever order the arguments are declared', () => {
    const plain = fc.record({ place, name: fc.oneof(awkward, fc.constantFrom('a b', 'a/b', 'a_b')) });
    const some = fc.uniqueArray(plain, { selector: (one) => `${one.place} ${one.name}`, maxLength: 12 });
    fc.assert(
      fc.property(some, (declared) => {
        expect(argumentKeys([...declared].reverse()).reverse()).toEqual(argumentKeys(declared));
      }),
    );
  });
});
