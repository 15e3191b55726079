import { createHash } from 'node:crypto';
import type { DocumentSources } from './document-sources.js';
import { fetchText, type Validators } from './fetch-text.js';
import { readUnderRoots } from './read-under-roots.js';

interface Known {
  /** undefined where it could not be read. */
  hash: string | undefined;
  validators: Validators;
}

/**
 * What a document refers to in files and URLs, read under the same rules as the document itself: files under the roots,
 * URLs through the egress guard.
 */
export class ReferredTexts {
  readonly #sources: DocumentSources;
  readonly #timeoutMs: number;
  readonly #known = new Map<string, Known>();

  /** @param timeoutMs for one fetch */
  constructor(sources: DocumentSources, timeoutMs: number) {
    this.#sources = sources;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws LoadFailed */
  async read(url: string): Promise<string> {
    this.#known.set(url, { hash: undefined, validators: {} });
    const read = await this.#bytesOf(url, AbortSignal.timeout(this.#timeoutMs));
    if (!read) throw new Error('It was not asked whether it had changed.');
    this.#known.set(url, { hash: hashOf(read.bytes), validators: read.validators });
    return new TextDecoder().decode(read.bytes);
  }

  /** Whether any of what was read is something else by now. What can't be read any more counts as what it was. */
  async haveChanged(signal: AbortSignal): Promise<boolean> {
    for (const [url, known] of this.#known) {
      signal.throwIfAborted();
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
      const read = await this.#bytesOf(url, deadline, known.validators).catch(() => undefined);
      if (read && hashOf(read.bytes) !== known.hash) return true;
      if (read) known.validators = read.validators;
    }
    return false;
  }

  async #bytesOf(
    url: string,
    signal: AbortSignal,
    validators: Validators = {},
  ): Promise<{ bytes: Uint8Array; validators: Validators } | undefined> {
    if (!/^file:/i.test(url)) return fetchText(url, this.#sources, signal, validators);
    return { bytes: (await readUnderRoots(url, this.#sources.fileRoots)).bytes, validators: {} };
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
