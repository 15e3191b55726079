export { aReplicaReport, aServerEntry, aServerRecord, builtAt } from './builders.js';
export { aNewServer, aServerChange, registryStoreContract } from './registry-store.contract.js';
export { blobStoreContract, type BlobStoreHarness } from './blob-store.contract.js';
export { SetClock } from './set-clock.js';
export type { StoreAbilities, StoreConnection, StoreHarness } from './store-harness.js';
export {
  aDirectoryRecord,
  aLoadJob,
  aRouteKey,
  aRouteRecord,
  aSessionRecord,
  aWorkerRecord,
  aWorkerReport,
} from './routing-builders.js';
export type { ServerUnderTest } from './dependency-harness.js';
export { routeTableContract, type RouteTableHarness } from './route-table.contract.js';
export { routeTableClaimContract } from './route-table-claim.contract.js';
export { routeTableFeedContract } from './route-table-feed.contract.js';
export { routeTableLossContract, type RouteTableLossHarness } from './route-table-loss.contract.js';
export { sessionStoreContract, sessionStoreLossContract, type SessionStoreHarness } from './session-store.contract.js';
export { blobExchangeContract, type BlobExchangeHarness } from './blob-exchange.contract.js';
export { loadQueueContract, type LoadQueueHarness } from './load-queue.contract.js';
export { loadQueueConsumerContract } from './load-queue-consumer.contract.js';
export { loadQueueLossContract, type LoadQueueLossHarness } from './load-queue-loss.contract.js';
export { RecordingLog, type LoggedEvent } from './recording-log.js';
export { FakeSessionStore } from './fake-session-store.js';
export { ScriptedRouteTable } from './scripted-route-table.js';
export { MemoryRegistryStore } from './memory-registry-store.js';
export { MemoryBlobExchange, MemoryBlobStore } from './memory-blobs.js';
export { RecordingQueue } from './recording-queue.js';
export { FakeBackend, FakeEndpoint, FakeLoader } from './fake-backend.js';
export { anOpenApiEntry } from './openapi-entry.js';
export { aDocument, aRegistry } from './registry-under-test.js';
