import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitUntil } from '@mcp-hub/test-servers';
import { afterEach, expect, it } from 'vitest';
import { echoTool } from '../load/target.js';
import { describeOutcome, Disturber } from './disturber.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function disturb(listener: RequestListener, calls: number): Promise<Disturber> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new Disturber({ port, path: '/mcp', dialect: 'modern', call: echoTool('hang') }, calls);
}

it('keeps so many calls open', async () => {
  let open = 0;
  const disturber = await disturb((_req, res) => {
    open += 1;
    res.once('close', () => (open -= 1));
  }, 5);
  await waitUntil(() => open === 5, { describe: 'five calls are open' });
  expect(disturber.stop()).toEqual({ outcomes: { 'still open': 5 }, receivedMb: 0 });
  await waitUntil(() => open === 0, { describe: 'none is open any more' });
});

it('counts what callers are told, and calls again', async () => {
  let answered = 0;
  const error = '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"too much","data":{"outcome":"unknown"}}}';
  const disturber = await disturb((_req, res) => {
    answered += 1;
    res.end(error);
  }, 1);
  await waitUntil(() => answered >= 3, { describe: 'three calls were made' });
  const { outcomes, receivedMb } = disturber.stop();
  expect(Object.keys(outcomes).filter((outcome) => outcome !== 'still open')).toEqual(['200, error -32001 unknown']);
  expect(outcomes['200, error -32001 unknown']).toBeGreaterThanOrEqual(2);
  expect(receivedMb).toBeGreaterThan(0);
});

it.each([
  [200, 500, '{"error":{"code":-32603,"message":"x"},"id":1}', '200, error -32603'],
  [200, 100_000_123, 'xxxx"}]}}', '200, 100 MB'],
  [503, 12, '{"error":"x"}', '503, {"error":"x"}'],
])('tells status %d with %d bytes in a few words', (status, bytes, end, words) => {
  expect(describeOutcome(status, bytes, end)).toBe(words);
});
