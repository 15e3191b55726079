import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { fixtures, hubEnvironment, token, workspaceRoot } from './hub-environment.js';
import './hub-state.js';
import { offerPackages } from './packages.js';

const readyWithinMs = 120_000;

/** Starts the split form (two workers, two gateways, two registry-apis) for all tests of the project. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-e2e-'));
  const stateFile = join(folder, 'stack.json');
  const packages = await offerPackages();
  const stack = spawn(
    process.execPath,
    [
      join(workspaceRoot, 'tools/stack/dist/main.js'),
      ...['--apis', '2', '--workers', '2', '--gateways', '2', '--respawn', '--state', stateFile],
    ],
    { env: { ...hubEnvironment(), ...packages.env }, cwd: workspaceRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(stack, 'exit');
  const ready = once(createInterface(stack.stdout), 'line', { signal: AbortSignal.timeout(readyWithinMs) });
  const first = await Promise.race([ready, ended.then(() => undefined)]);
  if (!first) throw new Error('The stack ended before it was ready; see its output above.');
  project.provide('hub', { form: 'split', stateFile, token, fixtures });
  return async () => {
    stack.kill('SIGTERM');
    await ended;
    await packages.close();
    await rm(folder, { recursive: true, force: true });
  };
}
