import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { LoadRequest } from '@mcp-hub/application';
import { LoadFailed, type OpenApiConfig } from '@mcp-hub/domain';
import type { DocumentSources } from './document-sources.js';
import { fetchText, type Validators } from './fetch-text.js';
import { readUnderRoots } from './read-under-roots.js';

export interface ReadDocument {
  bytes: Uint8Array;
  /** SHA-256 of the bytes, in hex. */
  hash: string;
  /** What relative server URLs resolve against: where it came from by HTTP, after redirects, or the hub for a file. */
  url?: string;
  /** What references to other documents resolve against; none for an inline document. */
  base?: string;
  /** By which its origin tells whether it is still the same. */
  validators?: Validators;
}

/** What an earlier read is remembered by. */
export type KnownDocument = Pick<ReadDocument, 'hash' | 'validators'>;

/**
 * An entry's OpenAPI document: inline, by URL through the egress guard, or a file under a root (hub-api.md, section 1).
 * Nothing secret is sent to where the document is.
 *
 * @param known of an earlier read
 * @returns undefined where its origin says that it is still what it was then
 * @throws LoadFailed
 */
export async function readDocument(
  { spec }: Pick<LoadRequest, 'spec'>,
  config: Pick<OpenApiConfig, 'url' | 'timeout'>,
  sources: DocumentSources,
  signal: AbortSignal,
  known?: KnownDocument,
): Promise<ReadDocument | undefined> {
  // What is read moves on to a thread, and the spec is not ours to give away.
  const read = spec ? { bytes: spec.slice() } : await readAt(config, sources, signal, known?.validators);
  if (!read) return undefined;
  return { ...read, hash: await sha256(read.bytes) };
}

async function readAt(
  { url, timeout }: Pick<OpenApiConfig, 'url' | 'timeout'>,
  sources: DocumentSources,
  signal: AbortSignal,
  validators: Validators | undefined,
): Promise<Omit<ReadDocument, 'hash'> | undefined> {
  if (url === undefined) {
    throw new LoadFailed(
      'nothing_to_load',
      'The entry names no OpenAPI document.',
      'Set openapi_config.url, or give the document itself as openapi_config.spec.',
    );
  }
  if (isHttpUrl(url)) {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]);
    const fetched = await fetchText(url, sources, deadline, validators);
    return fetched && { ...fetched, base: fetched.url };
  }
  const { bytes, path } = await readUnderRoots(url, sources.fileRoots);
  return { bytes, base: pathToFileURL(path).href, ...(sources.hubUrl !== undefined && { url: sources.hubUrl }) };
}

export function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

const hashedAtOnce = 1024 * 1024;

/** Piece by piece: documents may be large, and others wait. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.byteLength; start += hashedAtOnce) {
    hash.update(bytes.subarray(start, start + hashedAtOnce));
    await setImmediate();
  }
  return hash.digest('hex');
}
