import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort, startRedis } from '@mcp-hub/test-servers';
import { cleanEnvironment, NodeChild, workspaceRoot } from '../node-child.js';
import { echoTool, type Target } from '../load/target.js';
import { startBareProxy, type BareProcess } from '../servers/start-bare.js';
import { announceBareWorker, bareServerId } from './bare-worker-record.js';
import { Closers } from './closers.js';
import { mcpPath } from './hub-entries.js';
import { hubSettings } from './hub-settings.js';
import type { Leg, LegId, MeasuredProcess, RunningLegs } from './leg.js';

const targetOf = (port: number): Target => ({
  port,
  path: mcpPath(bareServerId),
  dialect: 'modern',
  call: echoTool(),
});

/** The bare server itself, a bare proxy before it, the gateway before it. */
export async function startBareLegs(
  bare: BareProcess,
  ids: readonly LegId[],
  env: Readonly<Record<string, string>>,
): Promise<RunningLegs> {
  const closers = new Closers();
  const legs: Leg[] = [];
  try {
    const server: MeasuredProcess = { role: 'bare server', pid: bare.child.pid };
    if (ids.includes('a')) legs.push({ id: 'a', target: targetOf(bare.port), processes: [server] });
    if (ids.includes('b')) {
      const proxy = await startBareProxy(bare.port, env);
      closers.add(() => proxy.child.stop());
      const processes = [{ role: 'bare proxy', pid: proxy.child.pid }, server];
      legs.push({ id: 'b', target: targetOf(proxy.port), processes });
    }
    if (ids.includes('c1')) {
      const redis = await startRedis();
      closers.add(() => redis.stop());
      closers.add(await announceBareWorker(redis.url, `http://127.0.0.1:${bare.port}`));
      const port = await freePort();
      const gateway = await startGateway(port, redis.url, env);
      closers.add(() => gateway.stop());
      legs.push({ id: 'c1', target: targetOf(port), processes: [{ role: 'gateway', pid: gateway.pid }, server] });
    }
    return { legs, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function startGateway(port: number, redisUrl: string, env: Readonly<Record<string, string>>): Promise<NodeChild> {
  const gateway = NodeChild.start(join(workspaceRoot, 'apps/runtime-gateway/dist/main.js'), {
    env: {
      ...cleanEnvironment(),
      ...hubSettings,
      ...env,
      MCP_REGISTRY_CLUSTER_SECRET: randomBytes(32).toString('base64'),
      MCP_REGISTRY_QUEUE_TYPE: 'redis',
      MCP_REGISTRY_QUEUE_URL: redisUrl,
      MCP_REGISTRY_GATEWAY_PORT: String(port),
    },
  });
  try {
    await gateway.whenReady({ url: `http://127.0.0.1:${port}/readyz` });
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
}
