import { jsonText } from '../arguments/exact-integer.js';
import { isObject } from '../document/json.js';
import type { Parameter } from '../operations/operation.js';
import { formText } from './form-body.js';
import { encodeQueryText, encodeReserved, encodeUnreserved } from './percent-encoding.js';
import type { EncodedPair } from './query-style.js';
import { isOmitted, textOf } from './value-text.js';

type Content = NonNullable<Parameter['content']>;

/** The value of a parameter that is declared by `content`, before it is put into its place. */
export function contentText({ kind }: Content, value: unknown): string {
  if (kind === 'json') return jsonText(value);
  return kind === 'form' && isObject(value)
    ? formText(Object.entries(value), new Map(), () => undefined)
    : textOf(value);
}

/** Null, and an empty list, are left out of a query even where JSON has a word for them. */
export function contentPairs({ name, allowsReserved }: Parameter, content: Content, value: unknown): EncodedPair[] {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  const encode = allowsReserved ? encodeReserved : encodeUnreserved;
  return [[encodeUnreserved(name), encode(contentText(content, value))]];
}

/**
 * The whole query as one value (`in: querystring` of OpenAPI 3.2). A form is a query as it is, and so is `text/plain`,
 * whose format is the document's own; everything else is percent-encoded.
 */
export function querystringText({ content }: Parameter, value: unknown): string {
  if (isOmitted(value)) return '';
  const { mediaType, kind }: Content = content ?? { mediaType: 'application/x-www-form-urlencoded', kind: 'form' };
  const text = contentText({ mediaType, kind }, value);
  if (kind === 'form' && isObject(value)) return text;
  return kind === 'form' || /^text\/plain\b/i.test(mediaType) ? encodeQueryText(text) : encodeUnreserved(text);
}
