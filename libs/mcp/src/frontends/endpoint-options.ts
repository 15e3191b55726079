import type { Clock, Ids, McpBackend, SessionStore } from '@mcp-hub/application';
import type { SessionIds } from '../session-ids.js';
import type { StateSeal } from '../state-seal.js';
import type { Timers } from '../wire/timers.js';

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
  /** Of this worker. */
  incarnation: string;
  sessionRecovery: 'transparent' | 'strict';
  limits: EndpointLimits;
  /**
   * Whether that worker serves this server at the moment, as far as this one knows: a session of such an owner is
   * handed back (409 with `hub-owner`) instead of being taken over. Without it every foreign owner counts as gone.
   */
  isServedBy?: (incarnation: string) => boolean;
  timers?: Timers;
  /** Gets faults of the hub itself, to be logged; clients are told nothing of them. */
  onFault?: (fault: unknown) => void;
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
  /** Client headers that the entry's `forward_headers` names, lower-case. */
  forwardedHeaders: Readonly<Record<string, string>>;
}

/** On answers: the worker incarnation that owns the session or the parked call. With 409, the request belongs there. */
export const ownerHeader = 'hub-owner';
