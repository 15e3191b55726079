import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitUntil } from '@mcp-hub/test-servers';
import type { StackState } from '@mcp-hub/stack';
import type { TestProject } from 'vitest/node';
import { fixtures, hubEnvironment, token, workspaceRoot } from './hub-environment.js';
import './hub-state.js';
import { offerPackages } from './packages.js';

/** Starts the standalone for all tests of the project, and starts it again, on the same port and data, when it ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-e2e-'));
  const stateFile = join(folder, 'standalone.json');
  const port = await freePort();
  const packages = await offerPackages();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let isStopping = false;

  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [join(workspaceRoot, 'apps/standalone/dist/main.js')], {
      cwd: folder,
      env: { ...hubEnvironment(), ...packages.env, MCP_REGISTRY_API_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = child;
    started.once('exit', () => {
      void publish([]).then(() => (isStopping ? undefined : start()));
    });
    await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
      timeoutMs: 60_000,
      describe: 'the standalone is ready',
    });
    await publish([{ id: 'standalone', pid: started.pid ?? 0, url }]);
  };
  const publish = async (processes: StackState['workers']): Promise<void> => {
    const state: StackState = {
      api: url,
      gateway: url,
      apis: processes,
      gateways: processes,
      workers: processes,
      redis: { url: '', pid: 0 },
      mongodb: { url: '', pid: 0, kind: '' },
    };
    await writeFile(`${stateFile}.draft`, JSON.stringify(state));
    await rename(`${stateFile}.draft`, stateFile);
  };

  await start();
  project.provide('hub', { form: 'standalone', stateFile, token, fixtures });
  return async () => {
    isStopping = true;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await packages.close();
    await rm(folder, { recursive: true, force: true });
  };
}
