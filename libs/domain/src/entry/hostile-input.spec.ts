import { describe, expect, it } from 'vitest';
import type { Issue } from '../hub-error.js';
import { parseServerEntry } from './parse-server-entry.js';

const now = '2026-01-02T03:04:05Z';
const minimal = { id: 'weather', name: 'Weather', description: '' };

function refuse(input: unknown): Issue[] {
  const result = parseServerEntry(input, { now });
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.entry)}`);
  return result.issues;
}

const places = (issues: readonly Issue[]): string[] => issues.map(({ path, code }) => `${path}: ${code}`);

describe('hostile input of parseServerEntry', () => {
  it('refuses __proto__ as a field', () => {
    const input: unknown = JSON.parse('{"id":"aa","name":"A","description":"","__proto__":{"enabled":false}}');
    expect(places(refuse(input))).toEqual(['__proto__: unknown_field']);
  });

  it.each(['headers', 'server_variables', 'mcp_names'])('refuses __proto__ as a name in %s', (field) => {
    const config: unknown = JSON.parse(`{"url":"a.json","${field}":{"__proto__":"x"}}`);
    expect(places(refuse({ ...minimal, openapi_config: config }))).toEqual([
      `openapi_config.${field}.__proto__: wrong_name`,
    ]);
  });

  it.each(['openapi_config', 'fastmcp_config'])('refuses __proto__ in %s', (field) => {
    const config: unknown = JSON.parse('{"url":"a.json","__proto__":{"timeout":1}}');
    expect(places(refuse({ ...minimal, [field]: config }))).toEqual([`${field}.__proto__: unknown_field`]);
  });

  it('does not take inherited names for fields', () => {
    expect(places(refuse({ ...minimal, constructor: 1, toString: 2 }))).toEqual([
      'constructor: unknown_field',
      'toString: unknown_field',
    ]);
    expect(places(refuse({ ...minimal, auth_config: { type: 'constructor' } }))).toEqual([
      'auth_config.type: not_allowed',
    ]);
  });

  it('bounds the number of problems it reports', () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 1]));
    const issues = refuse({ ...minimal, ...unknown });
    expect(issues).toHaveLength(201);
    expect(issues.at(-1)?.code).toBe('too_many');
  });

  it('shortens endless names in paths', () => {
    const [issue] = refuse({ ...minimal, ['n'.repeat(1_000_000)]: 1 });
    expect(issue?.path.length).toBeLessThan(120);
  });

  it('refuses opaque values that are nested too deep', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(places(refuse({ ...minimal, 'x-deep': deep }))).toEqual(['x-deep: too_large']);
  });

  it('refuses opaque values that aliases make huge', () => {
    let node: unknown = 'lol';
    for (let level = 0; level < 30; level++) node = Array.from({ length: 10 }, () => node);
    const issues = refuse({ ...minimal, module_config: { path: 'a.js', args: { node } } });
    expect(places(issues)).toEqual(['module_config.args: too_large']);
  });

  it('never repeats a value', () => {
    const secret = 'S3CR3T-VALUE';
    const issues = refuse({
      id: secret,
      name: [secret],
      description: { secret },
      enabled: secret,
      replicas: secret,
      activation: secret,
      tags: secret,
      alias: secret,
      loader_type: secret,
      auth_config: { type: secret },
      packages: [{ registry_name: 'npm', name: `${secret} `, version: `^${secret}` }],
      remotes: [{ type: secret, url: secret, headers: [{ name: `${secret} `, value: `${secret}\n` }] }],
      openapi_config: {
        url: `ftp://${secret}`,
        base_url: secret,
        timeout: secret,
        route_maps: [{ pattern: `(${secret}` }],
      },
    });
    expect(issues.length).toBeGreaterThan(15);
    expect(JSON.stringify(issues)).not.toContain(secret);
  });

  it('does not change its input', () => {
    const freeze = (value: unknown): unknown => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const input = freeze({
      ...minimal,
      route_maps: [{}],
      fastmcp_config: { openapi_url: 'a.json', routing_rules: [{ pattern: 'a' }] },
      tags: ['b', 'a', 'b'],
    });
    expect(parseServerEntry(input, { now }).ok).toBe(true);
  });
});
