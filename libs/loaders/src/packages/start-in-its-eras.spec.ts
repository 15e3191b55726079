import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { McpBackend } from '@mcp-hub/application';
import { LoadFailed, type FailureCode } from '@mcp-hub/domain';
import { ServerRefused } from '@mcp-hub/mcp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCallContext, failureOf } from '../../test/loading.js';
import { EraRecords } from './era-records.js';
import type { Era } from '../supervision/launch-stdio-server.js';
import { startInItsEras } from './start-in-its-eras.js';

let place = '';
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'mcp-hub-eras-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

const file = 'server.js';
const failed = (code: FailureCode, message: string, cause?: unknown) => new LoadFailed(code, message, '', { cause });
const refused = (message: string) => failed('crashed', message, new ServerRefused(message));

function aBackend(era: Era): McpBackend {
  return {
    describe: () => Promise.reject(new Error('It is not asked here.')),
    call: async () => ({ kind: 'complete', result: { era } }),
    listen: () => () => undefined,
    check: async () => undefined,
    onExit: () => undefined,
    close: async () => undefined,
  };
}

type Start = (signal: AbortSignal) => Promise<void>;
const fine: Start = async () => undefined;
const silent: Start = (signal) =>
  new Promise((_, reject) => {
    const late = () => reject(failed('start_timeout', 'The server was not ready in time.'));
    signal.addEventListener('abort', late, { once: true });
  });

/** A server whose starts go as told. */
function aServer(eras: Record<Era, Start>, records = new EraRecords()) {
  const started: Era[] = [];
  const log: string[] = [];
  const start = async (era: Era, signal: AbortSignal) => {
    started.push(era);
    await eras[era](signal);
    return aBackend(era);
  };
  const load = () =>
    startInItsEras(
      { start, records, program: { place, file }, shortestProbeMs: 50, log: (text) => log.push(text) },
      AbortSignal.timeout(5_000),
    );
  return { started, log, load };
}

const eraFor = async (backend: McpBackend, era: Era) => {
  const meta = era === 'modern' && { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  const outcome = await backend.call({ method: 'tools/call', params: { name: 'x', ...meta } }, aCallContext());
  return outcome.kind === 'complete' ? outcome.result['era'] : outcome;
};
const recorded = async () => JSON.parse(await readFile(join(place, 'eras.json'), 'utf8')) as unknown;

describe('startInItsEras', () => {
  it('does not wait long for a server that says nothing in the modern era, and never again', async () => {
    const { started, log, load } = aServer({ legacy: fine, modern: silent });
    expect(await eraFor(await load(), 'modern')).toBe('legacy');
    expect(await eraFor(await load(), 'modern')).toBe('legacy');
    expect(started).toEqual(['legacy', 'modern', 'legacy']);
    expect(await recorded()).toEqual({ [file]: 'legacy' });
    expect(log).toEqual(['clients of 2026-07-28 are served in the legacy era: The server was not ready in time.']);
  });

  it('records nothing where the worker itself could not start the server', async () => {
    const fault = failed('install_failed', "The folder for packages can't be used (ENOSPC).");
    const full = aServer({ legacy: fine, modern: () => Promise.reject(fault) });
    expect(await eraFor(await full.load(), 'modern')).toBe('legacy');
    const { load } = aServer({ legacy: fine, modern: fine });
    expect(await eraFor(await load(), 'modern')).toBe('modern');
    expect(await recorded()).toEqual({ [file]: 'both' });
  });

  it('fails with what the server said to the handshake where it speaks neither era', async () => {
    const { started, load } = aServer({
      legacy: () => Promise.reject(refused('The API key is missing.')),
      modern: () => Promise.reject(refused('No such method.')),
    });
    expect((await failureOf(load())).message).toBe('The API key is missing.');
    expect(started).toEqual(['legacy', 'modern']);
  });

  it('fails without a second start where the server does not come up', async () => {
    const { started, load } = aServer({
      legacy: () => Promise.reject(failed('crashed', 'It ended.')),
      modern: fine,
    });
    expect((await failureOf(load())).message).toBe('It ended.');
    expect(started).toEqual(['legacy']);
  });

  it('asks again where the record is damaged', async () => {
    await writeFile(join(place, 'eras.json'), '{"server.js": "bo');
    const { started, load } = aServer({ legacy: fine, modern: fine });
    expect(await eraFor(await load(), 'modern')).toBe('modern');
    expect(started).toEqual(['legacy', 'modern']);
  });

  it('keeps what it knows in memory where it can not be written', async () => {
    await rm(place, { recursive: true });
    const records = new EraRecords();
    const first = aServer({ legacy: fine, modern: () => Promise.reject(refused('No such method.')) }, records);
    expect(await eraFor(await first.load(), 'modern')).toBe('legacy');
    const second = aServer({ legacy: fine, modern: fine }, records);
    expect(await eraFor(await second.load(), 'modern')).toBe('legacy');
    expect(second.started).toEqual(['legacy']);
  });

  it('keeps apart the programs of a package', async () => {
    const records = new EraRecords();
    await records.write({ place, file: 'one.js' }, 'legacy');
    await records.write({ place, file: 'other.js' }, 'both');
    expect(await recorded()).toEqual({ 'one.js': 'legacy', 'other.js': 'both' });
  });
});
