import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Leg } from './legs.js';
import { runLeg } from './run-leg.js';

const leg: Leg = { suite: 'conformance-0-1', suiteVersion: 'fake', revision: '2025-11-25', reached: 2 };
const main = join(import.meta.dirname, '../test/fake-suite.mjs');

it('runs the scenarios after one that does not end, and says which one that was', async () => {
  const url = 'http://127.0.0.1:1/mcp';
  const { scenarios } = await runLeg(leg, url, { node: process.execPath, scenarioMs: 3_000, main });
  expect(scenarios).toEqual([
    { scenario: 'fine', isTimedOut: false, checks: [{ id: 'fine', name: url, status: 'SUCCESS' }] },
    { scenario: 'fails', isTimedOut: false, checks: [{ id: 'fails', name: url, status: 'FAILURE' }] },
    { scenario: 'hangs', isTimedOut: true, checks: [] },
    { scenario: 'last', isTimedOut: false, checks: [{ id: 'last', name: url, status: 'SUCCESS' }] },
  ]);
});
