import { createHash } from 'node:crypto';
import { jsonText } from '../arguments/exact-integer.js';
import type { PropertyEncoding } from '../operations/operation.js';
import { isJsonType } from '../operations/read-request-body.js';
import { decodeFile, type FileValue } from './binary-value.js';
import { isStyled, styledParameter } from './form-body.js';
import { isFieldValue, isToken } from './header-style.js';
import { queryPairs } from './query-style.js';
import { isComposite, textOf, type Report } from './value-text.js';

/** One property of the body, in the order to send. */
export interface PartSource {
  /** On the wire; none for the items of a body that is a list. */
  name?: string;
  value: unknown;
  /** Base64 that stands for bytes. */
  isBinary: boolean;
  encoding: PropertyEncoding;
  report: Report;
}

interface Part {
  name?: string;
  filename?: string;
  contentType: string;
  headers: Readonly<Record<string, string>>;
  bytes: Uint8Array;
}

/** Headers of a part that its name and content decide. */
const ownHeaders: ReadonlySet<string> = new Set(['content-type', 'content-disposition', 'content-length']);
const asIs = (text: string) => text;

/**
 * A multipart body (openapi-to-mcp.md, section 5): a part for each property, for each item of a list, JSON for objects,
 * text for scalars, bytes for files. The boundary follows from the content and never occurs in it.
 *
 * @param mediaType as declared; `form-data`, `mixed`, `related` and others are put together alike
 */
export function multipartBody(
  mediaType: string,
  sources: readonly PartSource[],
): { content: Uint8Array; contentType: string } {
  const isForm = /^multipart\/form-data\b/i.test(mediaType);
  const parts = sources.flatMap((source) => partsOf(source, isForm));
  const encoded = parts.map((part) => Buffer.concat([Buffer.from(headText(part), 'utf8'), part.bytes]));
  const boundary = boundaryFor(encoded);
  const content = Buffer.concat([
    ...encoded.flatMap((bytes) => [Buffer.from(`--${boundary}\r\n`), bytes, Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  const declared = mediaType.replaceAll(/;\s*boundary=(?:"[^"]*"|[^;\s]*)/gi, '').trim();
  return { content, contentType: `${declared}; boundary=${boundary}` };
}

function partsOf({ name, value, isBinary, encoding, report }: PartSource, isForm: boolean): Part[] {
  if (value === null || value === undefined) return [];
  const shared = { headers: fixedHeaders(encoding), ...(name === undefined ? {} : { name }) };
  if (isForm && name !== undefined && !isBinary && isStyled(encoding) && isComposite(value)) {
    const pairs = queryPairs(
      styledParameter(name, encoding),
      value,
      { name: asIs, value: asIs, delimiter: asIs },
      report,
    );
    return pairs.map(([key, text]) => ({ ...shared, name: key, ...textPart(text, 'text/plain') }));
  }
  const items: unknown[] = Array.isArray(value) && name !== undefined ? value : [value];
  return items.flatMap((item): Part[] => {
    if (item === null || item === undefined) return [];
    if (!isBinary) return [{ ...shared, ...valuePart(item, encoding.contentType) }];
    const decoded = decodeFile(item);
    if (decoded.ok) return [{ ...shared, ...filePart(decoded.file, name, encoding.contentType) }];
    report(decoded.problem);
    return [];
  });
}

function valuePart(value: unknown, declared: string | undefined): Pick<Part, 'contentType' | 'bytes'> {
  const contentType = concrete(declared) ?? (isComposite(value) ? 'application/json' : 'text/plain');
  return textPart(isJsonType(contentType) ? jsonText(value) : textOf(value), contentType);
}

function textPart(text: string, contentType: string): Pick<Part, 'contentType' | 'bytes'> {
  const bytes = Buffer.from(text, 'utf8');
  const needsCharset = contentType === 'text/plain' && bytes.length !== text.length;
  return { contentType: needsCharset ? 'text/plain; charset=utf-8' : contentType, bytes };
}

function filePart(
  { bytes, filename, contentType }: FileValue,
  name: string | undefined,
  declared: string | undefined,
): Pick<Part, 'contentType' | 'bytes' | 'filename'> {
  const named = filename ?? name;
  return {
    ...(named === undefined ? {} : { filename: named }),
    contentType: contentType ?? concrete(declared) ?? 'application/octet-stream',
    bytes,
  };
}

/** The first media type of a list that is no range. */
function concrete(declared: string | undefined): string | undefined {
  return declared
    ?.split(',')
    .map((type) => type.trim())
    .find((type) => type !== '' && !type.includes('*') && isFieldValue(type));
}

function fixedHeaders({ headers = {} }: PropertyEncoding): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => !ownHeaders.has(name.toLowerCase()) && isToken(name) && isFieldValue(value),
    ),
  );
}

function headText({ name, filename, contentType, headers }: Part): string {
  const disposition = ['form-data'];
  if (name !== undefined) disposition.push(`name="${quoted(name)}"`);
  if (filename !== undefined) disposition.push(`filename="${quoted(filename)}"`);
  const lines = [
    ...(disposition.length > 1 ? [`Content-Disposition: ${disposition.join('; ')}`] : []),
    `Content-Type: ${contentType}`,
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** As browsers do: UTF-8, with what would end the parameter percent-encoded. */
function quoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('\0', '%00').replaceAll('"', '%22');
}

function boundaryFor(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const digest = hash.digest('hex').slice(0, 40);
  for (let count = 0; ; count += 1) {
    const boundary = `part-${digest}${count === 0 ? '' : `-${count}`}`;
    if (!parts.some((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength).includes(boundary))) {
      return boundary;
    }
  }
}
