import { LoadFailed } from '@mcp-hub/domain';
import type { KnownDocument, ReadDocument } from './read-document.js';
import type { ReferredTexts } from './referred-texts.js';
import type { ApiModelHandle } from './thread/api-model-handle.js';

export interface FollowedDocumentParts {
  /** @returns undefined where it is still what is known. @throws LoadFailed */
  read: (signal: AbortSignal, known?: KnownDocument) => Promise<ReadDocument | undefined>;
  newTexts: () => ReferredTexts;
  /** @param texts to read what the document refers to. @throws LoadFailed */
  modelOf: (document: ReadDocument, texts: ReferredTexts, signal: AbortSignal) => Promise<ApiModelHandle>;
}

/**
 * A document that is read again and again, with what it refers to. What is bad for good is converted once, not at each
 * read.
 */
export class FollowedDocument {
  readonly #parts: FollowedDocumentParts;
  /** Of what a model was made of last. */
  #usedHash: string;
  #latest: KnownDocument;
  /** What it referred to then. */
  #usedTexts: ReferredTexts;
  /** What the latest refers to. */
  #texts: ReferredTexts;
  /** Why the latest can't be used. */
  #failure: LoadFailed | undefined;

  constructor(used: KnownDocument, texts: ReferredTexts, parts: FollowedDocumentParts) {
    this.#parts = parts;
    this.#usedHash = used.hash;
    this.#latest = remembered(used);
    this.#usedTexts = texts;
    this.#texts = texts;
  }

  /**
   * @returns a model of what it is now; undefined where that is what was used last
   * @throws LoadFailed where it can't be read or used
   */
  async next(signal: AbortSignal): Promise<ApiModelHandle | undefined> {
    const read = await this.#parts.read(signal, this.#latest);
    if (read && read.hash !== this.#latest.hash) {
      if (read.hash !== this.#usedHash) return this.#use(read, signal);
      // It is back to what serves, whatever was wrong meanwhile.
      this.#failure = undefined;
      this.#texts = this.#usedTexts;
    }
    if (read) this.#latest = remembered(read);
    if (await this.#texts.haveChanged(signal)) {
      const again = await this.#parts.read(signal);
      if (again) return this.#use(again, signal);
    }
    if (this.#failure) throw this.#failure;
    return undefined;
  }

  async #use(read: ReadDocument, signal: AbortSignal): Promise<ApiModelHandle> {
    const texts = this.#parts.newTexts();
    try {
      const model = await this.#parts.modelOf(read, texts, signal);
      this.#usedHash = read.hash;
      this.#usedTexts = texts;
      this.#attempted(read, texts, undefined);
      return model;
    } catch (error) {
      if (error instanceof LoadFailed && !error.isTransient) this.#attempted(read, texts, error);
      throw error;
    }
  }

  #attempted(read: ReadDocument, texts: ReferredTexts, failure: LoadFailed | undefined): void {
    this.#latest = remembered(read);
    this.#texts = texts;
    this.#failure = failure;
  }
}

/** Without its bytes, which may be many. */
function remembered({ hash, validators }: KnownDocument): KnownDocument {
  return { hash, ...(validators && { validators }) };
}
