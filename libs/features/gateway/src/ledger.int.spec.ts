import { afterEach, beforeEach, expect, it } from 'vitest';
import { aRouteRecord, aWorkerRecord } from '@mcp-hub/application/testing';
import { FlakyConnections } from '../test/flaky-connections.js';
import { GatewayUnderTest, toolCall } from '../test/gateway-under-test.js';
import { LedgerWorker } from '../test/ledger-worker.js';

let gateway: GatewayUnderTest;
let workers: LedgerWorker[];
let paths: FlakyConnections[];

/** Random numbers from 0 to 1, the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

beforeEach(async () => {
  const random = seededRandom(42);
  gateway = new GatewayUnderTest();
  await gateway.start({ 'loader.timeout': 1 });
  await gateway.direct();
  workers = await Promise.all(['worker-1', 'worker-2'].map((name) => LedgerWorker.start(name, random)));
  paths = await Promise.all(workers.map(({ port }) => FlakyConnections.to(port, random)));
  for (const [index, { url }] of paths.entries()) {
    const incarnation = `worker-${index + 1}`;
    await gateway.table.announceWorker(aWorkerRecord({ incarnation, url }), 3_600_000);
    await gateway.table.putRoute(
      aRouteRecord({ worker: incarnation, replica: index + 1, target: { kind: 'http', url } }),
    );
  }
  await gateway.view.refresh();
});
afterEach(async () => {
  await gateway.close();
  await Promise.all(paths.map((path) => path.close()));
  await Promise.all(workers.map((worker) => worker.stop()));
});

/** How the gateway's client was told that a call ended. */
async function told(id: string, text?: string): Promise<string> {
  const response = await gateway.post({ ...toolCall, id, params: { name: 'now', arguments: { text } } });
  const answer = (await response.json()) as { result?: unknown; error?: { data: { outcome: string } } };
  return answer.result ? 'result' : (answer.error?.data.outcome ?? 'nothing');
}

it.each([
  ['small', undefined, 400],
  ['too large to be sent again', 'x'.repeat(200_000), 100],
])(
  'tells of calls that are %s what was executed, however connections break',
  async (_name, text, count) => {
    const ids = Array.from({ length: count }, (_, index) => `call-${index}`);
    const outcomes = new Map<string, string>();
    let next = 0;
    const clients = Array.from({ length: 8 }, async () => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) outcomes.set(id, await told(id, text));
    });
    await Promise.all(clients);
    const executed = workers.flatMap((worker) => worker.executed);
    const wrong = ids.filter((id) => {
      const executions = executed.filter((one) => one === id).length;
      const outcome = outcomes.get(id);
      if (outcome === 'result') return executions !== 1;
      if (outcome === 'not_executed') return executions !== 0;
      return outcome !== 'unknown' || executions > 1;
    });
    expect(wrong).toEqual([]);
    // It was a test of what it says it tests.
    const states = workers.flatMap((worker) => worker.states);
    expect(paths.reduce((sum, { breaks }) => sum + breaks, 0)).toBeGreaterThan(count / 10);
    expect(states).toContain('not_seen');
    expect(states.some((state) => state !== 'not_seen')).toBe(true);
    expect(new Set(outcomes.values()).has('result')).toBe(true);
  },
  60_000,
);

it('has requests refused that arrive after they were disowned', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `call-${index}`);
  await Promise.all(ids.map((id) => told(id)));
  expect(workers.reduce((sum, { refused }) => sum + refused, 0)).toBeGreaterThan(0);
}, 60_000);
