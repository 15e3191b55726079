import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileEntry, hostings, serve, serveBeside, type Hosting } from '../src/hostile-entries.js';
import { HostileRemote } from '../src/hostile-remote.js';
import { Hub } from '../src/hub.js';
import { watchMemory } from '../src/memory-watch.js';
import { modernRequest, type ModernAnswer } from '../src/modern-request.js';
import { measureNeighbour, type NeighbourReport } from '../src/neighbour.js';
import { proves } from '../src/requirements.js';

const mebibyte = 1024 * 1024;
/** What worker and gateway may grow by, in MiB: a result of 32 MiB, once read, once parsed, once written. */
const maxGrowthMiB = 150;

let hub: Hub;
let remote: HostileRemote;
const measured: Record<string, unknown>[] = [];
beforeAll(async () => {
  hub = await Hub.underTest();
  remote = await HostileRemote.start();
});
afterAll(async () => {
  await remote.close();
  const folder = new URL('../test-output/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`isolation-${hub.form}.json`, folder), `${JSON.stringify(measured, undefined, 2)}\n`);
});

/** It wants to hear all that the server says meanwhile. */
const call = (url: string, name: string, args: Record<string, unknown> = {}): Promise<ModernAnswer> =>
  modernRequest(url, 'tools/call', {
    name,
    arguments: args,
    _meta: { progressToken: name, 'io.modelcontextprotocol/logLevel': 'debug' },
  });

/** What the callers of each misbehaviour are told; `stays`: the same server answers the next call. */
const expected: Record<string, { hostings: readonly Hosting[]; reason: string; says: RegExp; stays: boolean }> = {
  hang: { hostings, reason: 'timeout', says: /did not answer in time/, stays: true },
  garbage: { hostings, reason: 'upstream_error', says: /no JSON-RPC|neither JSON|not valid/, stays: true },
  page: { hostings: ['remote'], reason: 'upstream_error', says: /neither JSON nor an event stream/, stays: true },
  broken: { hostings: ['remote'], reason: 'upstream_error', says: /HTTP status 500/, stays: true },
  close: { hostings, reason: 'server_gone', says: /went away|closed|broke|ended/i, stays: false },
  'close-stream': { hostings: ['remote'], reason: 'server_gone', says: /ended its answer/, stays: true },
  huge: { hostings, reason: 'result_too_large', says: /larger than 32 MiB/, stays: true },
  headers: { hostings: ['remote'], reason: 'server_gone', says: /header/i, stays: true },
};
const cases = Object.entries(expected).flatMap(([tool, { hostings: all, ...told }]) =>
  all.map((hosting) => ({ tool, hosting, ...told })),
);

describe('callers of a server that misbehaves', () => {
  it.each(cases)(proves('ISO-3', '$tool of a $hosting server'), async ({ tool, hosting, reason, says, stays }) => {
    const id = `hostile-${tool}-${hosting}`;
    const url = await serve(hub, hostileEntry(hosting, id, remote, tool === 'huge' ? { call_timeout: 20 } : {}));
    try {
      const { status, message } = await call(url, tool);
      expect({ status, said: message.error?.message }).toEqual({
        status: 200,
        said: expect.stringMatching(says) as unknown,
      });
      expect(message.error?.data).toMatchObject({
        outcome: 'unknown',
        reason,
        server: id,
        callId: expect.any(String) as unknown,
        worker: expect.any(String) as unknown,
      });
      if (stays) expect((await call(url, 'echo')).message.result).toMatchObject({ content: [{ text: 'echo' }] });
    } finally {
      await hub.remove(id);
    }
  });

  it(proves('ISO-3', 'a remote server that does not read'), async () => {
    const url = await serve(hub, hostileEntry('remote', 'hostile-unread', remote));
    const { message } = await call(url, 'echo', { text: 'x'.repeat(3 * mebibyte) });
    expect(message.error?.data).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
    await hub.remove('hostile-unread');
  });
});

/** What a server does to its worker, for as long as it may. */
const attacks: { hosting: Hosting; tool: string; callers: number; rounds: number; maxGrowthMiB?: number }[] = [
  { hosting: 'module', tool: 'flood', callers: 4, rounds: 1 },
  { hosting: 'stdio', tool: 'flood', callers: 4, rounds: 1 },
  { hosting: 'remote', tool: 'flood', callers: 4, rounds: 1 },
  { hosting: 'module', tool: 'flood-lists', callers: 1, rounds: 1 },
  { hosting: 'stdio', tool: 'flood-lists', callers: 1, rounds: 1 },
  { hosting: 'stdio', tool: 'print-stdout', callers: 1, rounds: 1 },
  { hosting: 'stdio', tool: 'print-stderr', callers: 1, rounds: 1 },
  { hosting: 'module', tool: 'huge', callers: 2, rounds: 5 },
  { hosting: 'stdio', tool: 'huge', callers: 2, rounds: 3 },
  // Six answers of 100 MB, of each of which 32 MiB are read: 192 MiB where none of it was collected meanwhile, and what a
  // worker grows by under any load.
  { hosting: 'remote', tool: 'huge', callers: 2, rounds: 3, maxGrowthMiB: 256 },
  { hosting: 'module', tool: 'hang', callers: 64, rounds: 1 },
  { hosting: 'stdio', tool: 'mute', callers: 64, rounds: 1 },
  { hosting: 'remote', tool: 'hang', callers: 64, rounds: 1 },
];

describe('the neighbours of a server that misbehaves', () => {
  it.each(attacks)(proves('ISO-4', '$tool of a $hosting server'), async (attack) => {
    const { hosting, tool, callers, rounds } = attack;
    const id = `attack-${tool}-${hosting}`;
    const url = await serve(hub, hostileEntry(hosting, id, remote, { call_timeout: 6, call_deadline: 6 }));
    const neighbour = await serveBeside(hub, id);
    try {
      const pids = (await hub.services()).map(({ pid }) => pid);
      await measureNeighbour(hub.endpoint(neighbour), 500);
      const undisturbed = await measureNeighbour(hub.endpoint(neighbour), 2_000);
      const memory = await watchMemory(pids);
      const calls = Promise.all(
        Array.from({ length: callers }, async () => {
          for (let round = 0; round < rounds; round += 1) await call(url, tool);
        }),
      );
      const disturbed: NeighbourReport = await measureNeighbour(hub.endpoint(neighbour), 4_000);
      await calls;
      const growthMiB = Math.round((await memory.stop()) / mebibyte);
      const ratio = Number((disturbed.p99Ms / undisturbed.p99Ms).toFixed(2));
      measured.push({ form: hub.form, hosting, tool, undisturbed, disturbed, ratio, growthMiB });
      expect(disturbed.failures).toEqual([]);
      expect(disturbed.calls).toBeGreaterThan(0);
      expect(growthMiB).toBeLessThan(attack.maxGrowthMiB ?? maxGrowthMiB);
    } finally {
      await hub.remove(id);
      await hub.remove(neighbour);
    }
  });

  it(proves('ISO-4', 'the figures are complete'), () => {
    for (const { hosting, tool, undisturbed, disturbed, ratio, growthMiB } of measured as unknown as Figures[]) {
      console.info(
        `${hub.form} ${hosting}/${tool}: p99 ${undisturbed.p99Ms} → ${disturbed.p99Ms} ms (${ratio} ×), +${growthMiB} MiB`,
      );
    }
    expect(measured).toHaveLength(attacks.length);
  });
});

interface Figures {
  hosting: Hosting;
  tool: string;
  undisturbed: NeighbourReport;
  disturbed: NeighbourReport;
  ratio: number;
  growthMiB: number;
}
