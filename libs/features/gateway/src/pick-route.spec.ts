import { RouteView, type RouteRecord } from '@mcp-hub/application';
import {
  aDirectoryRecord,
  aRouteRecord,
  aWorkerRecord,
  ScriptedRouteTable,
  SetClock,
} from '@mcp-hub/application/testing';
import { describe, expect, it } from 'vitest';
import { Avoided, InFlight, pickRoute } from './pick-route.js';

const busy = aRouteRecord();
const failing = aRouteRecord({ replica: 2, worker: 'worker-2', state: 'degraded' });

async function pick(routes: RouteRecord[]): Promise<RouteRecord | undefined> {
  const table = new ScriptedRouteTable();
  const workers = ['worker-1', 'worker-2'].map((incarnation) => aWorkerRecord({ incarnation }));
  table.snapshot = { epoch: 'e', directory: [aDirectoryRecord({ replicas: 2 })], workers, routes };
  const view = new RouteView(table, new SetClock(0), { leaseMs: 3_000, resyncMs: 30_000 });
  await view.start();
  const inFlight = new InFlight();
  inFlight.begin(busy);
  const picked = pickRoute(view, 'weather', { avoid: new Avoided(), inFlight });
  view.close();
  return picked;
}

describe('pickRoute', () => {
  it('prefers a busy replica to one that fails to answer, and has no calls in flight therefore', async () => {
    expect(await pick([failing, busy])).toEqual(busy);
  });

  it('takes one that fails to answer where there is no other', async () => {
    expect(await pick([failing])).toEqual(failing);
  });
});
