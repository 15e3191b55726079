import { describe, expect, it } from 'vitest';
import { parseServerEntry } from '../entry/parse-server-entry.js';
import type { ServerEntry } from '../server-entry.js';
import { referencesIn, resolveReferences } from './entry-references.js';

function anEntry(fields: Record<string, unknown>): ServerEntry {
  const result = parseServerEntry(
    { id: 'weather', name: 'W', description: '', ...fields },
    { now: '2026-01-02T03:04:05Z' },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry;
}

const withHeader = (value: string): ServerEntry =>
  anEntry({ openapi_config: { url: 'a.json', headers: { 'X-A': value } } });
const from =
  (values: Record<string, string>) =>
  (name: string): string | undefined =>
    values[name];
const all = (): boolean => true;

describe('resolveReferences', () => {
  it('replaces references in the named places', () => {
    const entry = anEntry({
      auth_config: {
        type: 'oauth2',
        oauth2_config: {
          token_url: 'https://${A}/t',
          client_id: '${A}',
          client_secret: '${A}',
          scopes: ['${A}'],
          audience: '${A}',
        },
      },
      openapi_config: { url: 'a.json', headers: { 'X-A': '${A}' }, server_variables: { region: '${A}' } },
      remotes: [{ type: 'sse', url: 'https://a.example/${A}', headers: [{ name: 'X-B', value: 'Bearer ${A}' }] }],
      packages: [
        {
          registry_name: 'npm',
          name: 'a',
          runtime_arguments: [{ type: 'environment', name: 'E', value: '${A}' }],
          environment_variables: [{ name: 'B', value: '${A}', default: '${A}' }],
        },
      ],
    });
    const expected: unknown = JSON.parse(JSON.stringify(entry).replaceAll('${A}', 'v'));
    expect(resolveReferences(entry, from({ A: 'v' }), all)).toEqual({ ok: true, entry: expected });
  });

  it('leaves text that looks like a reference everywhere else', () => {
    const entry = anEntry({
      name: '${A}',
      description: '${A}',
      tags: ['${A}'],
      module_config: { path: '${A}', args: { a: '${A}' } },
      packages: [{ registry_name: 'npm', name: 'a', package_arguments: [{ value: '${A}', default: '${A}' }] }],
      'x-a': '${A}',
    });
    expect(referencesIn(entry)).toEqual([]);
    expect(resolveReferences(entry, from({ A: 'v' }), all)).toEqual({ ok: true, entry });
  });

  it.each([
    ['${A}', 'a'],
    ['x${A}y${A}', 'xaya'],
    ['${A:-d}', 'a'],
    ['${MISSING:-d}', 'd'],
    ['${MISSING:-}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY}', ''],
    ['${NESTED}', '${A}'],
    ['$A ${} ${1} ${A', '$A ${} ${1} ${A'],
  ])('makes of %j %j', (value, expected) => {
    const result = resolveReferences(withHeader(value), from({ A: 'a', EMPTY: '', NESTED: '${A}' }), all);
    expect(result.ok && result.entry.openapi_config?.headers).toEqual({ 'X-A': expected });
  });

  it('fails on a variable that is not set, naming it', () => {
    const result = resolveReferences(withHeader('${A} ${MISSING}'), from({ A: 'hidden' }), all);
    if (result.ok) throw new Error('resolved');
    expect(result.failure).toMatchObject({
      code: 'variable_missing',
      message: 'The variable MISSING is not set.',
      isTransient: false,
    });
    expect(JSON.stringify(result.failure) + result.failure.message).not.toContain('hidden');
  });

  it('names all variables that are not set', () => {
    const result = resolveReferences(withHeader('${A}${B}${A}'), from({}), all);
    expect(!result.ok && result.failure.message).toBe('The variables A, B are not set.');
  });

  it('refuses a variable that is not allowed, set or not, with default or without', () => {
    for (const value of ['${NO}', '${NO:-d}']) {
      const result = resolveReferences(withHeader(value), from({ NO: 'x' }), (name) => name !== 'NO');
      expect(!result.ok && result.failure).toMatchObject({
        code: 'variable_refused',
        message: 'The variable NO is not allowed in entries.',
      });
    }
  });

  it('never looks up a variable that is not allowed', () => {
    const lookup = (): string => {
      throw new Error('looked up');
    };
    expect(resolveReferences(withHeader('${NO}'), lookup, () => false).ok).toBe(false);
  });
});

describe('referencesIn', () => {
  it('names each variable once', () => {
    expect(referencesIn(withHeader('${A}${B:-x}${A}'))).toEqual(['A', 'B']);
  });
});
