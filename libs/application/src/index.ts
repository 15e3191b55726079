export { Clock } from './ports/clock.port.js';
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
  InputRequest,
  JsonObject,
  ListenFilter,
  McpBackend,
  McpCall,
  McpCallContext,
  McpCaller,
  McpDescription,
  McpNotificationSink,
  McpOutcome,
} from './ports/mcp-backend.port.js';
export type { LoadContext, Loader, LoadRequest } from './ports/loader.port.js';
