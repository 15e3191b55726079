import { describe, expect, it } from 'vitest';
import { base, parameter, problemsOf, request } from '../../test/built-request.js';
import type { ParameterPlace, ParameterStyle } from '../operations/operation.js';

/**
 * "Style Examples" of the OpenAPI Specification, every row: 3.0.4 and 3.1.1 are equal but for the heading of the first
 * column (`undefined`, `empty`), 3.2.0 adds the style `cookie`. Cells are as printed there, without the `?` that 3.0 and
 * 3.1 put before a query. What is printed as n/a is undefined by the specification: `na` says what is sent instead.
 */
interface Row {
  place: ParameterPlace;
  style: ParameterStyle;
  explode: boolean;
  empty: Cell;
  string: Cell;
  array: Cell;
  object: Cell;
}

type Cell = string | { na: string; reason: string };

const noFreeText = { reason: 'the style is defined for lists and objects: a scalar is sent as style form has it' };
const noExplosion = { reason: 'exploded items have no delimiter left: they are sent as style form has them' };
const noOtherDeep = { reason: 'there is one way to write a deep object, whatever explode says' };
const noDeepScalar = { reason: 'deepObject is for objects: a scalar is sent as style form has it' };
const noDeepList = { reason: 'not defined: indexes in brackets' };
const noSingleCookie = { reason: 'RFC 6265 has no commas in a value, but servers read them: joined by commas' };

const rows: Row[] = [
  // place, style, explode | empty | string | array | object
  row('path', 'matrix', false, ';color', ';color=blue', ';color=blue,black,brown', ';color=R,100,G,200,B,150'),
  row('path', 'matrix', true, ';color', ';color=blue', ';color=blue;color=black;color=brown', ';R=100;G=200;B=150'),
  row('path', 'label', false, '.', '.blue', '.blue,black,brown', '.R,100,G,200,B,150'),
  row('path', 'label', true, '.', '.blue', '.blue.black.brown', '.R=100.G=200.B=150'),
  row('path', 'simple', false, '', 'blue', 'blue,black,brown', 'R,100,G,200,B,150'),
  row('path', 'simple', true, '', 'blue', 'blue,black,brown', 'R=100,G=200,B=150'),
  row('header', 'simple', false, '', 'blue', 'blue,black,brown', 'R,100,G,200,B,150'),
  row('header', 'simple', true, '', 'blue', 'blue,black,brown', 'R=100,G=200,B=150'),
  row('query', 'form', false, 'color=', 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'),
  row('query', 'form', true, 'color=', 'color=blue', 'color=blue&color=black&color=brown', 'R=100&G=200&B=150'),
  row('cookie', 'form', false, 'color=', 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'),
  row(
    'cookie',
    'form',
    true,
    'color=',
    'color=blue',
    { na: 'color=blue,black,brown', reason: 'printed with "&", which no server splits a cookie at: joined by commas' },
    { na: 'color=R,100,G,200,B,150', reason: 'printed with "&", which no server splits a cookie at: joined by commas' },
  ),
  row(
    'query',
    'spaceDelimited',
    false,
    { na: 'color=', ...noFreeText },
    { na: 'color=blue', ...noFreeText },
    'color=blue%20black%20brown',
    'color=R%20100%20G%20200%20B%20150',
  ),
  row(
    'query',
    'spaceDelimited',
    true,
    { na: 'color=', ...noFreeText },
    { na: 'color=blue', ...noFreeText },
    { na: 'color=blue&color=black&color=brown', ...noExplosion },
    { na: 'R=100&G=200&B=150', ...noExplosion },
  ),
  row(
    'query',
    'pipeDelimited',
    false,
    { na: 'color=', ...noFreeText },
    { na: 'color=blue', ...noFreeText },
    'color=blue%7Cblack%7Cbrown',
    'color=R%7C100%7CG%7C200%7CB%7C150',
  ),
  row(
    'query',
    'pipeDelimited',
    true,
    { na: 'color=', ...noFreeText },
    { na: 'color=blue', ...noFreeText },
    { na: 'color=blue&color=black&color=brown', ...noExplosion },
    { na: 'R=100&G=200&B=150', ...noExplosion },
  ),
  row(
    'query',
    'deepObject',
    false,
    { na: 'color=', ...noDeepScalar },
    { na: 'color=blue', ...noDeepScalar },
    { na: 'color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown', ...noDeepList },
    { na: 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150', ...noOtherDeep },
  ),
  row(
    'query',
    'deepObject',
    true,
    { na: 'color=', ...noDeepScalar },
    { na: 'color=blue', ...noDeepScalar },
    { na: 'color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown', ...noDeepList },
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ),
  // OpenAPI 3.2
  row(
    'cookie',
    'cookie',
    false,
    'color=',
    'color=blue',
    { na: 'color=blue,black,brown', ...noSingleCookie },
    { na: 'color=R,100,G,200,B,150', ...noSingleCookie },
  ),
  row('cookie', 'cookie', true, 'color=', 'color=blue', 'color=blue; color=black; color=brown', 'R=100; G=200; B=150'),
  // Swagger 2.0's collectionFormat: tsv
  row(
    'query',
    'tabDelimited',
    false,
    { na: 'color=', ...noFreeText },
    { na: 'color=blue', ...noFreeText },
    'color=blue%09black%09brown',
    { na: 'color=R%09100%09G%09200%09B%09150', reason: 'Swagger 2.0 has no objects here' },
  ),
  // … which has its formats in paths and headers, too
  swaggerRow('path', 'spaceDelimited', 'blue%20black%20brown'),
  swaggerRow('path', 'pipeDelimited', 'blue%7Cblack%7Cbrown'),
  swaggerRow('path', 'tabDelimited', 'blue%09black%09brown'),
  swaggerRow('header', 'spaceDelimited', 'blue black brown'),
  swaggerRow('header', 'pipeDelimited', 'blue|black|brown'),
  swaggerRow('header', 'tabDelimited', 'blue\tblack\tbrown'),
];

function swaggerRow(place: ParameterPlace, style: ParameterStyle, array: string): Row {
  const object = { header: 'R,100,G,200,B,150'.replaceAll(',', array[4] ?? ''), path: 'R,100,G,200,B,150' };
  const na = place === 'header' ? object.header : object.path;
  return row(place, style, false, '', 'blue', array, { na, reason: 'Swagger 2.0 has no objects here' });
}

function row(
  place: ParameterPlace,
  style: ParameterStyle,
  explode: boolean,
  empty: Cell,
  string: Cell,
  array: Cell,
  object: Cell,
): Row {
  return { place, style, explode, empty, string, array, object };
}

const columns = {
  empty: '',
  string: 'blue',
  array: ['blue', 'black', 'brown'],
  object: { R: 100, G: 200, B: 150 },
} as const;

const cells = rows.flatMap((one) =>
  (['empty', 'string', 'array', 'object'] as const).map((column) => ({ ...one, column, cell: one[column] })),
);

describe('the style tables of OpenAPI', () => {
  it.each(cells.filter(({ cell }) => typeof cell === 'string'))(
    '$place, $style, explode $explode, $column: $cell',
    ({ place, style, explode, column, cell }) => {
      expect(serialized(place, style, explode, columns[column])).toBe(cell);
    },
  );

  it.each(cells.filter(({ cell }) => typeof cell !== 'string'))(
    '$place, $style, explode $explode, $column is not defined there: $cell.na, for $cell.reason',
    ({ place, style, explode, column, cell }) => {
      expect(serialized(place, style, explode, columns[column])).toBe(typeof cell === 'string' ? cell : cell.na);
    },
  );
});

describe('what is undefined', () => {
  it.each([null, [], {}, [null]])('%j in a path is the first column of the table', (value) => {
    expect(serialized('path', 'matrix', true, value)).toBe(';color');
    expect(serialized('path', 'label', true, value)).toBe('.');
    expect(serialized('path', 'simple', false, value)).toBe('');
  });

  it.each([null, [], {}, [null]])('%j is left out of a query, header or cookie', (value) => {
    const parameters = [
      parameter({ place: 'query', name: 'q' }),
      parameter({ place: 'header', name: 'h' }),
      parameter({ place: 'cookie', name: 'c' }),
    ];
    const { url, headers } = request({ parameters, args: { q: value, h: value, c: value } });
    expect(url).toBe(`${base}/t`);
    expect(Object.keys(headers)).toEqual(['accept']);
  });

  it('is refused where it would make a segment empty', () => {
    const parameters = [parameter({ place: 'path', name: 'color' })];
    expect(problemsOf({ path: '/t/{color}', parameters, args: { color: null } })).toEqual([
      'color: must not make a path segment empty, "." or ".."',
    ]);
  });

  it('is not the empty string that allowEmptyValue is about', () => {
    expect(serialized('query', 'form', true, '')).toBe('color=');
    expect(serialized('query', 'form', true, [''])).toBe('color=');
  });
});

describe('an item of a list that other characters than commas separate', () => {
  it('has no way to hold its delimiter, and is refused with one', () => {
    for (const place of ['path', 'header', 'query'] as const) {
      const of = {
        path: place === 'path' ? '/t/{p}' : '/t',
        parameters: [parameter({ place, name: 'p', style: 'pipeDelimited', isExploded: false })],
        args: { p: ['a|b', 'c'] },
      };
      expect(problemsOf(of)).toEqual(['p: must not have a pipe (|) in an item: it separates them']);
    }
  });
});

/** What stands in the place, without what belongs to the place itself. */
function serialized(place: ParameterPlace, style: ParameterStyle, isExploded: boolean, value: unknown): string {
  const color = parameter({ place, name: 'color', style, isExploded });
  const path = place === 'path' ? '/t{color}' : '/t';
  const { url, headers } = request({ path, parameters: [color], args: { color: value } });
  switch (place) {
    case 'path':
      return url.slice(`${base}/t`.length);
    case 'header':
      return headers.color ?? '(no header)';
    case 'cookie':
      return headers.cookie ?? '(no cookie)';
    default:
      return url.slice(`${base}/t?`.length);
  }
}
