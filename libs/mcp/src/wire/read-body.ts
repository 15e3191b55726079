import type { IncomingMessage } from 'node:http';

export type BodyText = { kind: 'text'; text: string } | { kind: 'too_large' } | { kind: 'aborted' };

/** Reads a request's body as UTF-8, up to `maxBytes`; of a larger one no more is kept than that. */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<BodyText> {
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.resolve({ kind: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.byteLength;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      req.off('data', onData);
      chunks.length = 0;
      resolve({ kind: 'too_large' });
    };
    req.on('data', onData);
    req.once('end', () => {
      const [first] = chunks;
      resolve({
        kind: 'text',
        text: chunks.length === 1 && first ? first.toString() : Buffer.concat(chunks).toString(),
      });
    });
    req.once('error', () => {
      resolve({ kind: 'aborted' });
    });
    req.once('close', () => {
      resolve({ kind: 'aborted' });
    });
  });
}
