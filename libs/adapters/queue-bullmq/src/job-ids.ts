import type { LoadJob } from '@mcp-hub/application';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** So many equal jobs may be in hand, of workers that died mostly, before another is not taken. */
const slots = 8;

/** ARGV: prefix of the job keys, key of the active list, base of the id, slots. @returns a free slot, or -1 */
const findSlot = `
local free = -1
for slot = 0, tonumber(ARGV[4]) - 1 do
  local id = ARGV[3] .. slot
  if redis.call('EXISTS', ARGV[1] .. id) == 0 then
    if free < 0 then free = slot end
  elseif not redis.call('LPOS', ARGV[2], id) then
    return -1
  end
end
return free
`;

/**
 * Finds an id for a job. BullMQ adds nothing where the id exists in any state, so equal jobs have several ids to use:
 * one in the hands of a worker that died must not hold up another for as long as its lock lasts.
 *
 * @returns undefined where an equal job waits already
 */
export async function freeJobId(redis: Redis, queue: Queue, job: LoadJob): Promise<string | undefined> {
  const base = jobIdBase(job);
  const slot = await redis.eval(findSlot, 0, queue.toKey(''), queue.toKey('active'), base, slots);
  return slot === -1 ? undefined : `${base}${String(slot)}`;
}

/** Custom ids may hold no `:`, nor be integers. */
function jobIdBase({ serverId, generation, replica }: LoadJob): string {
  return `load.${encodeURIComponent(serverId)}.${generation}.${replica}.`;
}

/** Names of queues may hold no `:` either. */
export function queueNames(namespace: string): { load: (loaderType: string) => string; reports: string } {
  const prefix = encodeURIComponent(namespace);
  return {
    load: (loaderType) => `${prefix}-load-${encodeURIComponent(loaderType)}`,
    reports: `${prefix}-reports`,
  };
}
