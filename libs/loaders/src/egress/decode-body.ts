import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { AnswerTooLarge } from './egress.errors.js';

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // Servers send both what RFC 9110 means by it (zlib) and what its name says.
  deflate: (body: Uint8Array, options: { maxOutputLength: number }) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options),
};

/** What `decodeBody` understands, as the value of `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br';

/**
 * Undoes the content codings of a body, the last applied first; an unknown one ends it.
 *
 * @throws AnswerTooLarge where it grows over `maxBytes`
 */
export async function decodeBody(body: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Uint8Array> {
  let decoded = body;
  for (const coding of contentEncoding.toLowerCase().split(',').reverse()) {
    const name = coding.trim();
    if (decoded.byteLength === 0 || !isDecodable(name)) break;
    try {
      decoded = await decoders[name](decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      if (error instanceof RangeError) throw new AnswerTooLarge(maxBytes);
      throw error;
    }
  }
  return decoded;
}

function isDecodable(name: string): name is keyof typeof decoders {
  return Object.hasOwn(decoders, name);
}
