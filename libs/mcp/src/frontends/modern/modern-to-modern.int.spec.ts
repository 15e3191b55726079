import { afterEach, beforeEach, expect, it } from 'vitest';
import { featureServer } from '../../../test/support/feature-servers.js';
import { SharedHub, type Worker } from '../../../test/support/http-hub.js';
import { modernPost } from '../../../test/support/raw-http.js';
import { connectInMemoryServer } from '../../backends/connect-in-memory-server.js';
import { metaKey } from '../../wire/protocol.js';

let hub: SharedHub;
let worker: Worker;
beforeEach(async () => {
  hub = new SharedHub();
  const make = async (): Promise<unknown> => featureServer('v2').server;
  const signal = AbortSignal.timeout(5_000);
  worker = await hub.worker('w1', await connectInMemoryServer(await make(), { ids: hub.ids, signal, another: make }));
});
afterEach(() => hub.close());

const call = (name: string, more: Record<string, unknown> = {}, capabilities: object = {}) =>
  modernPost(
    worker.url,
    { method: 'tools/call', params: { name, arguments: {}, ...more } },
    { meta: { [metaKey.clientCapabilities]: capabilities } },
  );

const resultOf = ({ body }: { body: Record<string, unknown> }) => body['result'] as Record<string, unknown>;

it('gives the server its own state back, which its caller can neither read nor hand on', async () => {
  const asked = resultOf(await call('keep-state'));
  expect(asked).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
  const { requestState } = asked;
  expect(requestState).not.toContain('kept by the server');

  worker.gateway = { caller: 'somebody-else' };
  expect((await call('keep-state', { requestState })).body['error']).toMatchObject({
    code: -32602,
    data: { reason: 'invalid_request_state' },
  });

  worker.gateway = {};
  expect(resultOf(await call('keep-state', { requestState }))).toMatchObject({
    content: [{ text: 'kept by the server' }],
  });
});

it('asks under the names that the server gave, without a state that it did not', async () => {
  const asked = resultOf(await call('elicit', {}, { elicitation: { form: {} } }));
  expect(asked).toMatchObject({ inputRequests: { colour: { method: 'elicitation/create' } } });
  expect(asked).not.toHaveProperty('requestState');
});

it("answers 400 where the server needs what the client can't do", async () => {
  const { status, body } = await call('elicit');
  expect([status, (body['error'] as { code: number }).code]).toEqual([400, -32021]);
});
