import { expect } from 'vitest';
import type { Check, Checks, Json } from '../cell.js';
import { legacyTools, prompts, resources, resourceTemplates, tools } from '../servers/catalog.js';
import { bare, play, resultCrosses, same } from './play.js';

const lists =
  (method: string, expected: Json): Check =>
  async (cell) => {
    const client = await cell.connect();
    const { result } = await client.request(method);
    return same(bare(result), expected);
  };

/** With all that a cursor may be made of. */
const cursor = 'päge/2?a=b&c==\u0000"\\ ✓';

export const listChecks: Checks = {
  'tools-list': async (cell) => {
    const client = await cell.connect();
    const { result } = await client.request('tools/list');
    return same((result?.['tools'] as Json[]).slice(0, tools.length), tools);
  },

  'tool-execution': async (cell) => {
    const client = await cell.connect();
    const { result } = await client.request('tools/list');
    const patient = (result?.['tools'] as Json[]).find(({ name }) => name === 'patient');
    if (cell.server === 'modern') {
      expect(patient).toBeUndefined();
      return 'absent';
    }
    const { execution: _, ...rest } = legacyTools.at(-1) ?? {};
    if (cell.client === 'legacy') return same(patient, legacyTools.at(-1));
    expect(patient).toEqual(rest);
    return 'translated';
  },

  'prompts-list': lists('prompts/list', { prompts }),
  'resources-list': lists('resources/list', { resources }),
  'resource-templates-list': lists('resources/templates/list', { resourceTemplates }),

  pagination: async (cell) => {
    const client = await cell.connect();
    const first = await play(
      cell,
      client,
      { result: { tools: [{ name: 'a' }], nextCursor: cursor } },
      {
        method: 'tools/list',
        params: { check: cell.unique },
      },
    );
    const next = first.result?.['nextCursor'];
    const second = await play(
      cell,
      client,
      { result: { tools: [{ name: 'b' }] } },
      {
        method: 'tools/list',
        params: { check: cell.unique, cursor: next },
      },
    );
    const seen = (await cell.scripted.journal()).filter(({ params }) => params?.['check'] === cell.unique);
    expect(second.result?.['tools']).toEqual([{ name: 'b' }]);
    return same([next, seen.map(({ params }) => params?.['cursor'])], [cursor, [undefined, cursor]]);
  },

  'cache-hints': async (cell) => {
    const client = await cell.connect();
    const { result = {} } = await client.request('tools/list');
    const hints = [result['ttlMs'], result['cacheScope']];
    if (cell.server === 'modern') return same(hints, [5_000, 'public']);
    if (cell.client === 'legacy') {
      expect(hints).toEqual([undefined, undefined]);
      return 'absent';
    }
    expect(hints).toEqual([0, 'private']);
    return 'translated';
  },

  'result-type': async (cell) => {
    const client = await cell.connect();
    const { result } = await play(cell, client, { result: { content: [] } });
    const type = result?.['resultType'];
    if (cell.server === 'modern') return same(type, 'complete');
    if (cell.client === 'modern') {
      expect(type).toBe('complete');
      return 'translated';
    }
    expect(type).toBeUndefined();
    return 'absent';
  },

  'prompts-get': (cell) =>
    resultCrosses(
      cell,
      {
        description: 'A greeting',
        messages: [{ role: 'user', content: { type: 'text', text: 'Hallo Ödön', _meta: { 'com.example/a': 1 } } }],
        'x-unknown': 1,
      },
      { method: 'prompts/get', params: { name: 'greet', arguments: { name: 'Ödön' } } },
    ),

  'resources-read': (cell) =>
    resultCrosses(
      cell,
      {
        contents: [
          { uri: 'test://note', mimeType: 'text/plain', text: 'a note', _meta: { 'com.example/a': 1 } },
          { uri: 'test://note#blob', mimeType: 'application/octet-stream', blob: 'AAEC' },
        ],
      },
      { method: 'resources/read', params: { uri: 'test://note' } },
    ),

  'resource-not-found': async (cell) => {
    const client = await cell.connect();
    const code = cell.server === 'legacy' ? -32002 : -32602;
    const error = { code, message: 'Resource not found', data: { uri: 'test://none' } };
    const params = { uri: 'test://none' };
    const exchange = await play(cell, client, { error }, { method: 'resources/read', params });
    expect(exchange.status).toBe(200);
    if (exchange.error?.code === code) return same(exchange.error, error);
    expect(exchange.error).toEqual({ ...error, code: -32602 });
    return 'translated';
  },

  completion: (cell) =>
    resultCrosses(
      cell,
      { completion: { values: ['Ada', 'Alan'], total: 2, hasMore: false, 'x-unknown': 1 } },
      {
        method: 'completion/complete',
        params: {
          ref: { type: 'ref/prompt', name: 'greet' },
          argument: { name: 'name', value: 'A' },
          context: { arguments: { greeting: 'Hi' } },
        },
      },
    ),
};
