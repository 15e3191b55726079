import { jsonText } from '../arguments/exact-integer.js';
import type { PropertyEncoding } from '../operations/operation.js';
import { isJsonType } from '../operations/read-request-body.js';
import { encodeUnreserved } from './percent-encoding.js';
import { serializeQuery, type EncodedPair } from './query-style.js';
import { isOmitted, textOf, type Report } from './value-text.js';

/**
 * `application/x-www-form-urlencoded` (openapi-to-mcp.md, section 5): by the style that `encoding` declares; without
 * one, arrays repeat their name and objects are JSON text. What is null or empty is left out.
 *
 * @param entries the properties in the order to send
 * @param report takes the property that can't be sent
 */
export function formText(
  entries: readonly (readonly [name: string, value: unknown])[],
  encodings: ReadonlyMap<string, PropertyEncoding>,
  report: (name: string, problem: string) => void,
): string {
  return entries
    .filter(([, value]) => !isOmitted(value))
    .flatMap(([name, value]) => pairsOf(name, value, encodings.get(name) ?? {}, (problem) => report(name, problem)))
    .map(([name, text]) => `${name}=${text}`)
    .join('&')
    .replaceAll('%20', '+');
}

function pairsOf(name: string, value: unknown, encoding: PropertyEncoding, report: Report): EncodedPair[] {
  if (isStyled(encoding)) return serializeQuery(styledParameter(name, encoding), value, report);
  const { contentType } = encoding;
  const encode = contentType !== undefined && isJsonType(contentType) ? jsonText : textOf;
  const items: unknown[] = Array.isArray(value) ? value.filter((item) => item !== null) : [value];
  return items.map((item) => [encodeUnreserved(name), encodeUnreserved(encode(item))]);
}

/** One of them said: then it is a style that counts, and `contentType` does not. */
export function isStyled({ style, isExploded, allowsReserved }: PropertyEncoding): boolean {
  return style !== undefined || isExploded !== undefined || allowsReserved !== undefined;
}

/** What is not said is as for a query parameter. */
export function styledParameter(name: string, encoding: PropertyEncoding) {
  const { style = 'form', isExploded = style === 'form', allowsReserved = false } = encoding;
  return { name, style, isExploded, allowsReserved };
}
