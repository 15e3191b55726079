import { modernRequest } from './modern-request.js';

export interface NeighbourReport {
  calls: number;
  /** What went wrong with calls of it, each said once. */
  failures: string[];
  p50Ms: number;
  p99Ms: number;
}

/** Calls a well-behaved server, one call after another, for a while. */
export async function measureNeighbour(url: string, forMs: number): Promise<NeighbourReport> {
  const times: number[] = [];
  const failures = new Set<string>();
  const endAt = performance.now() + forMs;
  while (performance.now() < endAt) {
    const begunAt = performance.now();
    try {
      const { message } = await modernRequest(url, 'tools/call', { name: 'greet', arguments: { name: 'you' } });
      if (message.result?.content?.[0]?.text?.includes('Hello, you!') !== true) failures.add(JSON.stringify(message));
    } catch (error) {
      failures.add(String(error));
    }
    times.push(performance.now() - begunAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(2));
  return { calls: times.length, failures: [...failures], p50Ms: at(0.5), p99Ms: at(0.99) };
}
