import type { Parameter, ParameterStyle } from '../operations/operation.js';
import { delimiterOf, delimiterProblem } from './delimiters.js';
import { encodeReserved, encodeUnreserved } from './percent-encoding.js';
import { isComposite, isOmitted, membersOf, textOf, type Report } from './value-text.js';

/** A name and value for a query or form, encoded already. */
export type EncodedPair = readonly [name: string, value: string];

export type QueryParameter = Pick<Parameter, 'name' | 'style' | 'isExploded' | 'allowsReserved'>;

/** How names and values are encoded: percent-encoded in queries and forms, not at all in the parts of a multipart body. */
export interface PairEncoding {
  name: (text: string) => string;
  value: (text: string) => string;
  /** Of what a style puts between items. */
  delimiter: (text: string) => string;
}

/** OpenAPI's styles for query parameters, and for the properties of a urlencoded body. */
export function serializeQuery(parameter: QueryParameter, value: unknown, report: Report): EncodedPair[] {
  return queryPairs(
    parameter,
    value,
    {
      name: encodeUnreserved,
      value: parameter.allowsReserved ? encodeReserved : encodeUnreserved,
      delimiter: encodeUnreserved,
    },
    report,
  );
}

/** The same with any encoding of names and values. */
export function queryPairs(
  parameter: QueryParameter,
  value: unknown,
  encoding: PairEncoding,
  report: Report,
): EncodedPair[] {
  if (isOmitted(value)) return [];
  const { style, isExploded } = parameter;
  const name = encoding.name(parameter.name);
  if (!isComposite(value)) return [[name, encoding.value(textOf(value))]];
  if (style === 'deepObject') return deepPairs(parameter.name, value, encoding, report);
  if (!isExploded) return [[name, delimited(style, value, encoding, report)]];
  const members = membersOf(value);
  if (members.kind === 'object')
    return members.entries.map(([key, text]) => [encoding.name(key), encoding.value(text)]);
  return members.kind === 'list' ? members.items.map((item) => [name, encoding.value(item)]) : [];
}

/** `a[b][0]=…`: brackets for members, indexes for the items of arrays. */
function deepPairs(name: string, value: unknown, encoding: PairEncoding, report: Report): EncodedPair[] {
  if (isOmitted(value)) return [];
  if (!isComposite(value)) return [[encoding.name(name), encoding.value(textOf(value))]];
  return Object.entries(value).flatMap(([key, member]) => {
    if (/[[\]]/.test(key)) report(`must not have brackets in its names, as "${key}" has: they mark what is nested`);
    return deepPairs(`${name}[${key}]`, member, encoding, report);
  });
}

function delimited(style: ParameterStyle, value: object, encoding: PairEncoding, report: Report): string {
  const members = membersOf(value);
  const pieces = members.kind === 'object' ? members.entries.flat() : members.kind === 'list' ? members.items : [];
  const delimiter = delimiterOf(style);
  // A comma is told from the one in a value by encoding that; the others are encoded themselves.
  if (!delimiter)
    return pieces.map((piece) => encoding.value(piece).replaceAll(',', encoding.delimiter(','))).join(',');
  if (pieces.some((piece) => piece.includes(delimiter.character))) {
    report(delimiterProblem(delimiter));
  }
  return pieces.map(encoding.value).join(encoding.delimiter(delimiter.character));
}
