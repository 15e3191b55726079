import type { Parameter } from '../operations/operation.js';
import { contentText } from './content-text.js';
import { delimiterOf, delimiterProblem, type Delimiter } from './delimiters.js';
import { encodeUnreserved } from './percent-encoding.js';
import { isOmitted, membersOf, type Report } from './value-text.js';

/** What HTTP allows in a value: no CR, LF or NUL, nothing beyond Latin-1. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** RFC 6265: what may stand in a cookie's value as it is. */
const cookieOctets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const comma: Delimiter = { character: ',', named: 'a comma' };
const lineBreaks = /[\r\n\0]/;
const tokenCharacters = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const headerProblem = "has characters that a header can't carry (line breaks, NUL, or beyond Latin-1)";

export function isFieldValue(text: string): boolean {
  return fieldValue.test(text);
}

export function isToken(text: string): boolean {
  return tokenCharacters.test(text);
}

/** The style `simple` of headers, which are not percent-encoded: what can't be told from a delimiter is refused. */
export function serializeHeader(parameter: Parameter, value: unknown, report: Report): string {
  const text = parameter.content ? asciiJson(parameter, value) : simple(parameter, value, report);
  if (!isFieldValue(text)) report(headerProblem);
  return text;
}

/** JSON can say every character in ASCII. */
function asciiJson({ content }: Parameter, value: unknown): string {
  if (!content) return '';
  const text = contentText(content, value);
  if (content.kind !== 'json') return text;
  return text.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function simple({ style, isExploded }: Parameter, value: unknown, report: Report): string {
  const members = membersOf(value);
  if (members.kind === 'scalar') return members.text;
  const pieces = members.kind === 'list' ? members.items : members.entries.flat();
  const delimiter = delimiterOf(style) ?? comma;
  if (pieces.some((piece) => piece.includes(delimiter.character))) report(delimiterProblem(delimiter));
  if (members.kind === 'list') return members.items.join(delimiter.character);
  if (isExploded && members.entries.some(([key]) => key.includes('='))) {
    report('must not have an equals sign in its names');
  }
  return members.entries
    .map(([key, text]) => `${key}${isExploded ? '=' : delimiter.character}${text}`)
    .join(delimiter.character);
}

/**
 * A cookie parameter as the cookies to send. Style `form` encodes its value and joins several by commas, whatever
 * `explode` says (openapi-to-mcp.md, section 5); style `cookie` of OpenAPI 3.2 sends them as they are, exploded as
 * cookies of their own.
 */
export function serializeCookie(parameter: Parameter, value: unknown, report: Report): [name: string, value: string][] {
  if (isOmitted(value)) return [];
  const { name, style, isExploded, content } = parameter;
  if (content) return [[name, cookieText(contentText(content, value), false, report)]];
  const isRaw = style === 'cookie';
  const members = membersOf(value);
  const encode = (text: string) => cookieText(text, isRaw, report);
  switch (members.kind) {
    case 'scalar':
      return [[name, encode(members.text)]];
    case 'list':
      if (isRaw && isExploded) return members.items.map((item) => [name, encode(item)]);
      return [[name, commaJoined(members.items, isRaw, encode, report)]];
    case 'object':
      if (!isRaw || !isExploded) return [[name, commaJoined(members.entries.flat(), isRaw, encode, report)]];
      if (!members.entries.every(([key]) => isToken(key))) report("has names that a cookie can't have");
      return members.entries.map(([key, text]) => [key, encode(text)]);
  }
}

function cookieText(text: string, isRaw: boolean, report: Report): string {
  if (lineBreaks.test(text)) report("has line breaks or NUL, which a cookie can't carry");
  if (!isRaw) return encodeUnreserved(text);
  if (!cookieOctets.test(text)) {
    report(
      'has characters that a cookie of this style carries only in an escaped form (spaces, commas, quotes, beyond ASCII)',
    );
  }
  return text;
}

function commaJoined(
  pieces: readonly string[],
  isRaw: boolean,
  encode: (text: string) => string,
  report: Report,
): string {
  if (isRaw && pieces.some((piece) => piece.includes(','))) report(delimiterProblem(comma));
  return pieces.map(encode).join(',');
}
