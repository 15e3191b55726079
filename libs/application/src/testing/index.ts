export { aReplicaReport, aServerEntry, aServerRecord, builtAt } from './builders.js';
export { aNewServer, aServerChange, registryStoreContract } from './registry-store.contract.js';
export { blobStoreContract, type BlobStoreHarness } from './blob-store.contract.js';
export type { StoreAbilities, StoreHarness } from './store-harness.js';
