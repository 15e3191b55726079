import { describe, expect, it } from 'vitest';
import { metaKey } from '../../wire/protocol.js';
import { inputRequiredResult, modernResult } from './modern-result.js';

const info = { name: 's', version: '1' };

describe('modernResult', () => {
  it('keeps what the server says of itself', () => {
    const own = {
      resultType: 'other',
      ttlMs: 5,
      cacheScope: 'public',
      _meta: { [metaKey.serverInfo]: { name: 'own' }, a: 1 },
    };
    expect(modernResult('resources/read', own, info)).toEqual(own);
  });

  it('replaces cache hints that are none', () => {
    const result = modernResult('tools/list', { tools: [], ttlMs: -1, cacheScope: 'world' }, info);
    expect(result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
  });

  it('lists tools without what 2026-07-28 removed, and leaves the given list alone', () => {
    const given = { tools: [{ name: 'a', execution: { taskSupport: 'optional' } }, { name: 'b' }] };
    expect(modernResult('tools/list', given, info)['tools']).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(given.tools[0]).toHaveProperty('execution');
  });
});

describe('inputRequiredResult', () => {
  it('gives the requests the shape of 2026-07-28', () => {
    const url = {
      method: 'elicitation/create',
      params: { mode: 'url', url: 'x', elicitationId: 'e', _meta: { progressToken: 1 } },
    };
    const form = { method: 'elicitation/create', params: { message: 'm', _meta: { progressToken: 1, a: 1 } } };
    expect(inputRequiredResult({ inputRequests: { url, form }, requestState: 'sealed' }, info)).toEqual({
      resultType: 'input_required',
      inputRequests: {
        url: { method: 'elicitation/create', params: { mode: 'url', url: 'x' } },
        form: { method: 'elicitation/create', params: { mode: 'form', message: 'm', _meta: { a: 1 } } },
      },
      requestState: 'sealed',
      _meta: { [metaKey.serverInfo]: info },
    });
  });

  it('leaves the other members of the result and of the requests alone', () => {
    const form = { method: 'elicitation/create', params: { mode: 'form' }, 'x-unknown': 1 };
    const more = { 'x-unknown': [1], _meta: { a: 1 } };
    expect(inputRequiredResult({ inputRequests: { form }, more }, info)).toEqual({
      resultType: 'input_required',
      inputRequests: { form },
      'x-unknown': [1],
      _meta: { a: 1, [metaKey.serverInfo]: info },
    });
  });
});
