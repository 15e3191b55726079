import { expect } from 'vitest';
import { metaKey } from '../../../src/wire/protocol.js';
import type { Checks, Json } from '../cell.js';
import { capabilities, instructions, serverInfo, tasks } from '../servers/catalog.js';
import { refusal, same } from './play.js';

export const serverChecks: Checks = {
  'server-info': async (cell) => {
    const { hello } = await cell.connect();
    const info = cell.client === 'legacy' ? hello['serverInfo'] : (hello['_meta'] as Json)[metaKey.serverInfo];
    return same([info, hello['instructions']], [serverInfo, instructions]);
  },

  'server-capabilities': async (cell) => {
    const { hello } = await cell.connect();
    const isLegacy = cell.client === 'legacy' && cell.server === 'legacy';
    return same(hello['capabilities'], isLegacy ? { ...capabilities, tasks } : capabilities);
  },

  'hello-members': async (cell) => {
    const { hello } = await cell.connect();
    const meta = hello['_meta'] as Json | undefined;
    return same([hello['x-hello'], meta?.['com.example/hello']], [['kept'], 1]);
  },

  ping: async (cell) => {
    const client = await cell.connect();
    const exchange = await client.request('ping', { check: cell.unique });
    if (exchange.error) return refusal(exchange);
    expect(exchange.result).toEqual({});
    expect((await cell.scripted.journal()).filter(({ params }) => params?.['check'] === cell.unique)).toEqual([]);
    return 'translated';
  },

  'client-info': async (cell) => {
    const client = await cell.connect({ 'com.example/own': {} });
    await client.request('tools/call', { name: 'scripted', arguments: { check: cell.unique } });
    const seen = await cell.scripted.journal();
    const call = seen.find(({ params }) => (params?.['arguments'] as Json | undefined)?.['check'] === cell.unique);
    const meta = call?.params?.['_meta'] as Json | undefined;
    if (cell.server === 'legacy') {
      const handshake = seen.find(({ method }) => method === 'initialize');
      expect(handshake?.params?.['clientInfo']).toMatchObject({ name: 'mcp-hub-registry' });
      expect(JSON.stringify(handshake)).not.toContain('com.example/own');
      expect(meta).toBeUndefined();
      return 'absent';
    }
    expect(meta?.[metaKey.clientInfo]).toMatchObject({ name: `raw-${cell.client}`, 'x-client': 'own' });
    return same(meta?.[metaKey.clientCapabilities], { 'com.example/own': {} });
  },
};
