import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesAtHomeIn } from '../src/child-processes.js';
import { FailingStack } from '../src/failing-stack.js';
import { token } from '../src/hub-environment.js';
import { modernRequest, openStream, type ModernAnswer } from '../src/modern-request.js';
import { proves } from '../src/requirements.js';

const otherToken = 'the-token-of-another-caller';
const elicit = { name: 'trigger-elicitation-request', arguments: {} };
const sample = { name: 'trigger-sampling-request', arguments: { prompt: 'Say hello', maxTokens: 20 } };
const answer = { action: 'accept', content: { name: 'Ada', check: true } };

let hub: FailingStack;
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mcp-hub-cache-'));
  hub = await FailingStack.start({
    MCP_REGISTRY_LOADER_CACHE_DIR: cache,
    MCP_REGISTRY_GATEWAY_AUTH_ENABLED: 'true',
    MCP_REGISTRY_API_AUTH_TOKENS: `${token},${otherToken}`,
    MCP_REGISTRY_LOADER_TIMEOUT: '60',
  });
  await hub.write('POST', '/v0/publish', {
    id: 'everything',
    name: 'Everything',
    description: '',
    replicas: 2,
    packages: [{ registry_name: 'npm', name: '@modelcontextprotocol/server-everything', version: '2026.8.31' }],
  });
  const { instances } = await hub.whenHealthy('everything', 240_000);
  expect(instances.map(({ worker }) => worker).sort()).toEqual(['worker-1', 'worker-2']);
}, 360_000);
afterAll(async () => {
  await hub.stop();
  await rm(cache, { recursive: true, force: true });
}, 60_000);

const at = (gateway: number): string => `${hub.gateways[gateway]}/servers/everything/mcp`;

function call(gateway: number, params: Record<string, unknown>, as = token): Promise<ModernAnswer> {
  return modernRequest(at(gateway), 'tools/call', params, { token: as });
}

async function firstLeg(params: Record<string, unknown>, gateway = 0) {
  const { status, message } = await call(gateway, params);
  expect({ status, type: message.result?.resultType }).toEqual({ status: 200, type: 'input_required' });
  const { inputRequests = {}, requestState = '' } = message.result ?? {};
  const [[key, request] = []] = Object.entries(inputRequests);
  if (key === undefined || !request) throw new Error('Nothing was asked.');
  return { key, request, requestState };
}

function answering({ key, requestState }: { key: string; requestState: string }) {
  return { inputResponses: { [key]: answer }, requestState };
}

function textOf({ message }: ModernAnswer): string {
  const { result, error } = message;
  return error ? JSON.stringify(error) : (result?.content ?? []).map(({ text }) => text ?? '').join('\n');
}

describe('calls that wait for an answer of their client', () => {
  it(proves('PARK-1', 'an elicitation of a legacy server reaches a modern client and back'), async () => {
    const { key, request, requestState } = await firstLeg(elicit);
    expect(request.method).toBe('elicitation/create');
    expect(request.params).toMatchObject({ requestedSchema: { type: 'object' } });
    expect(Buffer.from(requestState, 'base64url').toString('latin1')).not.toContain('elicitation');
    const second = await call(0, { ...elicit, inputResponses: { [key]: answer }, requestState });
    expect(second.message.result?.resultType).toBe('complete');
    expect(textOf(second)).toContain('Ada');
  });

  it(proves('PARK-1', 'a sampling request of a legacy server reaches a modern client and back'), async () => {
    const { key, request, requestState } = await firstLeg(sample);
    expect(request.method).toBe('sampling/createMessage');
    expect(JSON.stringify(request.params)).toContain('Say hello');
    const said = { model: 'm', role: 'assistant', content: { type: 'text', text: 'hello from the model' } };
    const second = await call(0, { ...sample, inputResponses: { [key]: said }, requestState });
    expect(textOf(second)).toContain('hello from the model');
  });

  it(proves('PARK-2'), async () => {
    const { key, requestState } = await firstLeg(elicit, 0);
    const second = await call(1, { ...elicit, inputResponses: { [key]: answer }, requestState });
    expect(textOf(second)).toContain('Ada');
  });

  it(proves('PARK-3'), async () => {
    // A gateway sends a request to the worker with the fewest of its own in flight. So with and without an open stream
    // at the second gateway the second leg lands on one worker and on the other; the call is parked on one of them.
    const withoutStream = await firstLeg(elicit, 0);
    const direct = await call(1, { ...elicit, ...answering(withoutStream) });
    const close = await openStream(at(1), token);
    const withStream = await firstLeg(elicit, 0);
    const elsewhere = await call(1, { ...elicit, ...answering(withStream) });
    await close();
    expect([textOf(direct), textOf(elsewhere)]).toEqual([
      expect.stringContaining('Ada'),
      expect.stringContaining('Ada'),
    ]);
  });

  it(proves('PARK-4'), async () => {
    const { key, requestState } = await firstLeg(elicit);
    const inputResponses = { [key]: answer };
    const middle = Math.floor(requestState.length / 2);
    const flipped = requestState[middle] === 'A' ? 'B' : 'A';
    const tampered = requestState.slice(0, middle) + flipped + requestState.slice(middle + 1);
    const refusal = { status: 200, message: { error: { code: -32602, data: { reason: 'invalid_request_state' } } } };
    expect(await call(0, { ...elicit, inputResponses, requestState: tampered })).toMatchObject(refusal);
    expect(await call(0, { ...sample, inputResponses, requestState })).toMatchObject(refusal);
    expect(await call(0, { ...elicit, inputResponses, requestState }, otherToken)).toMatchObject(refusal);
    const right = await call(0, { ...elicit, inputResponses, requestState });
    expect(textOf(right)).toContain('Ada');
    const replayed = await call(0, { ...elicit, inputResponses, requestState });
    expect(replayed.message.error).toBeDefined();
  });

  it(proves('PARK-5'), async () => {
    const client = new Client(
      { name: 'legacy', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} }, sampling: {} } },
    );
    const asked: string[] = [];
    client.setRequestHandler(ElicitRequestSchema, ({ method }) => {
      asked.push(method);
      return { action: 'accept' as const, content: { name: 'Grace', check: true } };
    });
    client.setRequestHandler(CreateMessageRequestSchema, ({ method }) => {
      asked.push(method);
      return { model: 'm', role: 'assistant' as const, content: { type: 'text' as const, text: 'legacy hello' } };
    });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(at(0)), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    );
    expect(JSON.stringify(await client.callTool(elicit))).toContain('Grace');
    expect(JSON.stringify(await client.callTool(sample))).toContain('legacy hello');
    expect(asked).toEqual(['elicitation/create', 'sampling/createMessage']);
    await client.close();
  });

  it(proves('PARK-6'), async () => {
    await hub.write('PUT', '/v0/servers/everything', { replicas: 1 });
    await hub.whenHealthy('everything', 60_000);
    await expect.poll(async () => (await hub.details('everything')).instances.length, { timeout: 30_000 }).toBe(1);
    const busy = new AbortController();
    const long = { name: 'trigger-long-running-operation', arguments: { duration: 15, steps: 15 } };
    const seenByOther: unknown[] = [];
    const occupied = modernRequest(at(0), 'tools/call', long, { token: otherToken, signal: busy.signal }).then(
      (message) => seenByOther.push(message),
      () => undefined,
    );
    await expect
      .poll(async () => textOf(await call(0, elicit)) + JSON.stringify((await call(0, elicit)).message), {
        timeout: 20_000,
      })
      .toContain('isolation: session');
    busy.abort();
    await occupied;
    expect(seenByOther).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    proves('FAIL-7'),
    async () => {
      const details = await hub.whenHealthy('everything', 60_000);
      const before = await processesAtHomeIn(cache);
      expect(before.length).toBeGreaterThan(0);
      process.kill(hub.workerOf(details).pid, 'SIGKILL');
      await expect
        .poll(async () => (await processesAtHomeIn(cache)).filter((pid) => before.includes(pid)), { timeout: 10_000 })
        .toEqual([]);
      await expect
        .poll(async () => (await call(0, { name: 'echo', arguments: { message: 'back' } })).message.result?.isError, {
          timeout: 20_000,
        })
        .toBeUndefined();
    },
    60_000,
  );
});
