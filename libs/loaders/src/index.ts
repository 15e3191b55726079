export { registeredLoaders, type LoaderOptions } from './registered-loaders.js';
export type { ResolvedAddress, ResolveHost } from './egress/guarded-lookup.js';
export { GuardedFetch, type GuardedFetchOptions, type GuardedResponse } from './egress/guarded-fetch.js';
export { AnswerTooLarge, EgressRefused } from './egress/egress.errors.js';
