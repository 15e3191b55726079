import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { requirements } from '../src/requirements.js';
import { provedIds, unprovedIds } from '../src/proved-requirements.js';

const ids = Object.keys(requirements);

describe('the gate over the requirements', () => {
  it('finds a requirement without a test', () => {
    const specs = ["it(proves('A-1'), async () => {});"];
    expect(unprovedIds(['A-1', 'A-2'], specs)).toEqual(['A-2']);
  });

  it('does not take a commented test for a proof', () => {
    expect(unprovedIds(['A-1'], ["  // it(proves('A-1'), async () => {});"])).toEqual(['A-1']);
  });

  it('passes: every requirement has a test', async () => {
    const specs = await readSpecs();
    expect(unprovedIds(ids, specs)).toEqual([]);
  });

  it('passes: every proof names a requirement', async () => {
    const specs = await readSpecs();
    expect(provedIds(specs).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

async function readSpecs(): Promise<string[]> {
  const folder = new URL('./', import.meta.url);
  const names = (await readdir(folder)).filter((name) => /\.(e2e|failover)\.spec\.ts$/.test(name));
  return Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
}
