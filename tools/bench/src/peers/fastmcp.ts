import { join } from 'node:path';
import { freePort } from '@mcp-hub/test-servers';
import { fixtures } from '../legs/hub-settings.js';
import { echoTool, type Target } from '../load/target.js';
import { modernFetch } from '../load/wire-requests.js';
import { cleanEnvironment, NodeChild } from '../node-child.js';
import type { RunningLegs } from '../legs/leg.js';

/** FastMCP's proxy before the bare server. It speaks both eras, and is twice as quick in sessions. */
export async function startFastMcp(python: string, bare: { port: number; pid: number }): Promise<RunningLegs> {
  const port = await freePort();
  const child = NodeChild.start(join(fixtures, 'fastmcp_proxy.py'), {
    command: python,
    args: [String(port), `http://127.0.0.1:${bare.port}/mcp`],
    env: cleanEnvironment(),
    isQuiet: true,
  });
  const target: Target = { port, path: '/mcp', dialect: 'session', call: echoTool() };
  try {
    const request = { method: 'POST', ...modernFetch(target.call) };
    await child.whenReady({ url: `http://127.0.0.1:${port}/mcp`, request });
  } catch (error) {
    await child.stop();
    throw error;
  }
  const processes = [
    { role: 'FastMCP', pid: child.pid },
    { role: 'bare server', pid: bare.pid },
  ];
  return { legs: [{ id: 'p3', target, processes }], close: () => child.stop() };
}
