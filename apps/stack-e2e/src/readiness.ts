import { waitUntil } from '@mcp-hub/test-servers';

/** The status of `/readyz`; 0 where nobody answers. */
export async function readyStatus(url: string): Promise<number> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    // It does not listen.
    return 0;
  }
}

/** Resolves once all of them answer `/readyz` with the status. */
export async function whenReady(urls: readonly string[], status: 200 | 503, timeoutMs = 45_000): Promise<void> {
  let seen: number[] = [];
  await waitUntil(
    async () => {
      seen = await Promise.all(urls.map(readyStatus));
      return seen.every((one) => one === status);
    },
    { timeoutMs, intervalMs: 100, describe: () => `${urls.join(', ')} to be ${status}; they are ${seen.join(', ')}` },
  );
}
