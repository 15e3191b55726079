import { describe, expect, it } from 'vitest';
import { compareLeg } from './compare-leg.js';
import type { Check, LegResult } from './leg-result.js';

const check = (id: string, status: Check['status'] = 'SUCCESS', more: Partial<Check> = {}): Check => ({
  id,
  name: `Name of ${id}`,
  status,
  ...more,
});

function aLeg(scenarios: Record<string, Check[] | 'timed out'>): LegResult {
  return {
    durationMs: 1,
    scenarios: Object.entries(scenarios).map(([scenario, checks]) => ({
      scenario,
      checks: checks === 'timed out' ? [] : checks,
      isTimedOut: checks === 'timed out',
    })),
  };
}

describe('compareLeg', () => {
  it('finds nothing where both sides pass the same checks', () => {
    const leg = aLeg({ ping: [check('ping')], tools: [check('list'), check('schema', 'INFO')] });
    expect(compareLeg(leg, leg)).toEqual({ direct: 2, through: 2, lost: [], excused: [], faults: [] });
  });

  it('names a check that fails through the hub only, with its message', () => {
    const direct = aLeg({ tools: [check('list'), check('call')] });
    const through = aLeg({ tools: [check('list'), check('call', 'FAILURE', { errorMessage: 'no answer' })] });
    expect(compareLeg(direct, through)).toMatchObject({
      direct: 2,
      through: 1,
      lost: [{ scenario: 'tools', id: 'call', name: 'Name of call', reason: 'FAILURE: no answer' }],
    });
  });

  it.each<Check['status']>(['WARNING', 'SKIPPED', 'INFO'])('counts a check that ends with %s as lost', (status) => {
    const { lost } = compareLeg(aLeg({ ping: [check('ping')] }), aLeg({ ping: [check('ping', status)] }));
    expect(lost).toMatchObject([{ id: 'ping', reason: expect.stringContaining(status) }]);
  });

  it('counts a check that is missing as lost', () => {
    const { lost } = compareLeg(aLeg({ ping: [check('ping'), check('again')] }), aLeg({ ping: [check('ping')] }));
    expect(lost).toMatchObject([{ scenario: 'ping', id: 'again', reason: 'the check was not made' }]);
  });

  it.each([
    ['is missing', {}, 'the check was not made'],
    ['did not end', { ping: 'timed out' as const }, 'the scenario did not end in time'],
  ])('counts all checks of a scenario that %s as lost', (_, through, reason) => {
    const { lost } = compareLeg(aLeg({ ping: [check('ping'), check('again')] }), aLeg(through));
    expect(lost).toMatchObject([
      { id: 'ping', reason },
      { id: 'again', reason },
    ]);
  });

  it('does not let a check of another scenario stand in', () => {
    const direct = aLeg({ one: [check('wire')], two: [check('wire')] });
    const through = aLeg({ one: [check('wire'), check('wire')], two: [check('wire', 'FAILURE')] });
    expect(compareLeg(direct, through)).toMatchObject({ through: 2, lost: [{ scenario: 'two', id: 'wire' }] });
  });

  it('wants a check that is made several times to pass as often', () => {
    const direct = aLeg({ meta: [check('status'), check('status'), check('status')] });
    const through = aLeg({ meta: [check('status'), check('status', 'FAILURE'), check('status')] });
    expect(compareLeg(direct, through).lost).toHaveLength(1);
  });

  it('tells apart checks of one id by their names', () => {
    const direct = aLeg({ meta: [check('match', 'SUCCESS', { name: 'prefix' }), check('match', 'FAILURE')] });
    const through = aLeg({ meta: [check('match', 'FAILURE', { name: 'prefix' }), check('match', 'SUCCESS')] });
    expect(compareLeg(direct, through)).toMatchObject({ direct: 1, through: 1, lost: [{ name: 'prefix' }] });
  });

  it('does not count what fails directly', () => {
    const direct = aLeg({ ping: [check('ping', 'FAILURE')] });
    expect(compareLeg(direct, aLeg({ ping: [check('ping', 'FAILURE')] })).lost).toEqual([]);
  });

  it('reports a scenario that checked nothing directly', () => {
    const direct = aLeg({ ping: [check('ping')], tools: [] });
    expect(compareLeg(direct, direct).faults).toEqual(['tools checked nothing directly']);
  });

  it('reports a scenario that did not end directly', () => {
    const direct = aLeg({ tools: 'timed out' });
    expect(compareLeg(direct, direct).faults).toEqual(['tools did not end in time directly']);
  });

  it('reports a leg without scenarios', () => {
    expect(compareLeg(aLeg({}), aLeg({})).faults).toEqual(['no scenario was run directly']);
  });

  it('excuses the one check that can not be passed in this way of hosting', () => {
    const direct = aLeg({ sse: [check('resume'), check('poll')] });
    const through = aLeg({ sse: [check('resume', 'INFO'), check('poll', 'FAILURE')] });
    expect(compareLeg(direct, through, 'resume')).toMatchObject({
      lost: [{ id: 'poll' }],
      excused: [{ id: 'resume' }],
      faults: [],
    });
  });

  it('reports a check that is excused and passes after all', () => {
    const leg = aLeg({ sse: [check('resume')] });
    expect(compareLeg(leg, leg, 'resume').faults).toEqual(['resume passes after all: excuse it no longer']);
  });

  it('has nothing to excuse in a leg without that check', () => {
    const leg = aLeg({ ping: [check('ping')] });
    expect(compareLeg(leg, leg, 'resume')).toMatchObject({ lost: [], excused: [], faults: [] });
  });
});
