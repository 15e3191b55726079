import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@mcp-hub/test-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf, whenGone } from '../src/process-tree.js';
import { endPrograms, Program, workspaceRoot } from '../src/program.js';
import { whenReady } from '../src/readiness.js';

/** A folder as a fresh clone is: the samples, and the packages that they import. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-hub-newcomer-'));
  cpSync(join(workspaceRoot, 'data'), join(folder, 'data'), { recursive: true });
  symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true, force: true });
});

describe('the standalone with the sample data', () => {
  let hub: Program;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://localhost:${port}`;
    hub = Program.start('standalone', { cwd: folder, env: { MCP_REGISTRY_API_PORT: String(port) } });
  });

  it('shows where it is, and the endpoint of each enabled sample as it becomes healthy', async () => {
    await hub.printed(/healthy .*hub-api[^]*healthy .*sample-tools|healthy .*sample-tools[^]*healthy .*hub-api/);
    expect(hub.stdout).toContain(` runs at ${url}\n`);
    for (const id of ['hub-api', 'sample-tools'])
      expect(hub.stdout).toContain(`  healthy   ${url}/servers/${id}/mcp\n`);
  });

  it('names the disabled samples and where it is said what they need', () => {
    expect(hub.stdout).toMatch(/ {2}disabled {2}.*github-api.*: data\/servers\.yaml says what each needs\n/);
  });

  it('shows a curl line that works', async () => {
    const [, address] = /curl (http\S+)/.exec(hub.stdout) ?? [];
    const { servers } = (await (await fetch(address!)).json()) as { servers: { id: string }[] };
    expect(servers.map(({ id }) => id)).toContain('sample-tools');
  });

  it('shows an mcpServers snippet whose endpoint answers', async () => {
    const [snippet] = /\{"mcpServers".*\}/.exec(hub.stdout) ?? [];
    const { mcpServers } = JSON.parse(snippet!) as { mcpServers: Record<string, { type: string; url: string }> };
    const [server] = Object.values(mcpServers);
    expect(server!.type).toBe('http');
    const answer = await fetch(server!.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'newcomer', version: '1.0.0' },
        },
      }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"protocolVersion"')]);
  });

  it('says nothing on stderr', () => {
    expect(hub.stderr).toBe('');
  });

  it('is asked by the command line, in every format', async () => {
    const table = Program.start('cli', { args: ['status', '--url', url] });
    expect(await table.ended).toBe(0);
    expect(table.stdout).toMatch(/^MCP Hub Registry: up \d+ s, 7 servers, 2 healthy, 0 failed\n/);
    expect(table.stdout).toMatch(/\n {2}sample-tools +healthy\n/);
    expect(table.stderr).toBe('');

    const json = Program.start('cli', { args: ['--url', url, 'status', '--format', 'json'] });
    expect(await json.ended).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ servers: { 'sample-tools': { status: 'healthy' } } });
  });

  it('ends with 0 on Ctrl+C', async () => {
    hub.signal('SIGINT');
    expect(await hub.ended).toBe(0);
  });

  it('is missed by the command line, which says how to start one', async () => {
    const status = Program.start('cli', { args: ['status'], env: { MCP_REGISTRY_URL: url } });
    expect(await status.ended).toBe(5);
    expect(status.stdout).toBe('');
    expect(status.stderr).toMatch(new RegExp(`^No hub answers at ${url}\\. Start one with "npm start" or `));
  });
});

describe('npm start', () => {
  it('runs the hub, which ends when npm is told to end', async () => {
    const port = String(await freePort());
    const npm = Program.startNpm('start', {
      env: { MCP_REGISTRY_API_PORT: port, MCP_REGISTRY_DATABASE_TYPE: 'memory' },
    });
    await npm.printed(/ runs at /, 120_000);
    const everything = await descendantsOf(npm.pid);
    expect(everything.length).toBeGreaterThanOrEqual(1);
    npm.signal('SIGTERM');
    await npm.ended;
    await whenGone(everything, 20_000);
  });
});

describe('the run command', () => {
  it('runs the hub with the port and file of the command line, and ends it on SIGTERM', async () => {
    const port = await freePort();
    const args = ['run', '--port', String(port), '--config', 'data/hub.yaml'];
    cpSync(new URL('../fixtures/hub.yaml', import.meta.url), join(folder, 'data/hub.yaml'));
    const hub = Program.start('cli', { args, cwd: folder });
    await hub.printed(/ runs at /);
    expect(hub.stdout).toContain(`Hub Of A File 0.1.0 runs at http://localhost:${port}\n`);
    await whenReady([`http://127.0.0.1:${port}`], 200);
    hub.signal('SIGTERM');
    expect(await hub.ended).toBe(0);
  });

  it('exits with 2 on a configuration file that is not there', async () => {
    const hub = Program.start('cli', { args: ['run', '-c', 'nowhere.yaml'], cwd: folder });
    expect(await hub.ended).toBe(2);
    expect(hub.stderr).toContain('nowhere.yaml: the configuration file is not there');
  });
});
