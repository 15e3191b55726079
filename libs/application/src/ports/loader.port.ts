import type { ServerEntry } from '@mcp-hub/domain';
import type { McpBackend } from './mcp-backend.port.js';

export interface LoadRequest {
  /** References are resolved and secrets opened: never to be logged. The inline document is not in it, see `spec`. */
  entry: ServerEntry;
  generation: number;
  /** The inline document (`openapi_config.spec`) as bytes of JSON or YAML, where the entry has one. */
  spec?: Uint8Array;
}

export interface LoadContext {
  /** Aborted at the deadline or when the load is no longer wanted. */
  signal: AbortSignal;
  /** A line for the server's log (`GET /v0/servers/{id}/logs`). */
  log(stream: 'stderr' | 'stdout' | 'lifecycle', text: string): void;
}

/**
 * Brings up one kind of server. A loader keeps no state of its own between loads; what it starts belongs to the
 * backend it returns, and is gone after `close()`, or when `load` throws.
 */
export interface Loader {
  /** The loader type of entries (`openapi`, `module`, …). */
  readonly type: string;
  /** The share of a worker's capacity that one server takes. */
  readonly weight: number;
  /**
   * Fetches what must be there before a start (a package, an image), under a deadline of its own; a loader without it
   * has nothing to fetch. @returns the request to load, with versions made exact. @throws LoadFailed
   */
  prepare?(request: LoadRequest, context: LoadContext): Promise<LoadRequest>;
  /** @throws LoadFailed with a message that a person can act on */
  load(request: LoadRequest, context: LoadContext): Promise<McpBackend>;
}
