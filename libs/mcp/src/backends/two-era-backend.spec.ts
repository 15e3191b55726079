import type { JsonObject, McpBackend } from '@mcp-hub/application';
import { afterEach, describe, expect, it } from 'vitest';
import { featureServer, type FeatureServer } from '../../test/support/feature-servers.js';
import { aCall, CountingIds, eventually } from '../../test/support/fixtures.js';
import { metaKey } from '../wire/protocol.js';
import { connectInMemoryServer } from './connect-in-memory-server.js';
import { serveInModernEra } from './serve-in-modern-era.js';
import { TwoEraBackend } from './two-era-backend.js';

const open: McpBackend[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});

/** A hosted factory, the servers that it made so far, and why there was none for the modern era. */
async function hosted(make: (made: FeatureServer[]) => FeatureServer = () => featureServer('v2')) {
  const made: FeatureServer[] = [];
  const failures: unknown[] = [];
  const next = async (): Promise<unknown> => {
    const server = make(made);
    made.push(server);
    return server.server;
  };
  const backend = await connectInMemoryServer(await next(), {
    ids: new CountingIds(),
    signal: AbortSignal.timeout(5_000),
    another: next,
    onModernFailed: (error) => failures.push(error),
  });
  open.push(backend);
  return { backend, made, failures };
}

const modernMeta = { [metaKey.protocolVersion]: '2026-07-28', [metaKey.clientCapabilities]: {} };
const call = (name: string, era: 'legacy' | 'modern', args: JsonObject = {}) => ({
  method: 'tools/call',
  params: { name, arguments: args, ...(era === 'modern' && { _meta: modernMeta }) },
});
const canElicit = { clientCapabilities: { elicitation: { form: {}, url: {} } } };

describe('a factory of SDK v2 servers', () => {
  it('makes one server as long as no client of the modern era calls', async () => {
    const { backend, made } = await hosted();
    await backend.describe(AbortSignal.timeout(5_000));
    expect(await backend.call(call('echo', 'legacy', { text: 'hi' }), aCall().context)).toMatchObject({
      kind: 'complete',
    });
    expect(made).toHaveLength(1);
  });

  it('makes one more for all clients of the modern era', async () => {
    const { backend, made } = await hosted();
    const calls = Array.from({ length: 5 }, () => backend.call(call('elicit', 'modern'), aCall(canElicit).context));
    for (const outcome of await Promise.all(calls)) {
      expect(outcome).toMatchObject({ kind: 'inputRequired', inputRequests: { colour: expect.anything() } });
    }
    expect(made.map(({ executions }) => executions.get('elicit'))).toEqual([undefined, 5]);
  });

  it('lets the servers of the legacy era ask as that era asks', async () => {
    const { backend } = await hosted();
    await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
    const { context } = aCall(canElicit);
    const asked = await backend.call(call('elicit-twice', 'legacy'), context);
    expect(asked).toMatchObject({ kind: 'inputRequired', requestState: expect.any(String) });
  });

  it('is heard in both eras, also by those who listened before the second server was made', async () => {
    const { backend, made } = await hosted();
    const heard: string[] = [];
    const stopEarly = backend.listen({ toolsListChanged: true }, () => heard.push('early'));
    await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
    backend.listen({ toolsListChanged: true }, () => heard.push('late'));
    made[1]?.addTool('of-the-modern-one');
    await eventually(() => heard.length === 2, 'the modern event');
    made[0]?.addTool('of-the-legacy-one');
    await eventually(() => heard.length === 4, 'the legacy event');
    expect(heard.sort()).toEqual(['early', 'early', 'late', 'late']);
    stopEarly();
    made[1]?.addTool('and-another');
    await eventually(() => heard.length === 5, 'the event');
    expect(heard.filter((name) => name === 'early')).toHaveLength(2);
  });

  it.each<[string, (made: FeatureServer[]) => FeatureServer]>([
    ['gives the same server each time', ([first]) => first ?? featureServer('v2')],
    [
      'fails the second time',
      ([first]) => {
        if (first) throw new Error('The port is taken.');
        return featureServer('v2');
      },
    ],
  ])('serves clients of the modern era by its one server where it %s', async (_, make) => {
    const { backend, made, failures } = await hosted(make);
    for (let round = 0; round < 2; round += 1) {
      const outcome = await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
      expect(outcome).toMatchObject({ kind: 'complete', result: { content: [{ text: 'hi' }] } });
    }
    expect(failures).toHaveLength(1);
    const heard: string[] = [];
    backend.listen({ toolsListChanged: true }, (method) => heard.push(method));
    made[0]?.addTool('another');
    await eventually(() => heard.length > 0, 'the event');
    await backend.check(AbortSignal.timeout(1_000));
    expect(heard).toHaveLength(1);
  });

  it.each([0, 1])('has gone away when its server number %i has', async (index) => {
    const { backend, made } = await hosted();
    const reasons: Error[] = [];
    backend.onExit((reason) => reasons.push(reason));
    await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
    await made[index]?.close();
    await eventually(() => reasons.length > 0, 'the reason');
  });

  it('ends both servers when it is closed', async () => {
    const { backend, made } = await hosted();
    await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
    await backend.close();
    for (const { server } of made) expect((server as { isConnected(): boolean }).isConnected()).toBe(false);
  });
});

it('a server of SDK v1 serves clients of both eras alone', async () => {
  const { backend, made, failures } = await hosted(() => featureServer('v1'));
  const outcome = await backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
  expect(outcome).toMatchObject({ kind: 'complete' });
  expect([made.length, failures.length]).toEqual([1, 0]);
});

describe('TwoEraBackend', () => {
  /** One whose modern side is started, and has failed or come up, when the test says so. */
  async function aBackend() {
    const { server } = featureServer('v1');
    const legacy = await connectInMemoryServer(server, { ids: new CountingIds(), signal: AbortSignal.timeout(5_000) });
    const modern = await serveInModernEra(featureServer('v2').server, AbortSignal.timeout(5_000));
    let finish: (backend: McpBackend) => void = () => undefined;
    let wasClosing = false;
    const failures: unknown[] = [];
    const backend = new TwoEraBackend({
      legacy,
      startModern: (closing) =>
        new Promise((resolve, reject) => {
          finish = resolve;
          closing.addEventListener('abort', () => {
            wasClosing = true;
            if (failOnClose) reject(new Error('It was given up.'));
          });
        }),
      onModernFailed: (error) => failures.push(error),
    });
    let failOnClose = false;
    open.push(backend, modern);
    const begun = () => backend.call(call('echo', 'modern', { text: 'hi' }), aCall().context);
    return {
      backend,
      modern,
      begun,
      failures,
      failWhenClosed: () => (failOnClose = true),
      finish: () => {
        finish(modern);
      },
      wasClosing: () => wasClosing,
    };
  }

  it('ends a side that comes up while it is being closed', async () => {
    const { backend, modern, begun, finish, wasClosing } = await aBackend();
    const pending = begun();
    const closed = backend.close();
    expect(wasClosing()).toBe(true);
    finish();
    await closed;
    await expect(modern.check(AbortSignal.timeout(1_000))).rejects.toThrow();
    expect(await pending).toMatchObject({ kind: 'error' });
  });

  it('does not report that a side did not come up because it was closed', async () => {
    const { backend, begun, failWhenClosed, failures } = await aBackend();
    failWhenClosed();
    const pending = begun();
    await backend.close();
    expect(await pending).toMatchObject({ kind: 'error', data: { outcome: 'not_executed' } });
    expect(failures).toEqual([]);
  });

  it('is well as long as both of its sides are', async () => {
    const { backend, modern, begun, finish } = await aBackend();
    const answered = begun();
    finish();
    await answered;
    await backend.check(AbortSignal.timeout(1_000));
    await modern.close();
    await expect(backend.check(AbortSignal.timeout(1_000))).rejects.toThrow();
  });
});
