import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aRouteRecord, aWorkerRecord } from '@mcp-hub/application/testing';
import type { LocalHandler } from './delivery.js';
import { GatewayUnderTest, ping, toolCall } from '../test/gateway-under-test.js';

let gateway: GatewayUnderTest;
let hosted: string[];
let served: { handle: string; body: string; context: Parameters<LocalHandler>[3] }[];

const local: LocalHandler = async (handle, req, res: ServerResponse, context) => {
  if (!hosted.includes(handle)) return false;
  let body = '';
  for await (const chunk of req) body += String(chunk);
  served.push({ handle, body, context });
  res.end('{}');
  return true;
};

beforeEach(async () => {
  hosted = ['weather/1/1'];
  served = [];
  gateway = new GatewayUnderTest();
  await gateway.start({ 'loader.timeout': 0.3 }, { local });
  await gateway.direct();
  await gateway.table.announceWorker(aWorkerRecord(), 3_600_000);
  await publish(1);
});
afterEach(() => gateway.close());

async function publish(generation: number): Promise<void> {
  await gateway.table.putRoute(
    aRouteRecord({ generation, target: { kind: 'local', handle: `weather/${generation}/1` } }),
  );
  await gateway.view.refresh();
}

it('has the server in this very process answer', async () => {
  expect((await gateway.post(ping)).status).toBe(200);
  expect(served).toEqual([
    {
      handle: 'weather/1/1',
      body: JSON.stringify(ping),
      context: {
        caller: 'anonymous',
        callId: expect.any(String) as string,
        attempt: 1,
        delivery: 1,
        isOwnerGone: false,
      },
    },
  ]);
});

it('goes to the next generation where the old one was retired meanwhile', async () => {
  hosted = ['weather/2/1'];
  const answer = gateway.post(ping);
  await publish(2);
  expect((await answer).status).toBe(200);
  expect(served.map(({ handle }) => handle)).toEqual(['weather/2/1']);
});

it('answers itself where the server is gone', async () => {
  hosted = [];
  const response = await gateway.post(toolCall);
  expect(await response.json()).toMatchObject({ id: 'call-7', error: { data: { outcome: 'not_executed' } } });
});
