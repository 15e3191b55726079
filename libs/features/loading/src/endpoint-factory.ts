import type { ServerEntry, ServerFailure } from '@mcp-hub/domain';
import {
  endpointIdOf,
  type Clock,
  type ClusterKeys,
  type HostedServers,
  type Ids,
  type Log,
  type McpBackend,
  type RouteKey,
  type RouteView,
  type SessionStore,
} from '@mcp-hub/application';
import { McpEndpoint, SessionIds, StateSeal, type BreakerReport } from '@mcp-hub/mcp';
import type { HubConfig } from '@mcp-hub/platform';

export interface EndpointFactoryParts {
  config: Pick<HubConfig, 'gateway' | 'limits'>;
  keys: ClusterKeys;
  incarnation: string;
  sessions: SessionStore;
  view: RouteView;
  /** Where it is shown that a server does not answer. */
  hosted: Pick<HostedServers<McpEndpoint>, 'setFailure'>;
  clock: Clock;
  ids: Ids;
  log: Log;
}

const sessionIdleMs = 30 * 60_000;
/** gateway.md, "Sessions": open SSE streams carry a heartbeat comment every 15 s. */
const heartbeatMs = 15_000;
const parkedMax = 100;

/** Makes the frontends of one hosted server; limits of the entry win over the hub's. */
export function endpointFactory(
  parts: EndpointFactoryParts,
): (key: RouteKey, entry: ServerEntry, backend: McpBackend) => McpEndpoint {
  const { config, keys, incarnation, sessions, view, hosted, clock, ids, log } = parts;
  const sessionIds = new SessionIds(keys.sessionSigning);
  const seal = new StateSeal({ keys: keys.stateSealing, clock, ids });
  return (key, entry, backend) =>
    new McpEndpoint({
      serverId: key.serverId,
      serverName: entry.name,
      backend,
      sessions,
      sessionIds,
      seal,
      clock,
      ids,
      incarnation: endpointIdOf({ worker: incarnation, ...key }),
      worker: incarnation,
      sessionRecovery: entry.session_recovery,
      onFault: (error) => {
        log.error('endpoint.fault', { ...key, error });
      },
      onLoss: ({ callId, outcome, reason }) => {
        log.info('call.not_completed', { ...key, callId, outcome, reason });
      },
      onBreaker: breakerNews(key, log, (failure) => hosted.setFailure(key, failure)),
      isServedBy: (owner) => {
        const route = view.routesOf(key.serverId).find((one) => endpointIdOf(one) === owner);
        return route !== undefined && route.state !== 'draining' && view.isTrusted(route.worker);
      },
      limits: {
        maxBodyBytes: config.gateway.maxBodyBytes,
        sessionIdleMs,
        maxSessions: config.gateway.maxSessions,
        callTimeoutMs: msOr(entry.limits?.call_timeout, config.limits.callTimeoutMs),
        callDeadlineMs: msOr(entry.limits?.call_deadline, config.limits.callDeadlineMs),
        heartbeatMs,
        parkedMax,
        maxConcurrency: entry.limits?.max_concurrency ?? config.limits.maxConcurrency,
      },
    });
}

/** Logs once that a server is called no more for a while, and once that it is again, and has it shown what is known of it. */
function breakerNews(
  key: RouteKey,
  log: Log,
  show: (failure: ServerFailure | undefined) => Promise<void>,
): (report: BreakerReport | undefined) => void {
  let isOpen = false;
  return (report) => {
    if (report && !isOpen) log.warn('server.breaker_opened', { ...key, reason: report.message });
    if (!report && isOpen) log.info('server.breaker_closed', { ...key });
    isOpen = report !== undefined;
    void show(report && failureOf(report));
  };
}

function failureOf({ message, since, nextTryAt, isWhole }: BreakerReport): ServerFailure {
  const remedy = isWhole
    ? 'See whether the server itself works, and read its log. It is tried again by itself; a reload starts it anew.'
    : 'See why this is not answered, and read the log of the server; a slow one needs a larger limits.call_timeout. It is tried again by itself.';
  return {
    code: 'upstream_unreachable',
    stage: 'calls',
    message,
    remedy,
    since: new Date(since).toISOString(),
    nextRetryAt: new Date(nextTryAt).toISOString(),
  };
}

function msOr(seconds: number | undefined, defaultMs: number): number {
  return seconds === undefined ? defaultMs : seconds * 1_000;
}
