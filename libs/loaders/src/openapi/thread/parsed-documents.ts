import { loadDocument, type LoadedDocument } from '@mcp-hub/openapi-mcp';

interface Kept {
  loaded: LoadedDocument;
  uses: number;
}

/** Documents by the hash of their bytes, each parsed once as long as somebody uses it. */
export class ParsedDocuments {
  readonly #kept = new Map<string, Kept>();

  get count(): number {
    return this.#kept.size;
  }

  /** What it gives is held until `release`, as often as it was taken. */
  take(hash: string, bytes: Uint8Array): LoadedDocument {
    const known = this.#kept.get(hash);
    if (known) {
      known.uses += 1;
      return known.loaded;
    }
    const loaded = loadDocument(new TextDecoder().decode(bytes));
    this.#kept.set(hash, { loaded, uses: 1 });
    return loaded;
  }

  release(hash: string): void {
    const kept = this.#kept.get(hash);
    if (!kept) return;
    kept.uses -= 1;
    if (kept.uses === 0) this.#kept.delete(hash);
  }
}
