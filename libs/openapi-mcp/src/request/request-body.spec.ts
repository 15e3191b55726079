import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ExactInteger } from '../arguments/exact-integer.js';
import { base, parameter, problemsOf, request, type RequestOf } from '../../test/built-request.js';
import type { BodyContent, PropertyEncoding } from '../operations/operation.js';
import type { UpstreamRequest } from './build-request.js';

// Many runs, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

const file = { type: 'string', contentEncoding: 'base64' };
const bytes = (text: string) => Buffer.from(text).toString('base64');
const encodings = (entries: Record<string, PropertyEncoding>) => new Map(Object.entries(entries));

function body(of: RequestOf): string {
  const sent = request(of).body;
  return typeof sent === 'string' ? sent : Buffer.from(sent ?? []).toString('latin1');
}

/** The parts as a server reads them, told apart by the boundary that the header names. */
function partsOf({ headers, body: sent = '' }: UpstreamRequest): { head: string[]; content: string }[] {
  const boundary = /; boundary=([\w-]+)$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
  const pieces = Buffer.from(sent).toString('utf8').split(`--${boundary}`);
  expect([pieces[0], pieces.at(-1)]).toEqual(['', '--\r\n']);
  return pieces.slice(1, -1).map((piece) => {
    expect(piece.startsWith('\r\n') && piece.endsWith('\r\n')).toBe(true);
    const [head = '', ...content] = piece.slice(2, -2).split('\r\n\r\n');
    return { head: head.split('\r\n'), content: content.join('\r\n\r\n') };
  });
}

async function formDataOf({ headers, body: sent = '' }: UpstreamRequest): Promise<[string, string | File][]> {
  const response = new Response(sent, { headers: { 'content-type': headers['content-type'] ?? '' } });
  return [...(await response.formData()).entries()];
}

describe('a urlencoded body', () => {
  const content = (
    encoding: Record<string, PropertyEncoding> = {},
  ): Partial<BodyContent> & Pick<BodyContent, 'mediaType' | 'kind'> => ({
    mediaType: 'application/x-www-form-urlencoded',
    kind: 'form',
    encoding: encodings(encoding),
  });

  it.each<[Record<string, PropertyEncoding>, unknown, string]>([
    [{}, 'x y&z', 'a=x+y%26z'],
    [{}, ['x', 'y'], 'a=x&a=y'],
    [{}, { k: 'v' }, 'a=%7B%22k%22%3A%22v%22%7D'],
    [{}, [{ k: 1 }], 'a=%7B%22k%22%3A1%7D'],
    [{}, null, ''],
    [{}, [], ''],
    [{ a: { style: 'form', isExploded: false } }, ['x', 'y,z'], 'a=x,y%2Cz'],
    [{ a: { isExploded: false } }, { k: 'v' }, 'a=k,v'],
    [{ a: { style: 'form' } }, { k: 'v' }, 'k=v'],
    [{ a: { style: 'deepObject', isExploded: true } }, { k: { l: [1] } }, 'a%5Bk%5D%5Bl%5D%5B0%5D=1'],
    [{ a: { style: 'spaceDelimited' } }, ['x', 'y'], 'a=x+y'],
    [{ a: { style: 'pipeDelimited' } }, ['x', 'y'], 'a=x%7Cy'],
    [{ a: { style: 'tabDelimited' } }, ['x', 'y'], 'a=x%09y'],
    [{ a: { allowsReserved: true } }, 'a/b&c+d', 'a=a/b%26c%2Bd'],
    [{ a: { contentType: 'application/json' } }, 'x', 'a=%22x%22'],
    [{ a: { contentType: 'application/json', style: 'form' } }, 'x', 'a=x'],
  ])('with encoding %j: %j becomes %s', (encoding, value, expected) => {
    expect(body({ content: content(encoding), properties: { a: {} }, args: { a: value } })).toBe(expected);
  });

  it('refuses what its style has no way to say', () => {
    const of = { content: content({ a: { style: 'pipeDelimited' } }), properties: { a: {} }, args: { a: ['x|y'] } };
    expect(problemsOf(of)).toEqual(['a: must not have a pipe (|) in an item: it separates them']);
  });

  it('is sent as it is where it is given as text', () => {
    expect(body({ content: content(), whole: {}, args: { body: 'a=1&b=2' } })).toBe('a=1&b=2');
  });

  it('is what the server reads', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'binary' }),
          fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { minLength: 1 })),
        ),
        (args) => {
          const properties = Object.fromEntries(Object.keys(args).map((key) => [key, {}]));
          const expected = Object.entries(args).flatMap(([key, value]) => [value].flat().map((item) => [key, item]));
          expect([...new URLSearchParams(body({ content: content(), properties, args }))]).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a multipart body', () => {
  const content = (encoding: Record<string, PropertyEncoding> = {}, mediaType = 'multipart/form-data') =>
    ({ mediaType, kind: 'multipart', encoding: encodings(encoding) }) as const;

  it('has its parts in the order of the schema', () => {
    const of = { content: content(), properties: { a: {}, b: {}, c: {} }, args: { c: '3', a: '1', b: '2' } };
    expect(partsOf(request(of)).map(({ content: text }) => text)).toEqual(['1', '2', '3']);
  });

  it.each<[string, unknown, unknown, PropertyEncoding, { head: string[]; content: string }[]]>([
    [
      'text of a scalar',
      {},
      5,
      {},
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: text/plain'], content: '5' }],
    ],
    [
      'text beyond ASCII in UTF-8',
      {},
      'é',
      {},
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: text/plain; charset=utf-8'], content: 'é' }],
    ],
    [
      'JSON of an object',
      {},
      { k: 1 },
      {},
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: application/json'], content: '{"k":1}' }],
    ],
    [
      'a part for each item',
      {},
      ['x', { k: 1 }, null],
      {},
      [
        { head: ['Content-Disposition: form-data; name="p"', 'Content-Type: text/plain'], content: 'x' },
        { head: ['Content-Disposition: form-data; name="p"', 'Content-Type: application/json'], content: '{"k":1}' },
      ],
    ],
    ['nothing for null', {}, null, {}, []],
    [
      'the bytes of a file',
      file,
      bytes('hi'),
      {},
      [
        {
          head: ['Content-Disposition: form-data; name="p"; filename="p"', 'Content-Type: application/octet-stream'],
          content: 'hi',
        },
      ],
    ],
    [
      'a file with its name and type',
      file,
      { filename: 'a"\r\nb.png', content_type: 'image/png', data: bytes('hi') },
      { contentType: 'image/jpeg' },
      [
        {
          head: ['Content-Disposition: form-data; name="p"; filename="a%22%0D%0Ab.png"', 'Content-Type: image/png'],
          content: 'hi',
        },
      ],
    ],
    [
      'files of a list with the first declared type that is no range',
      file,
      [bytes('1'), bytes('2')],
      { contentType: 'image/*, image/png' },
      ['1', '2'].map((text) => ({
        head: ['Content-Disposition: form-data; name="p"; filename="p"', 'Content-Type: image/png'],
        content: text,
      })),
    ],
    [
      'the declared type and headers',
      {},
      '<a/>',
      {
        contentType: 'application/xml; charset=utf-8',
        headers: { 'X-Part': 'one', 'Content-Type': 'a/b', 'X-Evil': 'a\r\nb' },
      },
      [
        {
          head: [
            'Content-Disposition: form-data; name="p"',
            'Content-Type: application/xml; charset=utf-8',
            'X-Part: one',
          ],
          content: '<a/>',
        },
      ],
    ],
    [
      'JSON of a scalar where that is declared',
      {},
      'x',
      { contentType: 'application/json' },
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: application/json'], content: '"x"' }],
    ],
    [
      'text that happens to be base64 where the schema says it is text',
      { type: 'string', format: 'byte', contentEncoding: 'base64' },
      'aGk=',
      {},
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: text/plain'], content: 'aGk=' }],
    ],
    [
      'one part for a list whose style joins it',
      {},
      ['x', 'y'],
      { isExploded: false },
      [{ head: ['Content-Disposition: form-data; name="p"', 'Content-Type: text/plain'], content: 'x,y' }],
    ],
    [
      'a part for each member of a deep object',
      {},
      { a: 1, b: { c: 2 } },
      { style: 'deepObject' },
      [
        { head: ['Content-Disposition: form-data; name="p[a]"', 'Content-Type: text/plain'], content: '1' },
        { head: ['Content-Disposition: form-data; name="p[b][c]"', 'Content-Type: text/plain'], content: '2' },
      ],
    ],
  ])('carries %s', (_, schema, value, encoding, expected) => {
    const files = schema === file ? ['p'] : [];
    const sent = request({ content: content({ p: encoding }), properties: { p: schema }, files, args: { p: value } });
    expect(sent.headers['content-type']).toMatch(/^multipart\/form-data; boundary=[\w-]{1,70}$/);
    expect(partsOf(sent)).toEqual(expected);
  });

  it.each(['multipart/mixed', 'multipart/related'])('of type %s is put together alike', (mediaType) => {
    const sent = request({
      content: content({}, `${mediaType}; boundary=x`),
      properties: { p: {} },
      args: { p: { k: 1 } },
    });
    expect(sent.headers['content-type']).toMatch(new RegExp(`^${mediaType}; boundary=part-`));
    expect(partsOf(sent).map((part) => part.content)).toEqual(['{"k":1}']);
  });

  it('that is a list has nameless parts', () => {
    const sent = request({ content: content({}, 'multipart/mixed'), whole: {}, args: { body: ['x', { k: 1 }] } });
    expect(partsOf(sent)).toEqual([
      { head: ['Content-Type: text/plain'], content: 'x' },
      { head: ['Content-Type: application/json'], content: '{"k":1}' },
    ]);
  });

  it('finds the files within one argument', () => {
    const whole = { $ref: '#/$defs/missing', properties: {} };
    const sent = request({
      content: content(),
      whole: { allOf: [whole, { oneOf: [{ properties: { f: file } }] }] },
      args: { body: { f: bytes('hi'), t: 'aGk=' } },
    });
    expect(partsOf(sent).map((part) => part.content)).toEqual(['hi', 'aGk=']);
  });

  it('names every file that is no base64, and every type that is none', () => {
    const args = { a: 'not base64!', b: { data: 'x' }, c: { data: 'aGk=', content_type: 'a/b\r\nx-evil: 1' } };
    const files = ['a', 'b', 'c'];
    expect(problemsOf({ content: content(), properties: { a: {}, b: {}, c: {} }, files, args })).toEqual([
      'a: must be base64',
      'b: data must be base64',
      'c: content_type must be a media type, as in "image/png"',
    ]);
  });

  it('has the same boundary for the same content, and one that is not in it', () => {
    const send = (text: string) => request({ content: content(), properties: { p: {} }, args: { p: text } });
    const first = send('hello');
    expect(send('hello')).toEqual(first);
    const boundary = /boundary=(.*)$/.exec(first.headers['content-type'] ?? '')?.[1] ?? '';
    const second = send(`hello\r\n--${boundary}--\r\n`);
    expect(second.headers['content-type']).not.toBe(first.headers['content-type']);
    expect(partsOf(second)).toHaveLength(1);
  });

  it('is what the server reads', async () => {
    // A percent sign in a name can't be told from what stands for a quote.
    const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter((one) => !/[%\0]/.test(one));
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.record({ data: fc.uint8Array(), filename: names.filter((one) => one.trim() !== '') }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
        async (given) => {
          const properties = Object.fromEntries(Object.keys(given).map((one) => [one, {}]));
          const args = Object.fromEntries(
            Object.entries(given).map(([key, one]) => [
              key,
              typeof one === 'string' ? one : { ...one, data: Buffer.from(one.data).toString('base64') },
            ]),
          );
          const files = Object.keys(given).filter((one) => typeof given[one] !== 'string');
          const received = await formDataOf(request({ content: content(), properties, files, args }));
          expect(received.map(([key]) => key)).toEqual(Object.keys(given));
          for (const [key, one] of received) {
            const sent = given[key];
            if (sent === undefined || typeof sent === 'string') {
              expect(one).toBe(sent);
              continue;
            }
            expect(one).toBeInstanceOf(File);
            expect({ name: (one as File).name, data: new Uint8Array(await (one as File).arrayBuffer()) }).toEqual({
              name: sent.filename,
              data: new Uint8Array(sent.data),
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a binary body', () => {
  const content = (mediaType: string) => ({ mediaType, kind: 'binary' }) as const;
  const sent = (mediaType: string, value: unknown) => {
    const { headers, body: raw } = request({ content: content(mediaType), whole: file, args: { body: value } });
    return { type: headers['content-type'], raw: [...Buffer.from(raw ?? '')] };
  };

  it.each<[unknown, number[]]>([
    ['AAH/', [0, 1, 255]],
    ['AAH_', [0, 1, 255]],
    ['AA==', [0]],
    ['AA', [0]],
    [' A A = =\n', [0]],
    ['', []],
    [{ data: 'AA==', filename: 'x' }, [0]],
  ])('%j is decoded', (value, raw) => {
    expect(sent('application/pdf', value)).toEqual({ type: 'application/pdf', raw });
  });

  it.each(['A', 'AA=', 'A===', 'AAAAA', 'Ä', 'data:image/png;base64,AA==', 5, { data: 5 }, {}])(
    '%j is refused',
    (value) => {
      const problems = problemsOf({ content: content('application/pdf'), whole: file, args: { body: value } });
      expect(problems).toEqual([expect.stringMatching(/^body: (data )?must be base64$/)]);
    },
  );

  it.each([
    ['image/*', 'image/png', 'image/png'],
    ['image/*', undefined, 'application/octet-stream'],
    ['application/pdf', 'image/png', 'application/pdf'],
  ])('declared as %s, given as %s, is sent as %s', (declared, given, expected) => {
    const value = { data: 'AA==', ...(given === undefined ? {} : { content_type: given }) };
    expect(sent(declared, value).type).toBe(expected);
  });
});

describe('other bodies', () => {
  it.each<[string, BodyContent['kind'], unknown, string]>([
    ['application/json', 'json', { a: 'AA==' }, '{"a":"AA=="}'],
    ['application/xml', 'text', '<a>ü</a>', '<a>ü</a>'],
    ['text/csv', 'text', 'a,b', 'a,b'],
    ['text/plain', 'text', { a: 1 }, '{"a":1}'],
    ['application/x-ndjson', 'text', [{ a: 1 }, 2], '{"a":1}\n2\n'],
    ['application/jsonl', 'text', [{ a: 1 }], '{"a":1}\n'],
    ['application/x-ndjson', 'text', '{"a":1}\n', '{"a":1}\n'],
    ['application/json-seq', 'text', [1, 2], '\u001e1\n\u001e2\n'],
    ['application/geo+json-seq', 'text', [1], '\u001e1\n'],
  ])('of type %s (%s): %j', (mediaType, kind, value, expected) => {
    const of: RequestOf = { content: { mediaType, kind }, whole: {}, args: { body: value } };
    expect(request(of).body).toBe(expected);
    expect(request(of).headers['content-type']).toBe(mediaType);
  });

  it('and parameters keep the digits of integers beyond 2^53', () => {
    const exact = new ExactInteger('9007199254740993');
    const places = ['path', 'query', 'header', 'cookie'] as const;
    const sent = request({
      path: '/t/{path}',
      parameters: places.map((place) => parameter({ place, name: place })),
      content: { mediaType: 'application/x-www-form-urlencoded', kind: 'form' },
      properties: { a: {}, b: {} },
      args: { path: exact, query: [exact], header: exact, cookie: exact, a: exact, b: { c: exact } },
    });
    expect(sent).toMatchObject({
      url: `${base}/t/9007199254740993?query=9007199254740993`,
      headers: { header: '9007199254740993', cookie: 'cookie=9007199254740993' },
      body: 'a=9007199254740993&b=%7B%22c%22%3A9007199254740993%7D',
    });
  });

  it('go with a GET too, where the document declares one and the caller gives it', () => {
    const of: RequestOf = {
      method: 'GET',
      content: { mediaType: 'application/json', kind: 'json' },
      properties: { q: {} },
    };
    expect(request({ ...of, args: { q: 1 } })).toMatchObject({ method: 'GET', body: '{"q":1}' });
    expect(request({ ...of, args: {} })).not.toHaveProperty('body');
  });
});
