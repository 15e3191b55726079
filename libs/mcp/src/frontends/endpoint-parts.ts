import type { Heartbeat } from '../wire/heartbeat.js';
import type { Timers } from '../wire/timers.js';
import type { CallRunner } from './call-runner.js';
import type { DescribedServer } from './described-server.js';
import type { McpEndpointOptions } from './endpoint-options.js';

/** What the frontends of one endpoint share. */
export interface EndpointParts {
  options: McpEndpointOptions;
  described: DescribedServer;
  calls: CallRunner;
  heartbeat: Heartbeat;
  timers: Timers;
}
