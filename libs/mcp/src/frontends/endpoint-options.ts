import type { Clock, Ids, JsonObject, McpBackend, SessionStore } from '@mcp-hub/application';
import type { CallExecution } from '../call-ledger.js';
import type { SessionIds } from '../session-ids.js';
import type { StateSeal } from '../state-seal.js';
import type { Timers } from '../wire/timers.js';
import type { BreakerLimits, BreakerReport } from './calls/circuit-breaker.js';

export interface EndpointLimits {
  maxBodyBytes: number;
  /** A legacy session ends after so long without a request. */
  sessionIdleMs: number;
  maxSessions: number;
  /** From the last sign of life (progress) of a call. */
  callTimeoutMs: number;
  /** From the start of a call, whatever its progress. */
  callDeadlineMs: number;
  /** Between two comments on an open event stream. */
  heartbeatMs: number;
  /** Calls of legacy clients that wait for an answer of their client. */
  parkedMax: number;
  /** Calls at the server at the same time; as many again may wait for a while. Parked ones don't count. */
  maxConcurrency: number;
}

export interface McpEndpointOptions {
  serverId: string;
  serverName: string;
  backend: McpBackend;
  sessions: SessionStore;
  sessionIds: SessionIds;
  seal: StateSeal;
  clock: Clock;
  ids: Ids;
  /** Owns sessions and parked calls; a worker has one for each hosted replica. */
  incarnation: string;
  /** The incarnation of the worker's process, for clients and logs. Default: `incarnation`. */
  worker?: string;
  sessionRecovery: 'transparent' | 'strict';
  limits: EndpointLimits;
  /**
   * Whether that worker serves this server at the moment, as far as this one knows: a session of such an owner is
   * handed back (409 with `hub-owner`) instead of being taken over. Without it every foreign owner counts as gone.
   */
  isServedBy?: (incarnation: string) => boolean;
  timers?: Timers;
  /** When a server that does not answer is called no more for a while; default `breakerLimits`. */
  breaker?: BreakerLimits;
  /** Told when that begins or changes, and, with undefined, when it is over. */
  onBreaker?: (report: BreakerReport | undefined) => void;
  /** Gets faults of the hub itself, to be logged; clients are told nothing of them. */
  onFault?: (fault: unknown) => void;
  /** Gets what clients are told of calls that the hub could not complete (`data` of the error), to be logged. */
  onLoss?: (data: JsonObject) => void;
}

/** What the gateway says of one HTTP request. */
export interface EndpointRequest {
  /** The authenticated caller, `anonymous` without authentication. */
  caller: string;
  callId: string;
  /** 2 or more (`hub-attempt`) where an earlier worker may have executed the request already. */
  attempt: number;
  /** The gateway can't reach the worker that owns the session or the parked call: nobody is to be sent there again. */
  isOwnerGone?: boolean;
  /** Asked before anything of it is executed. Left out: nobody can have been told that it was not. */
  execution?: CallExecution;
  /** Client headers that the entry's `forward_headers` names, lower-case. */
  forwardedHeaders: Readonly<Record<string, string>>;
  /** Set for the HTTP+SSE transport (2024-11-05). */
  httpSse?: HttpSseRequest;
}

export type HttpSseRequest =
  /** Opens a stream; its client posts to `messagesPath`, as it reaches it, with the query `sessionId`. */
  | { kind: 'stream'; messagesPath: string }
  /** Posts a message of the session whose stream is open here. */
  | { kind: 'message'; sessionId: string };

/** On answers: the worker incarnation that owns the session or the parked call. With 409, the request belongs there. */
export const ownerHeader = 'hub-owner';
