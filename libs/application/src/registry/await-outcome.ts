import type { RouteView } from '../routing/route-view.js';

/** How a generation turned out, as far as was known when the wait ended. */
export type LoadOutcome = 'healthy' | 'failed' | 'unwanted' | 'pending';

/**
 * Waits until a generation of a server serves, has failed, or is no longer wanted, but for `timeoutMs` at most. It
 * learns of it from the RouteTable's feed, so it works whichever registry-api took the report.
 */
export async function awaitOutcome(
  view: RouteView,
  serverId: string,
  generation: number,
  timeoutMs: number,
): Promise<LoadOutcome> {
  const now = outcomeOf(view, serverId, generation);
  if (now !== 'pending') return now;
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      finish('pending');
    }, timeoutMs);
    const stop = view.onChange((id) => {
      if (id !== serverId) return;
      const outcome = outcomeOf(view, serverId, generation);
      if (outcome !== 'pending') finish(outcome);
    });
    function finish(outcome: LoadOutcome): void {
      clearTimeout(timer);
      stop();
      resolve(outcome);
    }
  });
}

function outcomeOf(view: RouteView, serverId: string, generation: number): LoadOutcome {
  const record = view.directoryRecord(serverId);
  const serving = view.servingRoutes(serverId).filter((route) => route.generation >= generation);
  const replicas = new Set(serving.map((route) => route.replica)).size;
  if (replicas > 0 && replicas >= (record?.replicas ?? 1)) return 'healthy';
  if (!record || record.generation < generation) return 'pending';
  if (record.state !== 'enabled') return 'unwanted';
  return record.failure ? 'failed' : 'pending';
}
