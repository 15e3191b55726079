import type { UpstreamRequest } from '../request/build-request.js';
import type { CallDeadline } from './call-deadline.js';
import type { CallTimers } from './call-timers.js';
import type { Fetch, FetchedResponse } from './fetch.js';
import { isPassingFailure } from './network-causes.js';
import { readBody } from './read-body.js';

export interface RetryPolicy {
  /** Attempts in all; 1 for none again. */
  attempts: number;
  /** Of the wait before the second attempt, doubled before each further one. */
  baseDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 3, baseDelayMs: 250 };

export interface Sending {
  fetch: Fetch;
  timers: CallTimers;
  /** From 0 up to 1, for the jitter of waits. */
  random: () => number;
  deadline: CallDeadline;
  retry: RetryPolicy;
  /** Sending it twice is as good as once. */
  isRepeatable: boolean;
}

const repeatableMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PUT', 'DELETE']);
/** Of an answer that is given up for another; reading so much keeps its connection usable. */
export const maxDiscardedBytes = 64 * 1024;

/** Says whether HTTP lets a request with this method be sent again (RFC 9110, 9.2.2). */
export function isRepeatable(method: string): boolean {
  return repeatableMethods.has(method);
}

/**
 * Sends a request, and again where that is harmless and may help: a failed connection that answered nothing, or 429
 * and 503 with `Retry-After`, as long as the wait ends before the deadline (openapi-to-mcp.md, section 5).
 *
 * @throws what the network reports of the last attempt, or the reason of the deadline's signal
 */
export async function sendRequest({ url, ...request }: UpstreamRequest, sending: Sending): Promise<FetchedResponse> {
  const { fetch, deadline, retry, random } = sending;
  for (let attempt = 1; ; attempt += 1) {
    const backoffMs = retry.baseDelayMs * 2 ** (attempt - 1) * (0.5 + random() / 2);
    const mayRepeat = (ms: number) => sending.isRepeatable && attempt < retry.attempts && deadline.leaves(ms);
    try {
      const response = await fetch(url, { ...request, signal: deadline.signal });
      const askedMs = retryAfterMs(response, sending.timers.now());
      if (askedMs === undefined || !mayRepeat(askedMs + backoffMs)) return response;
      await readBody(response, maxDiscardedBytes);
      await deadline.wait(askedMs + backoffMs);
    } catch (error) {
      deadline.signal.throwIfAborted();
      if (!isPassingFailure(error) || !mayRepeat(backoffMs)) throw error;
      await deadline.wait(backoffMs);
    }
  }
}

/** `Retry-After` in seconds, or as a date, of an answer that another attempt may follow. */
function retryAfterMs({ status, headers }: FetchedResponse, now: number): number | undefined {
  const value = status === 429 || status === 503 ? headers.get('retry-after')?.trim() : undefined;
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = /^\p{L}/u.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
