/** One HTTP/1.1 answer that has arrived in full. */
export interface HttpAnswer {
  status: number;
  contentType: string;
  body: Buffer;
  /** Status line and headers. */
  head: string;
  /** Bytes of the buffer that it took up. */
  length: number;
}

const endOfHead = Buffer.from('\r\n\r\n');
const endOfLine = Buffer.from('\r\n');
const withoutBody: ReadonlySet<number> = new Set([204, 304]);

/**
 * Reads the first HTTP answer in a buffer. @returns undefined while it is not there in full
 * @throws RangeError where it is no HTTP answer, or its length is not told
 */
export function readHttpAnswer(buffer: Buffer): HttpAnswer | undefined {
  const found = readHttpHead(buffer);
  if (!found) return undefined;
  const { status, head, length: start } = found;
  const contentType = headerOf(head, 'content-type')?.replace(/ *;.*/, '') ?? '';
  const contentLength = withoutBody.has(status) ? '0' : headerOf(head, 'content-length');
  if (contentLength !== undefined) {
    const end = start + Number(contentLength);
    if (buffer.length < end) return undefined;
    return { status, contentType, head, body: buffer.subarray(start, end), length: end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new RangeError('The answer does not tell its length.');
  const chunked = readChunks(buffer, start);
  return chunked && { status, contentType, head, ...chunked };
}

/** The beginning of an answer, whose body is still to come. @throws RangeError where it is no HTTP answer */
export function readHttpHead(buffer: Buffer): { status: number; head: string; length: number } | undefined {
  const headLength = buffer.indexOf(endOfHead);
  if (headLength < 0) return undefined;
  const head = buffer.toString('latin1', 0, headLength);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (!Number.isInteger(status)) throw new RangeError('The answer is not HTTP/1.1.');
  return { status, head, length: headLength + endOfHead.length };
}

/** @param name lower-case */
export function headerOf(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const end = head.indexOf('\r\n', at + 2);
  return head.slice(at + name.length + 3, end < 0 ? undefined : end).trim();
}

function readChunks(buffer: Buffer, start: number): { body: Buffer; length: number } | undefined {
  const chunks: Buffer[] = [];
  for (let position = start; ;) {
    const lineEnd = buffer.indexOf(endOfLine, position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(buffer.toString('latin1', position, lineEnd), 16);
    if (Number.isNaN(size)) throw new RangeError('A chunk of the answer does not tell its length.');
    const begin = lineEnd + endOfLine.length;
    const end = begin + size;
    if (buffer.length < end + endOfLine.length) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), length: end + endOfLine.length };
    chunks.push(buffer.subarray(begin, end));
    position = end + endOfLine.length;
  }
}
