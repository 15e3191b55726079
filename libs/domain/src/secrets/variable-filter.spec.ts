import { describe, expect, it } from 'vitest';
import { variableFilter } from './variable-filter.js';

describe('variableFilter', () => {
  it.each([
    ['GITHUB_*', 'GITHUB_TOKEN', true],
    ['GITHUB_*', 'GITHUB_', true],
    ['GITHUB_*', 'MY_GITHUB_TOKEN', false],
    ['GITHUB_*', 'github_token', false],
    ['*_TOKEN', 'GITHUB_TOKEN', true],
    ['A*B*C', 'AxxBxBxC', true],
    ['A*B*C', 'AxxC', false],
    ['A?', 'AB', true],
    ['A?', 'A', false],
    ['EXACT', 'EXACT', true],
    ['EXACT', 'EXACTLY', false],
    ['A.B', 'AxB', false],
    [' PADDED ', 'PADDED', true],
    ['', '', false],
  ])('of %j lets %s pass: %s', (glob, name, expected) => {
    expect(variableFilter([glob])(name)).toBe(expected);
  });

  it('lets pass what any of several globs matches', () => {
    const allow = variableFilter(['A_*', 'B_*']);
    expect(['A_1', 'B_1', 'C_1'].map(allow)).toEqual([true, true, false]);
  });

  it('lets nothing pass without globs', () => {
    expect(variableFilter([])('HOME')).toBe(false);
  });

  it.each([
    'MCP_REGISTRY_SECRETS_KEY',
    'MCP_REGISTRY_API_AUTH_TOKENS',
    'DATABASE_URL',
    'AUTH_TOKEN',
    'mcp_registry_cluster_secret',
  ])("never lets the hub's own %s pass", (name) => {
    expect(variableFilter(['*', name])(name)).toBe(false);
  });

  it('takes no exponential time for many stars', () => {
    expect(variableFilter(['*a'.repeat(30) + 'b'])('a'.repeat(5000))).toBe(false);
  });
});
