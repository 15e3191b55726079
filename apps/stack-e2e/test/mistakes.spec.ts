import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endPrograms, Program } from '../src/program.js';
import { portSetting, portVariable, serviceNames, sharedSettings } from '../src/split-services.js';

let taken: Server;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-hub-mistakes-'));
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await endPrograms();
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

const port = (): number => (taken.address() as AddressInfo).port;
/** Nobody listens there. */
const settings = sharedSettings({ redisPort: 1, mongoPort: 1 });

describe.each(serviceNames)('%s', (name) => {
  it('tells every mistake of its configuration in one message on stderr, and exits with 2', async () => {
    const program = Program.start(name, {
      env: { MCP_REGISTRY_QUEUE_URL: 'http://queue', [portVariable(name)]: 'eighty', MCP_REGISTRY_WORKER_PROT: '80' },
    });
    expect(await program.ended).toBe(2);
    expect(program.stdout).toBe('');
    const [head, ...problems] = program.stderr.trimEnd().split('\n');
    expect(head).toBe(`The configuration has ${problems.length} problem(s):`);
    const expected = [
      'MCP_REGISTRY_WORKER_PROT: there is no such setting; did you mean MCP_REGISTRY_WORKER_PORT?',
      `${portVariable(name)}: ${portSetting(name).split(' ')[0]!}: must be a whole number`,
      'queue.url must be redis://',
      'cluster.secret is required',
      ...(name === 'registry-api' ? ['database.url is required'] : []),
    ];
    for (const what of expected) {
      expect(problems).toContainEqual(expect.stringContaining(what));
    }
    expect(problems).toHaveLength(expected.length);
  });

  it('says in one sentence that its port is in use, and exits with 1', async () => {
    const program = Program.start(name, {
      env: { ...settings, [portVariable(name)]: String(port()), MCP_REGISTRY_LOG_LEVEL: 'error' },
    });
    expect(await program.ended).toBe(1);
    expect(program.stderr).toBe(`Port ${port()} is in use: set ${portSetting(name)} or stop what listens there.\n`);
    expect(program.stdout).toBe('');
  });
});

describe('standalone', () => {
  it('tells every mistake of its configuration in one message on stderr, and exits with 2', async () => {
    const program = Program.start('standalone', {
      cwd: folder,
      env: { MCP_REGISTRY_API_PORT: 'eighty', MCP_REGISTRY_QUEUE_TYPE: 'redis' },
    });
    expect(await program.ended).toBe(2);
    expect(program.stdout).toBe('');
    expect(program.stderr).toMatch(
      /^The configuration has 2 problem\(s\):\n {2}- .*api\.port.*\n {2}- queue\.type .*\n$/,
    );
  });

  it('says in one sentence that its port is in use, and exits with 1', async () => {
    const program = Program.start('standalone', { cwd: folder, env: { MCP_REGISTRY_API_PORT: String(port()) } });
    expect(await program.ended).toBe(1);
    expect(program.stderr).toBe(
      `Port ${port()} is in use: set api.port (MCP_REGISTRY_API_PORT) or stop what listens there.\n`,
    );
    expect(program.stdout).toBe('');
  });
});
