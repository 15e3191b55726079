import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualTimers } from '../../../test/support/fixtures.js';
import { SharedHub, type Worker } from '../../../test/support/http-hub.js';
import { modernPost, RawSession, type RawAnswer } from '../../../test/support/raw-http.js';
import type { FeatureServer } from '../../../test/support/feature-servers.js';
import type { BreakerReport } from './circuit-breaker.js';

const hang = { name: 'hang', arguments: {} };
const echo = { name: 'echo', arguments: { text: 'hi' } };

let hub: SharedHub;
let timers: ManualTimers;
let told: (BreakerReport | undefined)[];
let worker: Worker & { features: FeatureServer };
beforeEach(async () => {
  hub = new SharedHub();
  timers = new ManualTimers();
  told = [];
  worker = await hub.hosting('v1', 'w1', {
    timers,
    onBreaker: (report) => told.push(report),
    limits: { maxConcurrency: 1, callTimeoutMs: 20_000, callDeadlineMs: 20_000 },
  });
  // What the server is asked first, to know it.
  await modernPost(worker.url, { method: 'server/discover' });
});
afterEach(() => hub.close());

const callTool = (params: Record<string, unknown>): Promise<RawAnswer> =>
  modernPost(worker.url, { method: 'tools/call', params });

/** One call that runs, and one that waits for it. */
async function fill(): Promise<Promise<RawAnswer>[]> {
  const running = callTool(hang);
  await eventually(() => worker.features.executions.get('hang') === 1, 'the call to run');
  const waiting = callTool(echo);
  await eventually(() => worker.endpoint.activeCalls === 2, 'the call to wait');
  return [running, waiting];
}

async function filled(): Promise<void> {
  const calls = await fill();
  expect(calls).toHaveLength(2);
}

describe('a server with as many calls as it may have', () => {
  it('has the next one wait for its turn', async () => {
    const calls = await fill();
    expect(worker.features.executions.has('echo')).toBe(false);
    worker.features.release();
    const answers = await Promise.all(calls);
    expect(answers.map(({ body }) => body['result'])).toMatchObject([
      { content: [{ text: 'released' }] },
      { content: [{ text: 'hi' }] },
    ]);
  });

  it('refuses a call of a tool as not executed, on 200, with the time to try again', async () => {
    await filled();
    const session = await RawSession.open(worker.url);
    for (const answer of [await callTool(echo), await session.callTool('echo', { text: 'hi' })]) {
      expect(answer).toMatchObject({
        status: 200,
        body: { error: { data: { outcome: 'not_executed', reason: 'overloaded', retry_after: 2 } } },
      });
    }
    expect(worker.features.executions.has('echo')).toBe(false);
  });

  it('refuses anything else with 503 and Retry-After', async () => {
    await filled();
    const session = await RawSession.open(worker.url);
    for (const answer of [
      await modernPost(worker.url, { method: 'tools/list' }),
      await session.request('prompts/list'),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.body).toMatchObject({ id: 1, error: { data: { outcome: 'not_executed', retry_after: 2 } } });
    }
  });

  it('still answers what the hub itself answers', async () => {
    await filled();
    const session = await RawSession.open(worker.url);
    expect(await session.request('ping')).toMatchObject({ status: 200, body: { result: {} } });
    expect((await modernPost(worker.url, { method: 'server/discover' })).status).toBe(200);
  });

  it('refuses one that has waited too long', async () => {
    const [, waiting] = await fill();
    timers.advance(10_000);
    expect((await waiting)?.body).toMatchObject({ error: { data: { outcome: 'not_executed', reason: 'overloaded' } } });
  });

  it('does not count a call that waits for its client', async () => {
    const meta = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
    const params = { name: 'elicit', arguments: {} };
    const asked = await modernPost(worker.url, { method: 'tools/call', params }, { meta });
    expect(asked.body['result']).toMatchObject({ resultType: 'input_required' });
    expect((await callTool(echo)).body['result']).toMatchObject({ content: [{ text: 'hi' }] });
  });
});

describe('a server that does not answer', () => {
  /** One after the other; each ends by its deadline. */
  async function failFiveTimes(): Promise<void> {
    for (let count = 1; count <= 5; count += 1) {
      const call = callTool(hang);
      await eventually(() => worker.features.executions.get('hang') === count, 'the call to run');
      timers.advance(20_000);
      expect((await call).body).toMatchObject({ error: { data: { outcome: 'unknown', reason: 'timeout' } } });
    }
  }

  it('is not called any more, and callers are told at once', async () => {
    await failFiveTimes();
    expect(await callTool(hang)).toMatchObject({
      status: 200,
      body: { error: { data: { outcome: 'not_executed', reason: 'circuit_open', retry_after: 2 } } },
    });
    expect(worker.features.executions.get('hang')).toBe(5);
    expect(told).toMatchObject([{ message: expect.stringContaining('"hang"') as unknown }]);
  });

  it('is still called for what did not fail', async () => {
    await failFiveTimes();
    expect((await callTool(echo)).body['result']).toMatchObject({ content: [{ text: 'hi' }] });
    expect(told.at(-1)).toBeUndefined();
  });

  it('is called again after a probe that it answers', async () => {
    await failFiveTimes();
    worker.features.release();
    timers.advance(2_000);
    expect((await callTool(hang)).body['result']).toMatchObject({ content: [{ text: 'released' }] });
    expect(told).toEqual([expect.anything(), undefined]);
  });

  it('is not blamed for what it refuses itself', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect((await callTool({ name: 'fail', arguments: {} })).body['result']).toMatchObject({ isError: true });
      expect((await modernPost(worker.url, { method: 'no/such' })).body['error']).toMatchObject({ code: -32601 });
    }
    expect(told).toEqual([]);
  });
});
