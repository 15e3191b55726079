import type { ServerEntry } from '@mcp-hub/domain';
import {
  endpointIdOf,
  type Clock,
  type ClusterKeys,
  type Ids,
  type Log,
  type McpBackend,
  type RouteKey,
  type RouteView,
  type SessionStore,
} from '@mcp-hub/application';
import { McpEndpoint, SessionIds, StateSeal } from '@mcp-hub/mcp';
import type { HubConfig } from '@mcp-hub/platform';

export interface EndpointFactoryParts {
  config: Pick<HubConfig, 'gateway' | 'limits'>;
  keys: ClusterKeys;
  incarnation: string;
  sessions: SessionStore;
  view: RouteView;
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
  const { config, keys, incarnation, sessions, view, clock, ids, log } = parts;
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
      sessionRecovery: entry.session_recovery,
      onFault: (error) => {
        log.error('endpoint.fault', { ...key, error });
      },
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
      },
    });
}

function msOr(seconds: number | undefined, defaultMs: number): number {
  return seconds === undefined ? defaultMs : seconds * 1_000;
}
