import type { Parameter } from '../operations/operation.js';
import { contentText } from './content-text.js';
import { encodeUnreserved } from './percent-encoding.js';
import { delimiterOf, delimiterProblem } from './delimiters.js';
import { membersOf, type Members, type Report } from './value-text.js';

type Encode = (text: string) => string;

/**
 * OpenAPI's styles for path parameters: the value is encoded, commas and other delimiters are not. Nothing to send (null,
 * an empty list) is what the tables of 3.0 and 3.1 have under "undefined": `;color`, `.`, or no characters at all.
 */
export function serializePath(parameter: Parameter, value: unknown, report: Report): string {
  const { name, style, isExploded, isMultiSegment, content } = parameter;
  const encode: Encode = isMultiSegment ? (text) => text.split('/').map(encodeUnreserved).join('/') : encodeUnreserved;
  if (content) return encode(contentText(content, value));
  const members = membersOf(value);
  switch (style) {
    case 'label':
      return label(members, isExploded, encode);
    case 'matrix':
      return matrix(encodeUnreserved(name), members, isExploded, encode);
    default: {
      const delimiter = delimiterOf(style);
      if (!delimiter || members.kind !== 'list') return joined(members, isExploded, encode);
      if (members.items.some((item) => item.includes(delimiter.character))) report(delimiterProblem(delimiter));
      return members.items.map(encode).join(encodeUnreserved(delimiter.character));
    }
  }
}

function joined(members: Members, isExploded: boolean, encode: Encode): string {
  switch (members.kind) {
    case 'scalar':
      return encode(members.text);
    case 'list':
      return members.items.map(encode).join(',');
    case 'object':
      return members.entries.map(([key, text]) => `${encode(key)}${isExploded ? '=' : ','}${encode(text)}`).join(',');
  }
}

/** A dot is the delimiter of an exploded label: within its items it is encoded, or nobody could tell it from one. */
function label(members: Members, isExploded: boolean, encode: Encode): string {
  if (!isExploded || members.kind === 'scalar') return `.${joined(members, isExploded, encode)}`;
  const encodeItem: Encode = (text) => encode(text).replaceAll('.', '%2E');
  const items =
    members.kind === 'list'
      ? members.items.map(encodeItem)
      : members.entries.map(([key, text]) => `${encodeItem(key)}=${encodeItem(text)}`);
  return `.${items.join('.')}`;
}

/** RFC 6570 leaves out the equals sign where nothing follows it. */
function matrix(name: string, members: Members, isExploded: boolean, encode: Encode): string {
  const pair = (key: string, text: string) => (text === '' ? `;${key}` : `;${key}=${text}`);
  if (isExploded && members.kind === 'list' && members.items.length > 0) {
    return members.items.map((item) => pair(name, encode(item))).join('');
  }
  if (isExploded && members.kind === 'object' && members.entries.length > 0) {
    return members.entries.map(([key, text]) => pair(encode(key), encode(text))).join('');
  }
  return pair(name, joined(members, false, encode));
}
