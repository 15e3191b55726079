import type { McpOutcome } from '@mcp-hub/application';
import { expect, it } from 'vitest';
import { metaKey } from '../wire/protocol.js';
import { OwnedTasks } from './owned-tasks.js';

const ada = { id: 'ada' };
const bob = { id: 'bob' };
const call = { method: 'tools/call', params: { name: 't', task: { ttl: 1 } } };
const modern = { _meta: { [metaKey.protocolVersion]: '2026-07-28' } };
const complete = (result: Record<string, unknown>): McpOutcome => ({ kind: 'complete', result });

function tasksOfAda(): OwnedTasks {
  const tasks = new OwnedTasks();
  tasks.outcomeOf(call, ada, complete({ task: { taskId: 't1' } }));
  return tasks;
}

it.each(['tasks/get', 'tasks/result', 'tasks/cancel'])('lets only its caller ask %s', (method) => {
  const tasks = tasksOfAda();
  const about = { method, params: { taskId: 't1' } };
  expect(tasks.refusalOf(about, ada)).toBeUndefined();
  expect(tasks.refusalOf(about, bob)).toMatchObject({ kind: 'error', code: -32602 });
});

it('shows each caller his own tasks, and what else is in the list', () => {
  const listed = complete({ tasks: [{ taskId: 't1' }, { taskId: 't2' }], nextCursor: 'c' });
  const list = { method: 'tasks/list', params: {} };
  expect(tasksOfAda().outcomeOf(list, ada, listed)).toEqual(complete({ tasks: [{ taskId: 't1' }], nextCursor: 'c' }));
  expect(tasksOfAda().outcomeOf(list, bob, listed)).toEqual(complete({ tasks: [], nextCursor: 'c' }));
});

it('has no tasks for clients of 2026-07-28', () => {
  const tasks = tasksOfAda();
  expect(tasks.refusalOf({ method: 'tasks/get', params: { taskId: 't1', ...modern } }, ada)).toMatchObject({
    code: -32601,
  });
  expect(tasks.paramsOf({ ...call, params: { ...call.params, ...modern } })).toEqual({ name: 't', ...modern });
  expect(tasks.paramsOf(call)).toBe(call.params);
});
