import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { CounterClient, type Era } from '../src/counter-client.js';
import { FailingStack } from '../src/failing-stack.js';
import { failAtRandom, seededRandom } from '../src/random-failures.js';
import { modernRequest } from '../src/modern-request.js';
import { proves } from '../src/requirements.js';
import { verdictOn } from '../src/told-outcomes.js';

/** Both may be given, to run it for longer or to repeat a run. */
const seconds = Number(process.env['LEDGER_SECONDS'] ?? 180);
const seed = Number(process.env['LEDGER_SEED'] ?? Date.now() % 1_000_000);
const clientsOfEachEra = 4;

let hub: FailingStack;
beforeAll(async () => {
  hub = await FailingStack.start();
  await hub.publishCounted('counter', {
    replicas: 2,
    module_config: { path: 'counter-server.mjs', args: { journal: hub.journal('counter') } },
  });
}, 120_000);
afterAll(() => hub.stop(), 60_000);

const endpoint = (gateway: string): string => `${gateway}/servers/counter/mcp`;

it.each(['gateways', 'workers'] as const)(
  proves('FLIGHT-2', 'The %s let calls in hand finish when they are told to stop.'),
  async (kind) => {
    await hub.whenRight(30_000);
    const keys = [1, 2, 3, 4].map((number) => `${kind}-${number}`);
    const calls = keys.map((key, index) => {
      const url = endpoint(hub.gateways[index % 2] ?? '');
      return modernRequest(url, 'tools/call', { name: 'plain', arguments: { key, workMs: 3_000, late: false } });
    });
    await waitUntil(
      async () => {
        const journal = await hub.loads('counter');
        return keys.every((key) => journal.includes(key));
      },
      { describe: 'all are being executed' },
    );
    const before = hub.state[kind].map(({ pid }) => pid);
    for (const pid of before) process.kill(pid, 'SIGTERM');
    for (const [index, { status, message }] of (await Promise.all(calls)).entries()) {
      expect([status, message.result?.content?.[0]?.text]).toEqual([200, keys[index]]);
    }
    await waitUntil(() => hub.state[kind].length === 2 && hub.state[kind].every(({ pid }) => !before.includes(pid)), {
      timeoutMs: 40_000,
      describe: `the ${kind} are back`,
    });
  },
  100_000,
);

it(
  proves('FLIGHT-1'),
  async () => {
    await hub.whenRight(30_000);
    const before = (await hub.loads('counter')).length;
    const random = seededRandom(seed);
    const urls = hub.gateways.map(endpoint);
    const eras: Era[] = ['legacy', 'modern'];
    const clients = eras.flatMap((era) =>
      Array.from(
        { length: clientsOfEachEra },
        (_, index) =>
          new CounterClient(era, `${era}-${index + 1}`, () => [...urls], seededRandom(Math.floor(random() * 2 ** 32))),
      ),
    );
    const failures = await failAtRandom(hub, random, seconds * 1_000);
    await Promise.all(clients.map((client) => client.stop()));
    await hub.whenRight(60_000);
    const verdict = verdictOn(
      clients.flatMap(({ calls }) => calls),
      (await finalJournal('counter')).slice(before),
    );
    const report = {
      seed,
      seconds,
      ...failures,
      sessionsRevived: clients.reduce((sum, { revivals }) => sum + revivals, 0),
      sessionsLost: clients.reduce((sum, { sessionsLost }) => sum + sessionsLost, 0),
      ...verdict,
    };
    await mkdir(new URL('../test-output/', import.meta.url), { recursive: true });
    await writeFile(new URL('../test-output/ledger.json', import.meta.url), JSON.stringify(report, undefined, 2));
    process.stdout.write(`${JSON.stringify({ ...report, violations: report.violations.length })}\n`);

    expect(verdict.violations).toEqual([]);
    expect(report.sessionsLost).toBe(0);
    // It was a test: there was load, and there were failures in the middle of calls.
    expect(verdict.results).toBeGreaterThan(seconds * 5);
    expect(failures.kills + failures.restarts).toBeGreaterThan(seconds / 15);
  },
  (seconds + 240) * 1_000,
);

/** Of calls whose clients were told that the outcome is unknown some may still be going on. */
function finalJournal(name: string): Promise<string[]> {
  let before = -1;
  return waitUntil(
    async () => {
      const lines = await hub.loads(name);
      const isFinal = lines.length === before;
      before = lines.length;
      return isFinal ? lines : undefined;
    },
    { timeoutMs: 30_000, intervalMs: 1_000, describe: 'nothing is executed any more' },
  );
}
