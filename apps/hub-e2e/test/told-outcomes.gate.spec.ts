import { describe, expect, it } from 'vitest';
import { verdictOn, type Told, type ToldCall } from '../src/told-outcomes.js';

const result: Told = { kind: 'result' };
const unknown: Told = { kind: 'unknown', code: 'worker_lost' };
const notExecuted: Told = { kind: 'not_executed', code: 'server_loading' };
const nothing: Told = { kind: 'nothing', why: 'ECONNRESET' };
const aCall = (told: Told, tool: ToldCall['tool'] = 'plain'): ToldCall => ({
  key: 'k',
  tool,
  client: 'modern-1',
  told,
});
const violations = (call: ToldCall, executions: number): string[] =>
  verdictOn(
    [call],
    Array.from({ length: executions }, () => 'k'),
  ).violations;

describe('the verdict over what clients were told', () => {
  it.each([
    ['a result of one execution', aCall(result), 1],
    ['a result of two executions of what may be repeated', aCall(result, 'idempotent'), 2],
    ['an unknown outcome of no execution', aCall(unknown), 0],
    ['an unknown outcome of one execution', aCall(unknown), 1],
    ['an unknown outcome of two executions of what may be repeated', aCall(unknown, 'read-only'), 2],
    ['not_executed of no execution', aCall(notExecuted), 0],
  ])('has nothing against %s', (_name, call, executions) => {
    expect(violations(call, executions)).toEqual([]);
  });

  it.each([
    ['a result of no execution', aCall(result), 0],
    ['a result of two executions', aCall(result), 2],
    ['an unknown outcome of two executions', aCall(unknown), 2],
    ['not_executed of one execution', aCall(notExecuted), 1],
    ['not_executed of one execution of what may be repeated', aCall(notExecuted, 'idempotent'), 1],
    ['a call without an outcome, executed', aCall(nothing), 1],
    ['a call without an outcome, not executed', aCall(nothing, 'read-only'), 0],
  ])('finds %s', (_name, call, executions) => {
    expect(violations(call, executions)).toHaveLength(1);
  });

  it('finds an execution that nobody asked for', () => {
    expect(verdictOn([], ['stranger']).violations).toHaveLength(1);
  });

  it('counts what was told, and what was executed of the unknown', () => {
    const calls = [
      { ...aCall(result), key: 'a' },
      { ...aCall(unknown), key: 'b' },
      { ...aCall(unknown, 'idempotent'), key: 'c' },
      { ...aCall(notExecuted), key: 'd' },
      { ...aCall(nothing), key: 'e' },
    ];
    expect(verdictOn(calls, ['a', 'c', 'c'])).toMatchObject({
      calls: 5,
      results: 1,
      unknown: 2,
      notExecuted: 1,
      withoutOutcome: 1,
      executedOfUnknown: 1,
      repeatedExecutions: 1,
      reasons: { 'unknown: worker_lost': 2, 'not_executed: server_loading': 1 },
    });
  });
});
