import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hub } from '../src/hub.js';
import { proves } from '../src/requirements.js';

const program = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
const info = { name: 'stdio-client', version: '1.0.0' };

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.underTest();
  await hub.publish({ id: 'bridged', name: 'Bridged', description: '', module_config: { path: 'sdk-v2-server.mjs' } });
  await hub.publish({ id: 'asking', name: 'Asking', description: '', module_config: { path: 'asking-server.mjs' } });
});
afterAll(async () => {
  for (const id of ['bridged', 'asking']) await hub.remove(id);
});

const bridgeTo = (id: string) => ({
  command: process.execPath,
  args: [program, 'stdio', id, '--url', hub.apiUrl, '--token', hub.token],
});

describe('the stdio bridge', () => {
  it(proves('STDIO-1'), async () => {
    const client = new ClientV1(info);
    await client.connect(new StdioV1(bridgeTo('bridged')));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['greet']);
    const { content } = await client.callTool({ name: 'greet', arguments: { name: 'bridge' } });
    expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('Hello, bridge! (v2') as string }]);
    await client.close();
  });

  it(proves('STDIO-2'), async () => {
    const client = new ClientV2(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new StdioV2(bridgeTo('bridged')));
    const { content } = await client.callTool({ name: 'greet', arguments: { name: 'modern' } });
    expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('Hello, modern! (v2') as string }]);
    await client.close();
  });

  it(proves('STDIO-3'), async () => {
    const client = new ClientV1(info, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({
      action: 'accept',
      content: { name: params.message.toUpperCase() },
    }));
    await client.connect(new StdioV1(bridgeTo('asking')));
    const heard: number[] = [];
    const { content } = await client.callTool({ name: 'ask' }, undefined, {
      onprogress: ({ progress }) => void heard.push(progress),
    });
    expect(content).toEqual([{ type: 'text', text: 'YOUR NAME?' }]);
    expect(heard).toEqual([1]);
    await client.close();
  });

  it(proves('STDIO-4'), async () => {
    const { command, args } = bridgeTo('no-such-server');
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: 20_000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('The hub has no server "no-such-server"');
  });
});
