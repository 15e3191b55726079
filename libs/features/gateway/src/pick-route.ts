import { endpointIdOf, type RouteRecord, type RouteView } from '@mcp-hub/application';

/** Counts requests in flight for each worker's route, for choosing the least loaded. */
export class InFlight {
  private readonly counts = new Map<string, number>();

  of(route: RouteRecord): number {
    return this.counts.get(keyOf(route)) ?? 0;
  }

  /** @returns ends it; call once */
  begin(route: RouteRecord): () => void {
    const key = keyOf(route);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return () => {
      const left = (this.counts.get(key) ?? 1) - 1;
      if (left > 0) this.counts.set(key, left);
      else this.counts.delete(key);
    };
  }
}

/** What one request has tried in vain. */
export class Avoided {
  private readonly workers = new Set<string>();
  private readonly routes = new Set<string>();

  addWorker(incarnation: string): void {
    this.workers.add(incarnation);
  }

  /** The worker lives, but has this route no more; it may have another. */
  addRoute(route: RouteRecord): void {
    this.routes.add(keyOf(route));
  }

  has(route: RouteRecord): boolean {
    return this.workers.has(route.worker) || this.routes.has(keyOf(route));
  }
}

/**
 * Chooses the route for one request: that of the session's endpoint (`owner`) while it lives, else the least loaded of those that
 * serve. What is avoided is never chosen; suspected workers, and replicas that fail to answer, only where there is no other. A server that is not enabled
 * has none, whatever still runs of it.
 */
export function pickRoute(
  view: RouteView,
  serverId: string,
  choice: { owner?: string; avoid: Avoided; inFlight: InFlight },
): RouteRecord | undefined {
  const { owner, avoid, inFlight } = choice;
  const record = view.directoryRecord(serverId);
  if (record && record.state !== 'enabled') return undefined;
  if (owner !== undefined) {
    const owned = view.routesOf(serverId).find((route) => endpointIdOf(route) === owner);
    if (owned && view.isAlive(owned.worker) && !avoid.has(owned)) return owned;
  }
  let best: RouteRecord | undefined;
  for (const route of view.servingRoutes(serverId)) {
    if (avoid.has(route)) continue;
    if (!best || isBetter(route, best)) best = route;
  }
  return best;

  function isBetter(a: RouteRecord, b: RouteRecord): boolean {
    const trustedA = view.isTrusted(a.worker);
    if (trustedA !== view.isTrusted(b.worker)) return trustedA;
    // One that refuses calls has the fewest in flight.
    const answersA = a.state !== 'degraded';
    if (answersA !== (b.state !== 'degraded')) return answersA;
    return inFlight.of(a) < inFlight.of(b);
  }
}

function keyOf(route: RouteRecord): string {
  return `${route.worker} ${route.serverId} ${route.generation} ${route.replica}`;
}
