import type { GuardedFetchOptions } from '../egress/guarded-fetch.js';

/** Where the documents of entries may come from. */
export interface DocumentSources extends Pick<GuardedFetchOptions, 'policy' | 'resolveHost'> {
  fileRoots: readonly string[];
  /** Where this hub's own API is; relative server URLs of documents from files resolve against it. */
  hubUrl?: string;
}
