export interface AnswerPart {
  contentType: string | null;
  bytes: Uint8Array;
}

/** More are not looked at: an answer of so many parts is no message. */
const maxParts = 100;

/**
 * The parts of a multipart body (RFC 2046, 5.1).
 * @returns undefined where the body is not what its boundary promises
 */
export function multipartParts(body: Uint8Array, boundary: string | undefined): AnswerPart[] | undefined {
  if (boundary === undefined || boundary.length > 70) return undefined;
  // A line break before it belongs to the delimiter; the first one may stand at the very beginning.
  const bytes = Buffer.concat([Buffer.from('\r\n'), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const parts: AnswerPart[] = [];
  let start = bytes.indexOf(delimiter);
  while (start >= 0 && parts.length < maxParts) {
    const after = start + delimiter.length;
    if (bytes.subarray(after, after + 2).toString('latin1') === '--') return parts;
    const end = bytes.indexOf(delimiter, after);
    if (end < 0) return undefined;
    const part = partOf(bytes.subarray(after, end));
    if (!part) return undefined;
    parts.push(part);
    start = end;
  }
  return undefined;
}

function partOf(bytes: Buffer): AnswerPart | undefined {
  const lineEnd = bytes.indexOf('\r\n');
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (lineEnd < 0 || headEnd < 0) return undefined;
  const head = bytes.subarray(lineEnd, headEnd).toString('latin1');
  return {
    contentType: /(?:^|\n)content-type:([^\r\n]*)/i.exec(head)?.[1]?.trim() ?? null,
    bytes: bytes.subarray(headEnd + 4),
  };
}
