import type { RouteRecord } from '../ports/route-table.port.js';

/**
 * Names one hosted replica on one run of a worker: what owns a session or a parked call. A worker may host several
 * replicas of a server, and two generations during a reload, so its incarnation alone would not do. Of the characters
 * `[A-Za-z0-9_-]`.
 */
export function endpointIdOf({
  worker,
  generation,
  replica,
}: Pick<RouteRecord, 'worker' | 'generation' | 'replica'>): string {
  return `${worker}-${generation}-${replica}`;
}
