import { setTimeout as pause } from 'node:timers/promises';

/** Does something again and again for `forMs`, as one who renews a lease. The first failure is thrown. */
export async function repeatedly(forMs: number, act: () => Promise<unknown>): Promise<void> {
  const endsAt = performance.now() + forMs;
  while (performance.now() < endsAt) {
    await act();
    await pause(20);
  }
}
