import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { fixtures, hubEnvironment, token, workspaceRoot } from '../src/hub-environment.js';
import { proves } from '../src/requirements.js';

/** Root in a network of its own: as root, or where the kernel lets anybody be it within a user namespace. */
const ownNetwork = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];

function whyNot(): string | undefined {
  if (spawnSync('ip', ['-V']).status !== 0) return 'there is no ip (iproute2)';
  return spawnSync('unshare', [...ownNetwork, 'true']).status === 0 ? undefined : 'no network namespace can be made';
}

it(proves('ISO-7'), { timeout: 180_000 }, async (context) => {
  const reason = whyNot();
  // Where the tests are the verdict on a change, leaving this out is none.
  if (reason !== undefined && process.env['CI'] === 'true') throw new Error(`ISO-7 can't be tested: ${reason}.`);
  context.skip(reason !== undefined, reason);
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-half-open-'));
  try {
    const network = join(fixtures, 'network');
    const args = [
      ...ownNetwork,
      process.execPath,
      join(network, 'hub-host.mjs'),
      join(workspaceRoot, 'apps/standalone/dist/main.js'),
      join(network, 'lost-client.mjs'),
      token,
    ];
    const env = {
      ...hubEnvironment(),
      MCP_REGISTRY_API_HOST: '0.0.0.0',
      MCP_REGISTRY_GATEWAY_ALLOWED_HOSTS: '10.77.0.1,127.0.0.1',
    };
    const { stdout } = await promisify(execFile)('unshare', args, { cwd: folder, env, timeout: 170_000 });
    const outcome = JSON.parse(stdout) as Record<string, unknown>;
    console.info(`a client that is lost without a word: ${stdout.trim()}`);
    expect(outcome).toMatchObject({ before: 2, wasCancelledBefore: false, after: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
