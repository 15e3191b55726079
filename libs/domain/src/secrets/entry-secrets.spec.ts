import { describe, expect, it } from 'vitest';
import { parseServerEntry } from '../entry/parse-server-entry.js';
import type { ServerEntry } from '../server-entry.js';
import { mapSecretLiterals, mapSecrets, maskedSecretIssues, maskEntry, mergeMasked } from './entry-secrets.js';

function anEntry(fields: Record<string, unknown>): ServerEntry {
  const result = parseServerEntry(
    { id: 'weather', name: 'W', description: '', ...fields },
    { now: '2026-01-02T03:04:05Z' },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry;
}

const bearer = (token: string): ServerEntry => anEntry({ auth_config: { type: 'bearer', token } });
const withHeaders = (headers: Record<string, string>): ServerEntry =>
  anEntry({ openapi_config: { url: 'a.json', headers } });

const everywhere = anEntry({
  auth_config: {
    type: 'schemes',
    schemes: {
      key: { type: 'api_key', api_key: 'S1', query_name: 'key' },
      login: { type: 'basic', username: 'S2', password: 'S3' },
      token: { type: 'bearer', token: 'S4' },
      grant: {
        type: 'oauth2',
        oauth2_config: {
          token_url: 'https://a.example/token',
          client_id: 'S5',
          client_secret: 'S6',
          scopes: ['read'],
          audience: 'api',
        },
      },
    },
  },
  openapi_config: { url: 'a.json', headers: { 'X-A': 'S7' }, server_variables: { region: 'eu' } },
  remotes: [{ type: 'sse', url: 'https://a.example/sse', headers: [{ name: 'X-B', value: 'S8' }] }],
  packages: [
    {
      registry_name: 'npm',
      name: 'server',
      package_arguments: [{ value: 'plain' }],
      environment_variables: [
        { name: 'SECRET', value: 'S9', default: 'S10', is_secret: true },
        { name: 'PLAIN', value: 'plain' },
      ],
    },
  ],
});

describe('mapSecrets', () => {
  it('visits every secret field and no other', () => {
    const seen: string[] = [];
    mapSecrets(everywhere, (value, path) => {
      seen.push(`${path} ${value}`);
      return value;
    });
    expect(seen.sort()).toEqual(
      [
        'auth_config.schemes.key.api_key S1',
        'auth_config.schemes.login.username S2',
        'auth_config.schemes.login.password S3',
        'auth_config.schemes.token.token S4',
        'auth_config.schemes.grant.oauth2_config.client_id S5',
        'auth_config.schemes.grant.oauth2_config.client_secret S6',
        'openapi_config.headers.X-A S7',
        'remotes[0].headers[0].value S8',
        'packages[0].environment_variables[0].value S9',
        'packages[0].environment_variables[0].default S10',
      ].sort(),
    );
  });

  it('gives a copy that differs in secrets only', () => {
    const before = structuredClone(everywhere);
    const copy = mapSecrets(everywhere, (value) => `<${value}>`);
    expect(everywhere).toEqual(before);
    expect(JSON.parse(JSON.stringify(copy).replace(/<(S\d+)>/g, '$1'))).toEqual(before);
    expect(JSON.stringify(copy).match(/<S\d+>/g)).toHaveLength(10);
  });
});

describe('mapSecretLiterals', () => {
  it.each([
    ['abc', ['abc']],
    ['', []],
    ['${NAME}', []],
    ['${NAME:-}', []],
    ['${NAME:-abc}', ['abc']],
    ['Bearer ${NAME}', []],
    ['Bearer abc', ['Bearer abc']],
    ['${USER}:${PASSWORD}', []],
    ['abc${NAME}', ['abc']],
    ['abc${NAME:-def}ghi', ['abc', 'def', 'ghi']],
    ['${1}', ['${1}']],
    ['Bearer ', ['Bearer ']],
  ])('finds in %j the secret text %j', (token, literals) => {
    const seen: string[] = [];
    const entry = withHeaders({ 'X-A': token });
    expect(
      mapSecretLiterals(entry, (literal) => {
        seen.push(literal);
        return literal;
      }),
    ).toEqual(entry);
    expect(seen).toEqual(literals);
  });
});

describe('maskEntry', () => {
  it('leaves nothing secret', () => {
    expect(JSON.stringify(maskEntry(everywhere))).not.toMatch(/S\d/);
  });

  it('changes nothing that is not secret', () => {
    const masked = maskEntry(everywhere);
    expect(masked.packages[0]?.environment_variables[1]).toEqual(everywhere.packages[0]?.environment_variables[1]);
    expect(masked.openapi_config?.server_variables).toEqual({ region: 'eu' });
    expect(masked.remotes[0]?.url).toBe('https://a.example/sse');
  });

  it.each([
    ['abc', '***'],
    ['sealed:v1:1:abc', '***'],
    ['${NAME}', '${NAME}'],
    ['${NAME:-abc}', '${NAME:-***}'],
    ['Bearer ${NAME}', 'Bearer ${NAME}'],
    ['abc${NAME}', '***${NAME}'],
  ])('shows %j as %j', (token, shown) => {
    expect(maskEntry(bearer(token)).auth_config).toEqual({ type: 'bearer', token: shown });
  });
});

describe('mergeMasked', () => {
  it('gives back what was stored for what was read', () => {
    expect(mergeMasked(maskEntry(everywhere), everywhere)).toEqual(everywhere);
  });

  it.each([
    ['***', 'abc', 'abc'],
    ['***', '${NAME:-abc}', '${NAME:-abc}'],
    ['${NAME:-***}', '${NAME:-abc}', '${NAME:-abc}'],
    ['${OTHER:-***}', '${NAME:-abc}', '${OTHER:-***}'],
    ['new', 'abc', 'new'],
    ['${NEW}', 'abc', '${NEW}'],
  ])('makes of %j over the stored %j %j', (sent, stored, expected) => {
    expect(mergeMasked(bearer(sent), bearer(stored)).auth_config).toEqual({ type: 'bearer', token: expected });
  });

  it('finds headers by name in any case', () => {
    const merged = mergeMasked(withHeaders({ 'x-a': '***', 'x-new': '***' }), withHeaders({ 'X-B': 'b', 'X-A': 'a' }));
    expect(merged.openapi_config?.headers).toEqual({ 'x-a': 'a', 'x-new': '***' });
  });

  const variable = (name: string, value: string): object => ({ name, value, is_secret: true });
  const withVariables = (...environment_variables: object[]): ServerEntry =>
    anEntry({ packages: [{ registry_name: 'npm', name: 'server', environment_variables }] });
  const valuesOf = (entry: ServerEntry): (string | undefined)[] =>
    entry.packages.flatMap((each) => each.environment_variables.map(({ value }) => value));

  it('finds variables by name after they were reordered', () => {
    const stored = withVariables(variable('A', 'a'), variable('B', 'b'));
    const changed = withVariables(variable('B', '***'), variable('C', '***'), variable('A', '***'));
    expect(valuesOf(mergeMasked(changed, stored))).toEqual(['b', '***', 'a']);
  });

  const remote = (host: string, value: string): object => ({
    type: 'sse',
    url: `https://${host}.example/sse`,
    headers: [{ name: 'X-A', value }],
  });
  const withRemotes = (...remotes: object[]): ServerEntry => anEntry({ remotes });
  const headersOf = (entry: ServerEntry): (string | undefined)[] => entry.remotes.map((each) => each.headers[0]?.value);

  it('keeps the secret of a remote whose URL changes', () => {
    expect(headersOf(mergeMasked(withRemotes(remote('new', '***')), withRemotes(remote('old', 'a'))))).toEqual(['a']);
  });

  it('lets no secret wander to another remote', () => {
    const stored = withRemotes(remote('one', 'a'), remote('two', 'b'));
    const changed = withRemotes(remote('two', '***'), remote('three', '***'));
    expect(headersOf(mergeMasked(changed, stored))).toEqual(['b', '***']);
  });

  it('tells equal packages apart by their place', () => {
    const packages = (...values: string[]): ServerEntry =>
      anEntry({
        packages: values.map((value) => ({
          registry_name: 'npm',
          name: 'same',
          environment_variables: [variable('A', value)],
        })),
      });
    expect(valuesOf(mergeMasked(packages('***', '***'), packages('a', 'b')))).toEqual(['a', 'b']);
  });
});

describe('maskedSecretIssues', () => {
  it('names each place that holds a mask', () => {
    const issues = maskedSecretIssues(maskEntry(everywhere));
    expect(issues).toHaveLength(10);
    expect(issues[0]).toMatchObject({ code: 'masked_secret' });
  });

  it.each(['${NAME:-***}', '***${NAME}'])('sees the mask in %j', (token) => {
    expect(maskedSecretIssues(bearer(token)).map((issue) => issue.path)).toEqual(['auth_config.token']);
  });

  it('sees a mask in a variable that is secret no more', () => {
    const environment_variables = [{ name: 'A', value: '***' }];
    const entry = anEntry({ packages: [{ registry_name: 'npm', name: 'a', environment_variables }] });
    expect(maskedSecretIssues(entry)).toHaveLength(1);
  });

  it.each(['abc', '${NAME}', '****', ''])('has nothing against %j', (value) => {
    expect(maskedSecretIssues(withHeaders({ 'X-A': value }))).toEqual([]);
  });
});
