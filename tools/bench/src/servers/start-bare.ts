import { fileURLToPath } from 'node:url';
import { cleanEnvironment, NodeChild } from '../node-child.js';

export interface BareProcess {
  child: NodeChild;
  port: number;
}

/** @param env added to this process's */
export async function startBareServer(env: Readonly<Record<string, string>>): Promise<BareProcess> {
  return start('./bare-server.js', env);
}

export async function startBareProxy(targetPort: number, env: Readonly<Record<string, string>>): Promise<BareProcess> {
  return start('./bare-proxy.js', { ...env, BENCH_TARGET_PORT: String(targetPort) });
}

async function start(script: string, env: Readonly<Record<string, string>>): Promise<BareProcess> {
  const child = NodeChild.start(fileURLToPath(new URL(script, import.meta.url)), {
    env: { ...cleanEnvironment(), ...env },
  });
  const { port } = await child.ask<{ port: number }>();
  return { child, port };
}
