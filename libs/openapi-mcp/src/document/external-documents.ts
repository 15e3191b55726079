import { ownString, type JsonObject } from './json.js';

/** The documents that a document refers to. Plain data: it may cross to a thread. */
export interface ExternalDocuments {
  /** Where the document itself was read; without a fragment. */
  base: string;
  /** By URL, without a fragment. */
  documents: ReadonlyMap<string, unknown>;
  /** Why the others could not be read. */
  failures: ReadonlyMap<string, string>;
}

/** @returns the URL without its fragment; undefined where it is none, or relative to nothing */
export function absoluteUrl(reference: string, base: string | undefined): string | undefined {
  return URL.canParse(reference, base) ? withoutFragment(new URL(reference, base).href) : undefined;
}

/** OpenAPI 3.2's `$self`: the URL that a document has by its own word. */
export function selfUrl(root: JsonObject, base: string | undefined): string | undefined {
  const self = ownString(root, '$self');
  return self === undefined ? undefined : absoluteUrl(self, base);
}

export function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}
