import {
  routeTableClaimContract,
  routeTableContract,
  routeTableFeedContract,
  type RouteTableHarness,
} from '@mcp-hub/application/testing';
import { InProcessRouteTable } from './in-process-route-table.js';
import { SystemClock } from '../test/system-clock.js';

async function makeHarness(): Promise<RouteTableHarness> {
  const table = new InProcessRouteTable({ clock: new SystemClock() });
  return { create: () => table, close: () => table.close() };
}

routeTableContract('InProcessRouteTable', makeHarness);
routeTableClaimContract('InProcessRouteTable', makeHarness);
routeTableFeedContract('InProcessRouteTable', makeHarness);
