import { compareLeg } from './compare-leg.js';
import type { Hosting } from './fixtures.js';
import type { LegResult } from './leg-result.js';

/**
 * To pass it a server has to end the event stream of a call and answer it on another; a server on standard streams has
 * no event streams (gateway.md, "Who owns what").
 */
export const unreachableOnStdio = 'server-sse-disconnect-resume';

/** Compares the run of a leg through the hub with that without it. */
export function compareHosted(hosting: Hosting, direct: LegResult, through: LegResult): ReturnType<typeof compareLeg> {
  return compareLeg(direct, through, hosting === 'stdio' ? unreachableOnStdio : undefined);
}
