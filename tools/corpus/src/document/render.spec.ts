import { parseServerEntry } from '@mcp-hub/domain';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { thisMachine } from '../machine.js';
import { summarize } from '../summary.js';
import type { CorpusFile } from './corpus-file.js';
import { documentFile, rendered, withSection } from './render.js';

const committed = await readFile(documentFile, 'utf8');

it('has what the source knows committed as it is generated', async () => {
  const isSame = (await rendered(committed, [])) === committed;
  expect(isSame, 'docs/openapi.md is not what the source says: run `npm run corpus -- --render`').toBe(true);
});

it.each(['convert', 'calls', 'scale'])('has figures of %s', (kind) => {
  const section = committed.split(`<!-- corpus:${kind} -->`)[1]?.split(`<!-- /corpus:${kind} -->`)[0] ?? '';
  expect(section).toMatch(/Taken on \d{4}-\d\d-\d\d: .+\n[^]*\n\| -/);
});

it('puts a measured file into its place, and nothing else', async () => {
  const file: CorpusFile = {
    kind: 'convert',
    takenAt: '2026-01-02T03:04:05.000Z',
    machine: thisMachine(),
    seconds: 1,
    peakMb: 1,
    summary: summarize([]),
  };
  const written = await rendered(committed, [file]);
  expect(written).toContain('Taken on 2026-01-02');
  expect(written.split('<!-- corpus:scale -->')[1]).toBe(committed.split('<!-- corpus:scale -->')[1]);
  expect(await rendered(written, [file])).toBe(written);
});

it('refuses a document without the marks', () => {
  expect(() => withSection('# Title\n', 'codes', [])).toThrow('<!-- corpus:codes -->');
});

it('has configurations that a hub takes', () => {
  const blocks = [...committed.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThanOrEqual(5);
  for (const block of blocks) {
    const entry = {
      id: 'api',
      name: 'API',
      description: '',
      openapi_config: { url: 'https://example.com' },
      ...(parse(block) as object),
    };
    const parsed = parseServerEntry(entry, { now: '2026-01-01T00:00:00Z' });
    expect(parsed.ok ? [] : parsed.issues, block).toEqual([]);
  }
});
