export { registeredLoaders, type LoaderOptions } from './registered-loaders.js';
export { moduleFaults } from './module/module-faults.js';
export type { ResolvedAddress, ResolveHost } from './egress/guarded-lookup.js';
export { GuardedFetch, type GuardedFetchOptions, type GuardedResponse } from './egress/guarded-fetch.js';
export { GuardedHttp, type GuardedHttpOptions } from './egress/guarded-http.js';
export { AnswerTooLarge, EgressRefused } from './egress/egress.errors.js';
export { ChildProcesses, type ChildProcessesOptions } from './supervision/child-processes.js';
export { NpmLoader, type NpmLoaderOptions } from './npm/npm-loader.js';
export { ProxyLoader, type ProxyLoaderOptions } from './proxy/proxy-loader.js';
