import { compactJson } from '../document/compact-json.js';
import { cutJson, maxDepth } from './cut-json.js';
import { cutText } from './cut-text.js';
import { depthOf } from './json-index.js';

/** Text within the size of a result, with what was left out of it. */
export interface LimitedText {
  text: string;
  isCut: boolean;
  /** For the reader: sizes, what was left out, what to do. */
  note?: string;
}

const listedOmissions = 10;
const remedy = 'Ask for less with the arguments of the call (filters, fields, pages).';

/** Compact JSON that is cut by its structure where it is too large: it stays JSON. */
export function limitedJson(text: string, maxBytes: number): LimitedText {
  const compact = compactJson(text);
  const size = Buffer.byteLength(compact);
  if (size <= maxBytes && depthOf(compact) <= maxDepth) return { text: compact, isCut: false };
  const cut = cutJson(compact, maxBytes);
  const listed = cut.omissions.slice(0, listedOmissions);
  const more = cut.omissions.length - listed.length;
  if (more > 0) listed.push(`${more} more places`);
  const shown = `${Buffer.byteLength(cut.text)} of ${size} bytes are shown`;
  return { text: cut.text, isCut: true, note: `Cut: ${shown}. ${listed.join('; ')}. ${remedy}` };
}

export function limitedText(text: string, maxBytes: number): LimitedText {
  const size = Buffer.byteLength(text);
  if (size <= maxBytes) return { text, isCut: false };
  const cut = cutText(text, maxBytes);
  return {
    text: cut,
    isCut: true,
    note: `Cut: the first ${Buffer.byteLength(cut)} of ${size} bytes are shown. ${remedy}`,
  };
}

/** @returns what stands for bytes that are too many for a result; undefined where they fit, in base64 */
export function tooManyBytes(mediaType: string, byteLength: number, maxBytes: number): string | undefined {
  const encoded = Math.ceil(byteLength / 3) * 4;
  if (encoded <= maxBytes) return undefined;
  const kind = mediaType === '' ? '' : ` of ${mediaType}`;
  return `Left out: ${byteLength} bytes${kind}, ${encoded} in base64, are more than the ${maxBytes} bytes that a result may have. ${remedy}`;
}
