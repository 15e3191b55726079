import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  parseCookies,
  parseCookieValue,
  parseHeader,
  parsePathSegment,
  parseQuery,
  type Kind,
  type Parsed,
} from '../../test/plain-parsers.js';
import { anOperation, recordedApi, type Recorded } from '../../test/recorded-api.js';

// Many runs, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

/** A schema of a document, and a value that it allows. */
interface Typed {
  schema: Record<string, unknown>;
  value: unknown;
  kind: Kind;
}

const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const scalarTypes: Record<string, fc.Arbitrary<unknown>> = {
  string: text,
  integer: fc.integer(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  boolean: fc.boolean(),
};
const scalarType = fc.constantFrom(...Object.keys(scalarTypes));
const valueOf = (type: string) => scalarTypes[type] ?? text;

const typed: fc.Arbitrary<Typed> = fc.oneof(
  scalarType.chain((type) => valueOf(type).map((value): Typed => ({ schema: { type }, value, kind: 'scalar' }))),
  scalarType.chain((type) =>
    fc
      .array(valueOf(type), { minLength: 1, maxLength: 3 })
      .map((value): Typed => ({ schema: { type: 'array', items: { type } }, value, kind: 'list' })),
  ),
  scalarType.chain((type) =>
    fc
      .dictionary(text, valueOf(type), { minKeys: 1, maxKeys: 3, noNullPrototype: true })
      .map((value): Typed => ({ schema: { type: 'object', additionalProperties: { type } }, value, kind: 'object' })),
  ),
);

const places = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited'],
  header: ['simple'],
  cookie: ['form'],
} as const;
type Place = keyof typeof places;

const declared = fc.constantFrom(...(Object.keys(places) as Place[])).chain((place) =>
  fc.record({
    place: fc.constant(place),
    name: fc.constantFrom('id', 'X-Id', 'a.b', '$top', 'filter', 'constructor', '__proto__'),
    style: fc.constantFrom(...places[place]),
    explode: fc.boolean(),
    allowReserved: fc.boolean(),
  }),
);

function expected({ kind, value }: Typed): Parsed {
  const asText = (one: unknown) => (typeof one === 'string' ? one : JSON.stringify(one));
  if (kind === 'scalar') return asText(value);
  if (kind === 'list') return (value as unknown[]).map(asText);
  return Object.entries(value as object).map(([key, one]): [string, string] => [key, asText(one)]);
}

describe('a parameter of a document', () => {
  it('gives the server what the caller gave the tool', async () => {
    let sentCount = 0;
    await fc.assert(
      fc.asyncProperty(declared, typed, async ({ place, name, style, explode, allowReserved }, value) => {
        const operation = {
          parameters: [{ in: place, name, style, explode, allowReserved, required: true, schema: value.schema }],
        };
        const api = recordedApi(anOperation(place === 'path' ? `GET /t/x{${name}}y/z` : 'GET /t', operation));
        const [key = ''] = Object.keys(api.tools[0]?.inputSchema.properties as object);
        expect(key).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
        const result = await api.call({ [key]: value.value });
        const [request] = api.requests;
        if (!request) {
          // Told why, and only for what its style has no way to say.
          expect(result).toMatchObject({ isError: true });
          const problems = JSON.stringify(result.content);
          expect(problems).toMatch(/separates them|can't carry|equals sign/);
          expect(['header', 'cookie'].includes(place) || /Delimited/.test(style)).toBe(true);
          return;
        }
        sentCount += 1;
        expect(received(request, place, name, style, explode, value.kind)).toEqual(expected(value));
      }),
      { numRuns: 200 },
    );
    expect(sentCount).toBeGreaterThan(100);
  });
});

function received(request: Recorded, place: Place, name: string, style: string, explode: boolean, kind: Kind): Parsed {
  const url = new URL(request.url);
  switch (place) {
    case 'path': {
      const segments = url.pathname.split('/');
      expect([...segments.slice(0, 3), segments[4], segments.length]).toEqual(['', 'v1', 't', 'z', 5]);
      return parsePathSegment((segments[3] ?? '').slice(1, -1), name, style, explode, kind);
    }
    case 'query':
      expect(url.pathname).toBe('/v1/t');
      return parseQuery(request.url.slice(request.url.indexOf('?') + 1).split('&'), name, style, explode, kind);
    case 'header': {
      const { accept: _accept, ...own } = request.headers;
      expect(Object.keys(own)).toEqual([name.toLowerCase()]);
      return parseHeader(own[name.toLowerCase()] ?? '', explode, kind);
    }
    case 'cookie': {
      const cookies = parseCookies(request.headers.cookie ?? '');
      expect(cookies.map(([one]) => one)).toEqual([name]);
      return parseCookieValue(cookies[0]?.[1] ?? '', true, kind);
    }
  }
}
