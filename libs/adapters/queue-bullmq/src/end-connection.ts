import type { Redis } from 'ioredis';

/**
 * Ends a connection for good, whatever its state; commands that wait for it fail. `disconnect` alone leaves one that is
 * about to reconnect neither connected nor ended, and its commands waiting forever.
 */
export function endConnection(redis: Redis): void {
  const isBetweenAttempts = redis.status === 'reconnecting';
  redis.disconnect();
  if (!isBetweenAttempts) return;
  redis.connect().catch(() => undefined);
  redis.disconnect();
}
