import type { FetchedResponse } from './fetch.js';

/** A body within a limit; not whole where it goes on beyond it, its connection being closed then. */
export interface ReadBody {
  bytes: Uint8Array;
  isWhole: boolean;
}

/**
 * Reads a body up to a limit, so that no answer takes more memory than that.
 *
 * @param mayBreakOff where it fails on the way, says whether what has come by then is given
 * @throws what the network reports
 */
export async function readBody(
  { body }: Pick<FetchedResponse, 'body'>,
  maxBytes: number,
  mayBreakOff: () => boolean = () => false,
): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const read = (isWhole: boolean): ReadBody => ({ bytes: Buffer.concat(chunks), isWhole });
  try {
    for await (const chunk of body ?? []) {
      const fitting = chunk.subarray(0, maxBytes - size);
      chunks.push(fitting);
      size += fitting.byteLength;
      if (fitting.byteLength < chunk.byteLength) return read(false);
    }
  } catch (error) {
    if (size > 0 && mayBreakOff()) return read(false);
    throw error;
  }
  return read(true);
}
