import { expect } from 'vitest';
import { eventually } from '../../support/fixtures.js';
import type { Checks, Json } from '../cell.js';
import { answersIn, bare, callsSeen, play, refusal, same } from './play.js';

const times = { createdAt: '2026-01-01T00:00:00Z', lastUpdatedAt: '2026-01-01T00:00:00Z', ttl: 60_000 };

const form = { mode: 'form', message: 'Which?', requestedSchema: { type: 'object', properties: {} } };
const canElicit = { elicitation: { form: {} } };
const accepted = { action: 'accept', content: {} };

export const taskChecks: Checks = {
  'task-input': async (cell) => {
    const client = await cell.connect(canElicit);
    const other = await cell.connect(canElicit);
    const taskId = `task-${cell.unique}`;
    const get = { method: 'tasks/result', params: { taskId } };
    if (cell.client === 'modern' || cell.server === 'modern')
      return refusal(await client.request(get.method, get.params));
    const task = { taskId, status: 'working', ...times };
    await play(cell, client, { result: { task } }, { params: { name: 'scripted', arguments: {}, task: {} } });
    let isHeld = false;
    const steps = [{ tell: { method: 'notifications/com.example/holds' } }, { hold: cell.unique }];
    const held = play(cell, other, { steps }, { onTold: () => (isHeld = true) });
    await eventually(() => isHeld, 'the other call to hold');
    const _meta = { 'io.modelcontextprotocol/related-task': { taskId } };
    const ask = { it: { method: 'elicitation/create', params: { ...form, _meta } } };
    const exchange = await play(cell, client, { steps: [{ ask }] }, { ...get, answer: () => ({ result: accepted }) });
    // Nobody waits for the task now, so nobody is asked; least of all who has another call in flight.
    await cell.scripted.emit({ isRequest: true, method: 'elicitation/create', params: ask.it.params });
    await cell.scripted.release(cell.unique);
    expect((await held).asked).toEqual([]);
    return same(answersIn(exchange), { it: { result: accepted } });
  },

  tasks: async (cell) => {
    const client = await cell.connect();
    const other = await cell.connect();
    const taskId = `task-${cell.unique}`;
    const mine = { taskId, status: 'working', ...times };
    const foreign = { ...mine, taskId: 'task-of-somebody' };
    const params = { name: 'scripted', arguments: { check: cell.unique }, task: { ttl: 60_000 } };
    const get = { method: 'tasks/get', params: { taskId } };
    if (cell.client === 'modern' || cell.server === 'modern') {
      const asked = await client.request(get.method, get.params);
      if (cell.server === 'legacy') {
        await play(cell, client, {}, { params });
        const [call] = await callsSeen(cell);
        expect(call?.params).not.toHaveProperty('task');
      }
      return refusal(asked);
    }
    const meta = { progressToken: 'mine' };
    const created = await play(cell, client, { result: { task: mine } }, { params, meta });
    expect(bare(created.result)).toEqual({ task: mine });
    const [call] = await callsSeen(cell);
    expect(call?.params?.['task']).toEqual(params.task);
    expect((await play(cell, client, { result: mine }, get)).result).toEqual(mine);
    const stranger = await play(cell, other, { result: mine }, get);
    expect(stranger.error?.code).toBe(-32602);
    const list = { method: 'tasks/list', params: {} };
    expect((await play(cell, other, { result: { tasks: [mine, foreign] } }, list)).result).toEqual({ tasks: [] });

    const { progressToken } = call?.params?.['_meta'] as Json;
    const related = { 'io.modelcontextprotocol/related-task': { taskId } };
    await cell.scripted.emit(
      { method: 'notifications/progress', params: { progressToken, progress: 1 } },
      { method: 'notifications/message', params: { level: 'error', data: 'd', _meta: related } },
      { method: 'notifications/tasks/status', params: { ...mine, status: 'completed' } },
    );
    await eventually(() => client.events.length === 3, 'what the server says of the task');
    expect(client.events).toMatchObject([
      { method: 'notifications/progress', params: { progressToken: 'mine', progress: 1 } },
      { method: 'notifications/message', params: { data: 'd' } },
      { method: 'notifications/tasks/status', params: { taskId } },
    ]);
    expect(other.events).toEqual([]);
    return same((await play(cell, client, { result: { tasks: [mine, foreign] } }, list)).result, { tasks: [mine] });
  },
};
