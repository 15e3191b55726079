export { Clock } from './ports/clock.port.js';
export { Log, type LogFields } from './ports/log.port.js';
export { Ids } from './ports/ids.port.js';
export {
  RegistryStore,
  type ListQuery,
  type NewServer,
  type ReplicaReport,
  type ServerChange,
  type ServerRecord,
  type StoredEntry,
} from './ports/registry-store.port.js';
export { blobHashesOf, insertedServer, replacedServer, reportedServer, type KeptServer } from './ports/kept-server.js';
export { BlobExchange, BlobStore } from './ports/blob-store.port.js';
export {
  LoadQueue,
  type Consumer,
  type LoadAttempt,
  type LoadHandler,
  type LoadJob,
  type ReportHandler,
  type WorkerReport,
} from './ports/load-queue.port.js';
export {
  RouteTable,
  type ClaimOutcome,
  type DirectoryRecord,
  type RouteEvent,
  type RouteKey,
  type RouteRecord,
  type RouteSnapshot,
  type RouteTarget,
  type WorkerRecord,
} from './ports/route-table.port.js';
export { SessionStore, type SessionRecord } from './ports/session-store.port.js';
export type {
  CallSignal,
  Diagnostic,
  InputRequest,
  JsonObject,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpClientNotification,
  McpCaller,
  McpDescription,
  McpIdentity,
  McpNotificationSink,
  McpOutcome,
  McpRecord,
} from './ports/mcp-backend.port.js';
export type { LoadContext, Loader, LoadRequest } from './ports/loader.port.js';
export { endpointIdOf } from './routing/endpoint-id.js';
export { routeResyncMs, RouteView, workerLeaseMs, type RouteViewOptions } from './routing/route-view.js';
export { statusOf, type ServerStatus, type ServingState } from './registry/server-status-view.js';
export { directoryRecordOf, isSameDirectoryRecord } from './registry/directory-record.js';
export { fallbackJobOf, loadJobOf, type RetryDefaults } from './registry/load-jobs.js';
export { orphanRepairs, planRepairs, tombstoneMs, type ActualState, type Repair } from './registry/plan-repairs.js';
export { AnnounceDesiredState, exchangeTtlMs, type Messaging } from './registry/announce-desired-state.js';
export { ApplyReport } from './registry/apply-report.js';
export { ReconcileDesiredState, type ReconcileOptions } from './registry/reconcile.js';
export {
  HostedServers,
  hostedKey,
  type HostedEndpoint,
  type HostedServer,
  type HostingOptions,
} from './hosting/hosted-servers.js';
export { WorkerPresence } from './hosting/worker-presence.js';
export { LoadReplica, type LoadingParts, type LoadOptions } from './hosting/load-replica.js';
export { parseKeys } from './secrets/keys.js';
export { SecretBox } from './secrets/secret-box.js';
export { ClusterKeys } from './secrets/cluster-keys.js';
export { missingKeyIssues, openEntry, sealEntry } from './secrets/seal-entry.js';
export { StoreEntry, type EntryPolicy } from './registry/store-entry.js';
export { PublishServer, type PublishOptions, type Written } from './registry/publish-server.js';
export { UpdateServer, type UpdateChecks } from './registry/update-server.js';
export { ChangeDesiredState, type DesiredChange } from './registry/change-desired-state.js';
export {
  everyServer,
  ReadServers,
  type ListFilter,
  type ServerDetails,
  type ServerInstance,
  type ServerListItem,
} from './registry/read-servers.js';
export { awaitOutcome, type LoadOutcome } from './registry/await-outcome.js';
export { findServer } from './registry/find-server.js';
export { ImportEntries, type ImportResult } from './registry/import-entries.js';
export { retryDelayMs } from './ports/retry-delay.js';
