import type { JsonObject } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SharedHub } from '../../test/support/http-hub.js';
import { modernPost, post, RawSession } from '../../test/support/raw-http.js';
import { CallLedger } from '../call-ledger.js';

const write = { name: 'write', arguments: { text: 'hi' } };
const echo = { name: 'echo', arguments: { text: 'hi' } };

let hub: SharedHub;
let ledger: CallLedger;
beforeEach(() => {
  hub = new SharedHub();
  ledger = new CallLedger(hub.clock);
});
afterEach(() => hub.close());

describe('a call that the ledger knows', () => {
  it('is not executed after it was disowned', async () => {
    const worker = await hub.hosting('v1');
    const session = await RawSession.open(worker.url);
    for (const [number, send] of [
      () => session.request('tools/call', write),
      () => modernPost(worker.url, { method: 'tools/call', params: write }),
    ].entries()) {
      const callId = `disowned-${number}`;
      worker.gateway = { callId, execution: ledger.receive({ callId, attempt: 1, delivery: 1 }) };
      expect(ledger.disown(callId, 1, 10)).toBe('not_seen');
      expect(await send()).toMatchObject({
        status: 200,
        body: { error: { data: { outcome: 'unknown', reason: 'attempt_repeated', callId } } },
      });
    }
    expect(worker.features.executions.has('write')).toBe(false);
  });

  it('is noted when it is executed', async () => {
    const worker = await hub.hosting('v1');
    worker.gateway = { execution: ledger.receive({ callId: 'c', attempt: 1, delivery: 1 }) };
    await modernPost(worker.url, { method: 'tools/call', params: echo });
    expect(ledger.disown('c', 1, 10)).toBe('executing');
  });

  it('is not noted where its session has to be looked for elsewhere', async () => {
    const session = await RawSession.open((await hub.hosting('v1', 'w1')).url);
    const other = await hub.hosting('v1', 'w2', { isServedBy: () => true });
    other.gateway = { execution: ledger.receive({ callId: 'c', attempt: 1, delivery: 1 }) };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: echo };
    expect((await post(other.url, body, session.headers)).status).toBe(409);
    expect(ledger.size).toBe(0);
  });
});

describe('what clients are told of a call that was not completed', () => {
  it('names the process of the worker, and is told to the log with the same call id', async () => {
    const losses: JsonObject[] = [];
    const onLoss = (data: JsonObject): void => void losses.push(data);
    const worker = await hub.hosting('v1', 'process-1-2', { worker: 'process', onLoss });
    worker.gateway = { callId: 'c-1', attempt: 2 };
    const answer = await modernPost(worker.url, { method: 'tools/call', params: write });
    const data = { outcome: 'unknown', server: 'features', worker: 'process', callId: 'c-1' };
    expect(answer).toMatchObject({ status: 200, body: { error: { data } } });
    expect(losses).toMatchObject([data]);
  });

  it('is never "not executed" where an earlier worker may have executed it', async () => {
    const worker = await hub.hosting('v1');
    const params = { name: 'echo', arguments: { text: 'hi' } };
    await modernPost(worker.url, { method: 'tools/call', params });
    await worker.backend.close();
    const first = await modernPost(worker.url, { method: 'tools/call', params });
    expect(first).toMatchObject({ status: 200, body: { error: { data: { outcome: 'not_executed' } } } });
    worker.gateway = { attempt: 2 };
    const second = await modernPost(worker.url, { method: 'tools/call', params });
    expect(second).toMatchObject({ status: 200, body: { error: { data: { outcome: 'unknown' } } } });
  });

  it('comes on 200, with the outcome, also where its session cannot be revived for want of a store', async () => {
    const session = await RawSession.open((await hub.hosting('v1', 'w1')).url);
    const other = await hub.hosting('v1', 'w2');
    other.gateway = { callId: 'c-2', execution: ledger.receive({ callId: 'c-2', attempt: 1, delivery: 1 }) };
    hub.sessions.isDown = true;
    const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: write };
    expect(await post(other.url, body, session.headers)).toMatchObject({
      status: 200,
      body: { id: 7, error: { data: { outcome: 'not_executed', server: 'features', worker: 'w2', callId: 'c-2' } } },
    });
  });

  it('is said to every member of a batch', async () => {
    const session = await RawSession.open((await hub.hosting('v1', 'w1')).url, '2025-03-26');
    const other = await hub.hosting('v1', 'w2');
    hub.sessions.isDown = true;
    const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: write }));
    const answer = await post(other.url, batch, session.headers);
    expect(answer).toMatchObject({
      status: 200,
      body: [
        { id: 1, error: { data: { outcome: 'unknown' } } },
        { id: 2, error: { data: { outcome: 'unknown' } } },
      ],
    });
  });
});
