import { isObject } from '../document/json.js';
import type { Parameter } from '../operations/operation.js';
import { encodeReserved, encodeUnreserved } from './percent-encoding.js';

/** A name and value for a query or form, encoded already. */
export type EncodedPair = readonly [name: string, value: string];

type Encode = (text: string) => string;

/** A value of any kind as text: never a language's own print of an object. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Null and the empty array have no place in a query (openapi-to-mcp.md, section 4). */
export function isOmitted(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** OpenAPI's styles for path parameters; the value is encoded, commas and other delimiters are not. */
export function serializePath(parameter: Parameter, value: unknown): string {
  const { name, style, isExploded, isMultiSegment, content } = parameter;
  if (content) return encodeUnreserved(JSON.stringify(value));
  const encode: Encode = isMultiSegment ? (text) => text.split('/').map(encodeUnreserved).join('/') : encodeUnreserved;
  const items = itemsOf(value, encode, isExploded);
  switch (style) {
    case 'label':
      return `.${items.join(isExploded ? '.' : ',')}`;
    case 'matrix': {
      const key = encodeUnreserved(name);
      if (!isExploded || !isComposite(value)) return `;${key}=${items.join(',')}`;
      return isObject(value) ? `;${items.join(';')}` : items.map((item) => `;${key}=${item}`).join('');
    }
    default:
      return items.join(',');
  }
}

/** OpenAPI's styles for query parameters, and for the properties of a urlencoded body. */
export function serializeQuery(parameter: QueryParameter, value: unknown): EncodedPair[] {
  if (isOmitted(value)) return [];
  const { style, isExploded, allowsReserved, content } = parameter;
  const encode = allowsReserved ? encodeReserved : encodeUnreserved;
  const name = encodeUnreserved(parameter.name);
  if (content) return [[name, encode(JSON.stringify(value))]];
  if (style === 'deepObject' && isComposite(value)) return deepPairs(parameter.name, value, encode);
  if (!isComposite(value)) return [[name, encode(textOf(value))]];
  if (isExploded && isObject(value)) {
    return Object.entries(value)
      .filter(([, member]) => !isOmitted(member))
      .map(([key, member]) => [encodeUnreserved(key), encode(textOf(member))]);
  }
  const items = itemsOf(value, encode, false);
  if (isExploded) return items.map((item) => [name, item]);
  const delimiters: Partial<Record<Parameter['style'], string>> = {
    spaceDelimited: '%20',
    pipeDelimited: '%7C',
  };
  return [[name, items.join(delimiters[style] ?? ',')]];
}

export type QueryParameter = Pick<Parameter, 'name' | 'style' | 'isExploded' | 'allowsReserved' | 'content'>;

/** The style `simple` of headers, which are not percent-encoded. */
export function serializeHeader(parameter: Parameter, value: unknown): string {
  if (parameter.content) return JSON.stringify(value);
  return itemsOf(value, (text) => text, parameter.isExploded).join(',');
}

/** The style `form` of cookies; several values are joined by commas whatever `explode` says. */
export function serializeCookie(parameter: Parameter, value: unknown): string {
  if (parameter.content) return encodeUnreserved(JSON.stringify(value));
  return itemsOf(value, encodeUnreserved, false).join(',');
}

/** `a[b][0]=…`: brackets for members, indexes for the items of arrays. */
function deepPairs(name: string, value: unknown, encode: Encode): EncodedPair[] {
  if (isOmitted(value)) return [];
  if (!isComposite(value)) return [[encodeUnreserved(name), encode(textOf(value))]];
  return Object.entries(value).flatMap(([key, member]) => deepPairs(`${name}[${key}]`, member, encode));
}

function itemsOf(value: unknown, encode: Encode, isExploded: boolean): string[] {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => encode(textOf(item)));
  if (!isObject(value)) return [encode(textOf(value))];
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return isExploded
    ? members.map(([key, member]) => `${encode(key)}=${encode(textOf(member))}`)
    : members.flatMap(([key, member]) => [encode(key), encode(textOf(member))]);
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
