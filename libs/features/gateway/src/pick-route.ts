import type { RouteRecord, RouteView } from '@mcp-hub/application';

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

/**
 * Chooses the route for one request: that of the session's owner while it lives, else the least loaded of those that
 * serve. Workers in `avoid` are never chosen; suspected ones only where there is no other.
 */
export function pickRoute(
  view: RouteView,
  serverId: string,
  choice: { owner?: string; avoid: ReadonlySet<string>; inFlight: InFlight },
): RouteRecord | undefined {
  const { owner, avoid, inFlight } = choice;
  if (owner !== undefined && !avoid.has(owner)) {
    const owned = view
      .routesOf(serverId)
      .filter((route) => route.worker === owner && view.isAlive(owner))
      .sort((a, b) => b.generation - a.generation)[0];
    if (owned) return owned;
  }
  let best: RouteRecord | undefined;
  for (const route of view.servingRoutes(serverId)) {
    if (avoid.has(route.worker)) continue;
    if (!best || isBetter(route, best)) best = route;
  }
  return best;

  function isBetter(a: RouteRecord, b: RouteRecord): boolean {
    const trustedA = view.isTrusted(a.worker);
    if (trustedA !== view.isTrusted(b.worker)) return trustedA;
    return inFlight.of(a) < inFlight.of(b);
  }
}

function keyOf(route: RouteRecord): string {
  return `${route.worker} ${route.serverId} ${route.generation} ${route.replica}`;
}
