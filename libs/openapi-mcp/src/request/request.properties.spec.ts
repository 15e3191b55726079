import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { base, built, parameter, type RequestOf } from '../../test/built-request.js';
import {
  parseCookies,
  parseCookieValue,
  parseDeepObject,
  parseHeader,
  parsePathSegment,
  parseQuery,
  type Kind,
  type Parsed,
  type Tree,
} from '../../test/plain-parsers.js';
import type { UpstreamRequest } from './build-request.js';

// Many runs, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

/** Pieces of text that have broken such code before. */
const nasty = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '...',
    '%2e',
    '%2E%2e',
    '.%2E',
    '%252e%252e',
    '..\\',
    '\\..',
    '/',
    '//',
    '../',
    '/..',
    '%2F',
    '%2f..%2f',
  ],
  ...[
    '%5c',
    '%',
    '%%',
    '%zz',
    '%00',
    '\0',
    '\r\nx-evil: 1',
    '\n',
    '\t',
    ' ',
    '+',
    '&',
    '=',
    '#',
    '?',
    ';',
    ',',
    '|',
    '"',
    "'",
  ],
  ...[
    'a&b=c',
    'a;b',
    'a,b',
    'x=1; y=2',
    '[0]',
    'a[b]',
    '{id}',
    '__proto__',
    '\u2024\u2024',
    '\uff0e\uff0e',
    '\u2215',
    '名前',
    '😀',
    'é',
  ],
);
const text = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(nasty, { maxLength: 3 }).map((all) => all.join('')),
);
const key = fc.oneof(text, fc.string({ minLength: 1, maxLength: 5 }));
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const nested = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.constant(null),
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(key, scalar, { maxKeys: 2 }),
);
const list = fc.array(nested, { minLength: 1, maxLength: 4 }).filter((items) => items.some((item) => item !== null));
const object = fc
  .dictionary(key, nested, { minKeys: 1, maxKeys: 4 })
  .filter((value) => Object.values(value).some((member) => member !== null));
const anyValue = fc.oneof(
  fc.record({ kind: fc.constant<Kind>('scalar'), value: scalar }),
  fc.record({ kind: fc.constant<Kind>('list'), value: list }),
  fc.record({ kind: fc.constant<Kind>('object'), value: object }),
);
/** Of a parameter: the document's author may choose almost anything for a query or a path. */
const name = fc.oneof(
  fc.constantFrom('id', 'filter', 'a[b]', 'x.y', 'q&a', 'größe', '$top'),
  fc.stringMatching(/^[a-z&=#?% é|+-]{1,6}$/),
);
/** In a template a plus sign before the name means several segments. */
const placeholder = name.filter((one) => !one.startsWith('+'));
const tokenName = fc.constantFrom('X-Id', 'sid', 'a.b', '__Host-x', "it's", 'h~1');
const runs = { numRuns: 1000 };

/** What a member is as text, said again: JSON but for strings. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was sent, as a server that knows the kind would have it. */
function expected(kind: Kind, value: unknown): Parsed {
  if (kind === 'scalar') return asText(value);
  if (kind === 'list') return (value as unknown[]).filter((item) => item !== null).map(asText);
  return Object.entries(value as object)
    .filter(([, member]) => member !== null)
    .map(([member, one]): [string, string] => [member, asText(one)]);
}

function pieces(parsed: Parsed): string[] {
  return typeof parsed === 'string' ? [parsed] : parsed.flat();
}

/** Refused for nothing but a reason that holds; sent, it is checked. */
function checked(of: RequestOf, mayBeRefused: boolean, check: (request: UpstreamRequest) => void): void {
  const result = built(of);
  if (result.ok) return check(result.request);
  expect({ problems: result.problems, mayBeRefused }).toEqual({
    problems: expect.any(Array) as unknown,
    mayBeRefused: true,
  });
  const names = Object.keys(of.args ?? {});
  for (const problem of result.problems) expect(names.some((one) => problem.startsWith(`${one}: `))).toBe(true);
}

describe('a path argument', () => {
  const styles = fc.constantFrom('simple', 'label', 'matrix');

  it('is what the server reads, in its own segment', () => {
    fc.assert(
      fc.property(
        placeholder,
        styles,
        fc.boolean(),
        anyValue,
        fc.boolean(),
        (id, style, isExploded, { kind, value }, isAlone) => {
          const parameters = [parameter({ place: 'path', name: id, style, isExploded })];
          const path = isAlone ? `/a/{${id}}/b` : `/a/x{${id}}y/b`;
          const wanted = expected(kind, value);
          // Nothing but dots and what encodes them, in every piece of it.
          const isOfDots = pieces(wanted).every((piece) => /^[.%2eE5]*$/.test(piece));
          checked({ path, parameters, args: { [id]: value } }, isOfDots, ({ url }) => {
            const sent = url.slice(base.length);
            expect(new URL(url).pathname).toBe(`/v1${sent}`);
            const segments = sent.split('/');
            expect(segments).toHaveLength(4);
            expect([segments[1], segments[3]]).toEqual(['a', 'b']);
            const segment = segments[2] ?? '';
            const inner = isAlone ? segment : segment.slice(1, -1);
            expect(parsePathSegment(inner, id, style, isExploded, kind)).toEqual(wanted);
          });
        },
      ),
      runs,
    );
  });

  it('of several segments keeps its slashes and leaves none of them', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (parts) => {
        const value = parts.join('/');
        const parameters = [parameter({ place: 'path', name: 'p', isMultiSegment: true })];
        const isBad = value.split('/').some((piece) => /^(\.|%(25)*2e)*$/i.test(piece));
        checked({ path: '/files/{+p}/end', parameters, args: { p: value } }, isBad, ({ url }) => {
          expect(new URL(url).pathname).toBe(url.slice('https://api.example'.length));
          const segments = url.slice(base.length).split('/');
          expect([segments[1], segments.at(-1)]).toEqual(['files', 'end']);
          expect(segments.slice(2, -1).map(decodeURIComponent)).toEqual(value.split('/'));
        });
      }),
      runs,
    );
  });

  it('shares a segment with others without leaving it', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const parameters = [parameter({ place: 'path', name: 'a' }), parameter({ place: 'path', name: 'b' })];
        const result = built({ path: '/t/{a}.{b}/z', parameters, args: { a, b } });
        if (!result.ok) {
          expect(`${a}.${b}`).toMatch(/^(\.|%(25)*2e){1,2}$/i);
          return;
        }
        const segments = new URL(result.request.url).pathname.split('/');
        expect(segments).toHaveLength(5);
        expect(decodeURIComponent(segments[3] ?? '')).toBe(`${a}.${b}`);
      }),
      runs,
    );
  });
});

describe('a query argument', () => {
  const styles = fc.constantFrom('form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited');
  const before = parameter({ place: 'query', name: 'before' });
  const after = parameter({ place: 'query', name: 'after' });

  /** The parameters of the query between its two neighbours, encoded. */
  function between(url: string): string[] {
    const search = url.slice(url.indexOf('?') + 1);
    expect(url.slice(0, url.indexOf('?'))).toBe(`${base}/t`);
    expect(new URL(url).hash).toBe('');
    const pairs = search.split('&');
    expect([pairs[0], pairs.at(-1)]).toEqual(['before=1', 'after=2']);
    return pairs.slice(1, -1);
  }

  it('is what the server reads, and nothing beside it', () => {
    fc.assert(
      fc.property(
        name,
        styles,
        fc.boolean(),
        fc.boolean(),
        anyValue,
        (q, style, isExploded, allowsReserved, { kind, value }) => {
          const parameters = [before, parameter({ place: 'query', name: q, style, isExploded, allowsReserved }), after];
          const wanted = expected(kind, value);
          const delimiter = { form: undefined, spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' }[style];
          const hasDelimiter = delimiter !== undefined && pieces(wanted).some((piece) => piece.includes(delimiter));
          const mayBeRefused = hasDelimiter && !isExploded && kind !== 'scalar';
          checked({ parameters, args: { before: 1, [q]: value, after: 2 } }, mayBeRefused, ({ url }) => {
            expect(mayBeRefused).toBe(false);
            expect(parseQuery(between(url), q, style, isExploded, kind)).toEqual(wanted);
            if (!allowsReserved) expect(new URL(url).href).toBe(url);
          });
        },
      ),
      runs,
    );
  });

  it('as a deep object nests by brackets', () => {
    const leaf = fc.oneof(scalar, fc.constant(null));
    const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('node'), { maxLength: 3 }), tie('tree')),
      tree: fc.dictionary(key, tie('node'), { maxKeys: 3 }),
    }));
    const asTree = (value: unknown): Tree =>
      Object.entries(value as object).flatMap(([member, one]: [string, unknown]): Tree => {
        if (one === null) return [];
        if (typeof one !== 'object') return [[member, asText(one)]];
        const inner = asTree(one);
        return inner.length === 0 ? [] : [[member, inner]];
      });
    const hasBrackets = (value: unknown): boolean =>
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).some(([member, one]) => /[[\]]/.test(member) || hasBrackets(one));
    fc.assert(
      fc.property(name, tree, fc.boolean(), (q, value, allowsReserved) => {
        const parameters = [before, parameter({ place: 'query', name: q, style: 'deepObject', allowsReserved }), after];
        checked({ parameters, args: { before: 1, [q]: value, after: 2 } }, hasBrackets(value), ({ url }) => {
          expect(parseDeepObject(between(url), q)).toEqual(asTree(value));
        });
      }),
      runs,
    );
  });

  it('declared as JSON content is that JSON', () => {
    fc.assert(
      fc.property(name, fc.jsonValue(), (q, value) => {
        fc.pre(value !== null && !(Array.isArray(value) && value.length === 0));
        const content = { mediaType: 'application/json', kind: 'json' } as const;
        const parameters = [before, parameter({ place: 'query', name: q, content }), after];
        checked({ parameters, args: { before: 1, [q]: value, after: 2 } }, false, ({ url }) => {
          const [[sentName, json] = ['', ''], ...others] = [...new URLSearchParams(between(url).join('&'))];
          expect({ sentName, others }).toEqual({ sentName: q, others: [] });
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        });
      }),
      runs,
    );
  });
});

describe('a header argument', () => {
  it('is what the server reads, and never a second header', () => {
    fc.assert(
      fc.property(tokenName, fc.boolean(), anyValue, (header, isExploded, { kind, value }) => {
        const parameters = [parameter({ place: 'header', name: header, isExploded })];
        const wanted = expected(kind, value);
        const isFit = pieces(wanted).every((piece) => /^[\t\x20-\x7e\x80-\xff]*$/.test(piece));
        const hasComma = kind !== 'scalar' && pieces(wanted).some((piece) => piece.includes(','));
        const hasEquals =
          kind === 'object' && isExploded && Object.keys(value as object).some((one) => one.includes('='));
        checked({ parameters, args: { [header]: value } }, !isFit || hasComma || hasEquals, ({ headers }) => {
          expect(Object.keys(headers).sort()).toEqual(['accept', header.toLowerCase()].sort());
          const sent = headers[header.toLowerCase()] ?? '';
          expect(sent).not.toMatch(/[\r\n\0]/);
          expect(parseHeader(sent, isExploded, kind)).toEqual(wanted);
        });
      }),
      runs,
    );
  });

  it('declared as JSON content is that JSON, in ASCII', () => {
    fc.assert(
      fc.property(tokenName, fc.jsonValue(), (header, value) => {
        fc.pre(value !== null);
        const content = { mediaType: 'application/json', kind: 'json' } as const;
        const parameters = [parameter({ place: 'header', name: header, content })];
        checked({ parameters, args: { [header]: value } }, false, ({ headers }) => {
          const sent = headers[header.toLowerCase()] ?? '';
          expect(sent).toMatch(/^[\x20-\x7e]*$/);
          expect(JSON.parse(sent)).toEqual(JSON.parse(JSON.stringify(value)));
        });
      }),
      runs,
    );
  });
});

describe('a cookie argument', () => {
  it('is what the server reads, and never a second cookie', () => {
    const styles = fc.constantFrom('form', 'cookie');
    fc.assert(
      fc.property(tokenName, styles, fc.boolean(), anyValue, (cookie, style, isExploded, { kind, value }) => {
        const parameters = [
          parameter({ place: 'cookie', name: cookie, style, isExploded }),
          parameter({ place: 'cookie', name: 'last' }),
        ];
        const wanted = expected(kind, value);
        const isRaw = style === 'cookie';
        const allowed = isRaw ? /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/ : /^[^\r\n\0]*$/;
        const isFit = pieces(wanted).every((piece) => allowed.test(piece));
        const isSpread = isRaw && isExploded && kind !== 'scalar';
        const areNames =
          kind !== 'object' || Object.keys(value as object).every((one) => /^[!#$%&'*+.^_`|~\w-]+$/.test(one));
        const of = { parameters, args: { [cookie]: value, last: 'z' }, sources: { configured: { Cookie: 'first=1' } } };
        checked(of, !isFit || (isSpread && !areNames), ({ headers }) => {
          expect(Object.keys(headers).sort()).toEqual(['accept', 'cookie']);
          const cookies = parseCookies(headers.cookie ?? '');
          expect([cookies[0], cookies.at(-1)]).toEqual([
            ['first', '1'],
            ['last', 'z'],
          ]);
          const own = cookies.slice(1, -1);
          if (isSpread) {
            expect(kind === 'list' ? own.map(([, one]) => one) : own).toEqual(wanted);
            return;
          }
          expect(own.map(([one]) => one)).toEqual([cookie]);
          expect(parseCookieValue(own[0]?.[1] ?? '', !isRaw, kind)).toEqual(wanted);
        });
      }),
      runs,
    );
  });
});

describe('over a real connection', () => {
  let server: Server;
  const received: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((incoming, outgoing) => {
      received.push(incoming.url);
      outgoing.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function get(path: string, by: 'fetch' | 'http'): Promise<void> {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (by === 'fetch') {
      await (await fetch(`${origin}${path}`, { redirect: 'manual' })).arrayBuffer();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      httpRequest(`${origin}${path}`, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });
  }

  it.each(['fetch', 'http'] as const)('an argument arrives as it was written, sent by %s', async (by) => {
    await fc.assert(
      fc.asyncProperty(text, text, async (id, q) => {
        const parameters = [parameter({ place: 'path', name: 'id' }), parameter({ place: 'query', name: 'q' })];
        const result = built({ path: '/things/{id}/parts', parameters, args: { id, q } });
        if (!result.ok) return;
        const path = result.request.url.slice('https://api.example'.length);
        received.length = 0;
        await get(path, by);
        expect(received).toEqual([path]);
        const segments = (received[0] ?? '').split('?')[0]?.split('/') ?? [];
        expect(segments.map(decodeURIComponent)).toEqual(['', 'v1', 'things', id, 'parts']);
      }),
      { numRuns: 150 },
    );
  });
});
