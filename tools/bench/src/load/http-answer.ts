/** One HTTP/1.1 answer that has arrived in full. */
export interface HttpAnswer {
  status: number;
  contentType: string;
  body: Buffer;
  /** Bytes of the buffer that it took up. */
  length: number;
}

const endOfHead = Buffer.from('\r\n\r\n');
const endOfLine = Buffer.from('\r\n');

/**
 * Reads the first HTTP answer in a buffer. @returns undefined while it is not there in full
 * @throws RangeError where it is no HTTP answer, or its length is not told
 */
export function readHttpAnswer(buffer: Buffer): HttpAnswer | undefined {
  const headLength = buffer.indexOf(endOfHead);
  if (headLength < 0) return undefined;
  const head = buffer.toString('latin1', 0, headLength);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (!Number.isInteger(status)) throw new RangeError('The answer is not HTTP/1.1.');
  const contentType = /\r\ncontent-type: *([^;\r]*)/i.exec(head)?.[1] ?? '';
  const start = headLength + endOfHead.length;
  const contentLength = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (contentLength !== undefined) {
    const end = start + Number(contentLength);
    return buffer.length < end ? undefined : { status, contentType, body: buffer.subarray(start, end), length: end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new RangeError('The answer does not tell its length.');
  const chunked = readChunks(buffer, start);
  return chunked && { status, contentType, ...chunked };
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

/** Why an answer to a `tools/call` is no success; undefined for one that is. */
export function failureOf({ status, contentType, body }: HttpAnswer): string | undefined {
  const text = body.toString('utf8');
  const told = `${status}: ${text.slice(0, 300)}`;
  if (status !== 200) return told;
  try {
    const message = JSON.parse(contentType === 'text/event-stream' ? lastEvent(text) : text) as {
      result?: { content?: unknown; isError?: boolean };
    };
    return Array.isArray(message.result?.content) && message.result.isError !== true ? undefined : told;
  } catch {
    // Not JSON: no answer of an MCP server.
    return told;
  }
}

function lastEvent(text: string): string {
  return (
    text
      .split('\n')
      .findLast((line) => line.startsWith('data:'))
      ?.slice(5) ?? ''
  );
}
