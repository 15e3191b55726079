import { expect } from 'vitest';
import type { Checks, Json } from '../cell.js';
import { bare, callsSeen, play, refusal, resultCrosses, same } from './play.js';

const structured = { n: 1, list: [{ a: null }] };

export const callChecks: Checks = {
  'tools-call': async (cell) => {
    const client = await cell.connect();
    const args = { check: cell.unique, 'Größe ✓': [1.5, null, { deep: true }] };
    const result = {
      content: [
        { type: 'text', text: 'One', annotations: { audience: ['user'], priority: 0.5 } },
        { type: 'image', data: 'AAEC', mimeType: 'image/png' },
        { type: 'audio', data: 'AAEC', mimeType: 'audio/wav' },
        { type: 'resource_link', uri: 'test://note', name: 'note' },
        { type: 'resource', resource: { uri: 'test://note', text: 'a note' } },
      ],
      structuredContent: structured,
      isError: false,
    };
    const exchange = await play(cell, client, { result }, { params: { name: 'scripted', arguments: args } });
    const [call] = await callsSeen(cell);
    expect(call?.params?.['arguments']).toEqual(args);
    return same(bare(exchange.result), result);
  },

  'tool-errors': (cell) => resultCrosses(cell, { content: [{ type: 'text', text: 'It failed.' }], isError: true }),

  'structured-values': async (cell) => {
    const client = await cell.connect();
    const result = { content: [{ type: 'text', text: '[1,2]' }], structuredContent: [1, 2] };
    const exchange = await play(cell, client, { result });
    const got = bare(exchange.result);
    if (cell.client === 'modern') return same(got, result);
    expect(got).toEqual({ ...result, structuredContent: { result: [1, 2] } });
    return 'translated';
  },

  'error-data': async (cell) => {
    const client = await cell.connect();
    const codes = [-32_055, -32_002, -32_603, 17];
    for (const code of codes) {
      const error = { code, message: `Überfüllt ${code}`, data: { deep: [{ why: 'full' }], code } };
      const exchange = await play(cell, client, { error });
      // Clients lose `data` of anything but 200.
      expect([exchange.status, exchange.error]).toEqual([200, error]);
    }
    return 'crosses';
  },

  'unknown-method': async (cell) => {
    const client = await cell.connect();
    return refusal(await client.request('com.example/nobody-knows', { a: 1 }));
  },

  'extension-request': (cell) =>
    resultCrosses(
      cell,
      { answer: { a: [1] }, _meta: { 'com.example/b': 2 } },
      {
        method: 'com.example/ask',
        params: { question: { a: 1 } },
      },
    ),

  'unknown-members': async (cell) => {
    const client = await cell.connect();
    const params = { name: 'scripted', arguments: { check: cell.unique }, 'x-unknown': { a: [1] }, cursor: 7 };
    const result = {
      content: [
        { type: 'text', text: 'a', 'x-unknown': { deep: 1 } },
        { type: 'com.example/hologram', beams: [1, 2] },
      ],
      'x-unknown': [{ a: 1 }],
    };
    const exchange = await play(cell, client, { result }, { params });
    const [call] = await callsSeen(cell);
    const { _meta, ...seen } = call?.params ?? {};
    expect(seen).toEqual(params);
    return same(bare(exchange.result), result);
  },

  meta: async (cell) => {
    const client = await cell.connect();
    const meta = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'com.example/own': { a: [1] },
    };
    const result = {
      content: [{ type: 'text', text: 'a', _meta: { 'com.example/content': 1 } }],
      _meta: { 'com.example/result': { b: 2 } },
    };
    const told = {
      method: 'notifications/com.example/told',
      params: { _meta: { 'com.example/notification': 3 } },
    };
    const exchange = await play(cell, client, { steps: [{ tell: told }], result }, { meta });
    const [call] = await callsSeen(cell);
    expect(call?.params?.['_meta']).toMatchObject(meta);
    expect(exchange.told).toEqual([{ jsonrpc: '2.0', ...told }]);
    return same(bare(exchange.result), result);
  },

  'param-headers-added': async (cell) => {
    const client = await cell.connect();
    const args = { region: 'Zürich', check: cell.unique };
    const headers = { 'mcp-param-region': '=?base64?WsO8cmljaA==?=' };
    const exchange = await play(cell, client, {}, { params: { name: 'regional', arguments: args }, headers });
    expect(exchange.error).toBeUndefined();
    const [call] = await callsSeen(cell);
    expect(call?.params?.['arguments']).toEqual(args);
    const header = call?.headers?.['mcp-param-region'];
    if (cell.server === 'legacy' || cell.transport !== 'http') return same(header, undefined);
    expect(header).toBe('=?base64?WsO8cmljaA==?=');
    return cell.client === 'legacy' ? 'translated' : 'crosses';
  },

  'param-headers-checked': async (cell) => {
    const client = await cell.connect();
    const params = { name: 'regional', arguments: { region: 'north', check: cell.unique } };
    const exchange = await play(cell, client, {}, { params });
    if (!exchange.error) return 'absent';
    expect(exchange.status).toBe(400);
    expect(await callsSeen(cell)).toEqual([]);
    return refusal(exchange);
  },

  'names-beyond-ascii': async (cell) => {
    const client = await cell.connect();
    const params = { name: 'Wörter zählen ✓', arguments: { check: cell.unique } };
    const exchange = await play(cell, client, {}, { params });
    expect(exchange.error).toBeUndefined();
    const [call] = await callsSeen(cell);
    if (cell.server === 'modern' && cell.transport === 'http') {
      expect(call?.headers?.['mcp-name']).toBe(`=?base64?${Buffer.from(params.name).toString('base64')}?=`);
    }
    return same(call?.params?.['name'], params.name);
  },

  'large-payloads': async (cell) => {
    const client = await cell.connect();
    const text = 'ä€𝄞x'.repeat(100_000);
    const params = { name: 'scripted', arguments: { check: cell.unique, text } };
    const result: Json = { content: [{ type: 'text', text }] };
    const exchange = await play(cell, client, { result }, { params });
    const [call] = await callsSeen(cell);
    // Compared as lengths first: a difference in a megabyte of text is no message.
    expect(JSON.stringify(call?.params?.['arguments']).length).toBe(JSON.stringify(params.arguments).length);
    expect((bare(exchange.result)?.['content'] as { text: string }[])[0]?.text === text).toBe(true);
    return 'crosses';
  },
};
