import { describe, expect, it } from 'vitest';
import { effectiveCapabilities, legacyInput, legacyResult } from './revision-features.js';

const all = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: { listChanged: true } };

describe('effectiveCapabilities', () => {
  it.each([
    ['2024-11-05', { sampling: {}, roots: { listChanged: true } }],
    ['2025-03-26', { sampling: {}, roots: { listChanged: true } }],
    ['2025-06-18', { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } }],
    ['2025-11-25', all],
  ] as const)('are those that %s defines', (version, expected) => {
    expect(effectiveCapabilities(all, version)).toEqual(expected);
  });
});

describe('legacyResult', () => {
  const call = { content: [], structuredContent: { a: 1 }, 'x-own': 1 };
  const list = { tools: [{ name: 't', outputSchema: {} }] };

  it('has no structured content before 2025-06-18', () => {
    expect(legacyResult('tools/call', call, '2025-03-26')).toEqual({ content: [], 'x-own': 1 });
    expect(legacyResult('tools/list', list, '2025-03-26')).toEqual({ tools: [{ name: 't' }] });
    expect(legacyResult('prompts/get', call, '2025-03-26')).toBe(call);
  });

  it('is the very result from 2025-06-18 on', () => {
    expect(legacyResult('tools/call', call, '2025-06-18')).toBe(call);
  });
});

describe('legacyInput', () => {
  const url = { method: 'elicitation/create', params: { mode: 'url', url: 'x' } };

  it('invents an elicitationId where a URL elicitation has none', () => {
    expect(legacyInput(url, () => 'new').params).toEqual({ mode: 'url', url: 'x', elicitationId: 'new' });
  });

  it('keeps that of the server, whose completion it names', () => {
    const own = { ...url, params: { ...url.params, elicitationId: 'own' } };
    expect(legacyInput(own, () => 'new').params).toEqual(own.params);
  });
});
