import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualTimers } from '../../test/manual-timers.js';
import { CallDeadline } from './call-deadline.js';
import type { FetchedResponse } from './fetch.js';
import { isRepeatable, sendRequest } from './send-request.js';

const failing = (code: string) => () => Promise.reject(Object.assign(new Error('failed'), { code }));
const answering =
  (status: number, headers: Record<string, string> = {}, body: string | null = null) =>
  () =>
    Promise.resolve(new Response(body, { status, headers }) as FetchedResponse);
const busy = (retryAfter: string, status = 503) => answering(status, { 'retry-after': retryAfter }, 'busy');

/** Sends one request to what answers in turn; `waits` says how long it waited before each attempt but the first. */
function sending(answers: (() => Promise<FetchedResponse>)[], method = 'GET', timeoutMs = 30_000) {
  const timers = new ManualTimers();
  const cancel = new AbortController();
  const deadline = new CallDeadline(timers, timeoutMs, cancel.signal);
  let attempts = 0;
  const fetch = () => {
    attempts += 1;
    const answer = answers.shift();
    return answer ? answer() : Promise.reject(new Error('one attempt too many'));
  };
  const outcome = sendRequest(
    { method, url: 'http://api/', headers: {} },
    {
      fetch,
      timers,
      random: () => 0.5,
      deadline,
      retry: { attempts: 3, baseDelayMs: 100 },
      isRepeatable: isRepeatable(method),
    },
  ).then(
    (response) => response.status,
    (error: unknown) => (error as Error & { code?: string }).code ?? (error as Error).message,
  );
  return { outcome, timers, cancel, attempts: () => attempts };
}

/** Lets it run, advancing over each wait of the retries. */
async function ranThrough({ outcome, timers, attempts }: ReturnType<typeof sending>) {
  const ended: unknown[] = [];
  void outcome.then((how) => ended.push(how));
  const waits: number[] = [];
  for (let turn = 0; turn < 50 && ended.length === 0; turn += 1) {
    await setImmediate();
    // The later one is the deadline's.
    const [wait, another] = timers.waits;
    if (wait === undefined || another === undefined) continue;
    waits.push(wait);
    timers.advance(wait);
  }
  return { outcome: await outcome, waits, attempts: attempts() };
}

describe('sendRequest', () => {
  it('backs off twice as long before each attempt', async () => {
    const run = sending([failing('ECONNRESET'), failing('ECONNREFUSED'), answering(200)]);
    expect(await ranThrough(run)).toEqual({ outcome: 200, waits: [75, 150], attempts: 3 });
  });

  it('gives up after the last attempt', async () => {
    const run = sending([failing('ECONNRESET'), failing('ECONNRESET'), failing('UND_ERR_SOCKET')]);
    expect(await ranThrough(run)).toMatchObject({ outcome: 'UND_ERR_SOCKET', attempts: 3 });
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PUT', 'DELETE'])('repeats %s', async (method) => {
    expect(await ranThrough(sending([failing('ECONNRESET'), answering(204)], method))).toMatchObject({ attempts: 2 });
  });

  it.each(['POST', 'PATCH', 'COPY'])('never repeats %s', async (method) => {
    expect(await ranThrough(sending([failing('ECONNRESET')], method))).toMatchObject({ outcome: 'ECONNRESET' });
    expect(await ranThrough(sending([busy('0')], method))).toMatchObject({ outcome: 503 });
  });

  it.each(['ENOTFOUND', 'CERT_HAS_EXPIRED'])('does not repeat what stays as it is: %s', async (code) => {
    expect(await ranThrough(sending([failing(code)]))).toMatchObject({ outcome: code, attempts: 1 });
  });

  it('waits as many seconds as it is told, and a little', async () => {
    const run = sending([busy('3', 429), answering(200)]);
    expect(await ranThrough(run)).toEqual({ outcome: 200, waits: [3075], attempts: 2 });
  });

  it('waits until the date that it is told', async () => {
    const run = sending([busy('Thu, 01 Jan 2026 00:00:02 GMT'), answering(200)]);
    expect(await ranThrough(run)).toEqual({ outcome: 200, waits: [2075], attempts: 2 });
  });

  it.each([
    ['a wait beyond the deadline', busy('30')],
    ['no wait', answering(503)],
    ['a wait that is none', busy('soon')],
    ['a negative wait', busy('-1')],
    ['another status', answering(500, { 'retry-after': '0' })],
  ])('gives back an answer with %s', async (_, answer) => {
    expect(await ranThrough(sending([answer]))).toMatchObject({ waits: [], attempts: 1 });
  });

  it('ends a wait when the caller goes', async () => {
    const run = sending([busy('10')]);
    while (run.timers.waits.length < 2) await setImmediate();
    run.cancel.abort(new Error('gone'));
    expect(await run.outcome).toBe('gone');
    expect(run.attempts()).toBe(1);
  });
});
