import { freePort, startMongo, startRedis, type RunningServer } from '@mcp-hub/test-servers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endPrograms } from '../src/program.js';
import { readyStatus, whenReady } from '../src/readiness.js';
import { serviceNames, sharedSettings, startService, type StartedService } from '../src/split-services.js';

let services: StartedService[];
let ports: { redisPort: number; mongoPort: number };
const servers: { redis?: RunningServer; mongo?: RunningServer } = {};

const urlsOf = (...names: StartedService['name'][]): string[] =>
  services.filter(({ name }) => names.includes(name)).map(({ url }) => url);

beforeAll(async () => {
  ports = { redisPort: await freePort(), mongoPort: await freePort() };
  const settings = sharedSettings(ports);
  services = await Promise.all(serviceNames.map((name) => startService(name, settings)));
});
afterAll(async () => {
  await endPrograms();
  await Promise.all([servers.redis?.stop(), servers.mongo?.stop()]);
});

it('has services that start before their servers, answer, and say that they are not ready', async () => {
  await whenReady(urlsOf(...serviceNames), 503);
  for (const { url } of services) expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const [api] = urlsOf('registry-api');
  const body = (await (await fetch(`${api!}/readyz`)).json()) as { checks: { name: string; ready: boolean }[] };
  expect(body.checks).toContainEqual(expect.objectContaining({ name: 'database', ready: false }));
});

it('has workers and gateways ready once Redis is there, and registry-api not before MongoDB', async () => {
  servers.redis = await startRedis({ port: ports.redisPort });
  await whenReady(urlsOf('loader-worker', 'runtime-gateway'), 200);
  expect(await readyStatus(urlsOf('registry-api')[0]!)).toBe(503);
});

it('has registry-api ready once MongoDB is there too', async () => {
  servers.mongo = await startMongo({ port: ports.mongoPort });
  await whenReady(urlsOf(...serviceNames), 200);
});

it('has registry-api and workers not ready while Redis is down, and gateways that go on', async () => {
  servers.redis!.kill();
  await whenReady(urlsOf('registry-api', 'loader-worker'), 503);
  expect(await readyStatus(urlsOf('runtime-gateway')[0]!)).toBe(200);
  await servers.redis!.restart();
  await whenReady(urlsOf(...serviceNames), 200);
});

it('has registry-api not ready while MongoDB is down, and the others untouched', async () => {
  servers.mongo!.kill();
  await whenReady(urlsOf('registry-api'), 503);
  expect(await Promise.all(urlsOf('loader-worker', 'runtime-gateway').map(readyStatus))).toEqual([200, 200]);
  await servers.mongo!.restart();
  await whenReady(urlsOf(...serviceNames), 200);
});

it('has ended none of them on the way', () => {
  expect(services.map(({ program }) => program.isRunning)).toEqual([true, true, true]);
});

it('has services that end with 0 on SIGTERM while their servers are down', async () => {
  servers.redis!.kill();
  servers.mongo!.kill();
  await whenReady(urlsOf('registry-api', 'loader-worker'), 503);
  for (const { program } of services) program.signal('SIGTERM');
  expect(await Promise.all(services.map(({ program }) => program.ended))).toEqual([0, 0, 0]);
});
