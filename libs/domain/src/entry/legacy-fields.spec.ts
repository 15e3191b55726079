import { describe, expect, it } from 'vitest';
import type { OpenApiConfig } from '../server-entry.js';
import { parseServerEntry, type ParsedEntry } from './parse-server-entry.js';

function parse(fields: Record<string, unknown>): ParsedEntry {
  return parseServerEntry(
    { id: 'weather', name: 'Weather', description: '', ...fields },
    { now: '2026-01-02T03:04:05Z' },
  );
}

function configOf(fields: Record<string, unknown>): Partial<OpenApiConfig> {
  const result = parse(fields);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry.openapi_config ?? {};
}

const notes = (result: ParsedEntry): string[] =>
  [...(result.ok ? [] : result.issues), ...result.warnings].map(({ path, code }) => `${path}: ${code}`);

describe('legacy fields of an entry', () => {
  it('take fastmcp_config for openapi_config', () => {
    expect(configOf({ fastmcp_config: { url: 'a.json', timeout: 5 } })).toMatchObject({ url: 'a.json', timeout: 5 });
  });

  it('merge fastmcp_config under openapi_config', () => {
    const config = configOf({
      openapi_config: { url: 'a.json', timeout: 5 },
      fastmcp_config: { spec: {}, timeout: 9, max_tools: 3 },
    });
    expect(config).toMatchObject({ url: 'a.json', timeout: 5, max_tools: 3 });
    expect(config.spec).toBeUndefined();
  });

  it('name the place where a wrong value was written', () => {
    const result = parse({
      route_maps: [{ pattern: '(' }],
      fastmcp_config: { url: 'a.json', timeout: 'x', typo: 1 },
    });
    expect(notes(result)).toEqual([
      'fastmcp_config.timeout: wrong_type',
      'route_maps[0].pattern: wrong_pattern',
      'fastmcp_config.typo: unknown_field',
    ]);
  });

  it('move top-level route_maps', () => {
    const config = configOf({ openapi_config: { url: 'a.json' }, route_maps: [{ pattern: '^/a' }] });
    expect(config.route_maps?.map((map) => map.pattern)).toEqual(['^/a']);
  });

  it('prefer the route_maps of openapi_config', () => {
    const config = configOf({ openapi_config: { url: 'a.json', route_maps: [{ pattern: '^/b' }] }, route_maps: [{}] });
    expect(config.route_maps?.map((map) => map.pattern)).toEqual(['^/b']);
  });

  it('warn of route_maps without anything to map', () => {
    const result = parse({ route_maps: [] });
    expect(result).toMatchObject({ ok: true });
    expect(notes(result)).toEqual(['route_maps: ignored_field']);
  });

  it('take openapi_url for url', () => {
    const fields = { openapi_config: { openapi_url: 'https://a.example/o.json' } };
    expect(configOf(fields).url).toBe('https://a.example/o.json');
    expect(notes(parse(fields))).toEqual(['openapi_config.openapi_url: deprecated_field']);
  });

  it('take a top-level openapi_url', () => {
    expect(configOf({ openapi_url: 'a.json' }).url).toBe('a.json');
  });

  it('name openapi_url where it is wrong', () => {
    expect(notes(parse({ openapi_config: { openapi_url: 5 } }))).toContain('openapi_config.openapi_url: wrong_type');
  });

  it('migrate routing_rules', () => {
    const fields = {
      openapi_config: {
        url: 'a.json',
        route_maps: [{ pattern: '^/a' }],
        routing_rules: [
          { path_pattern: '^/b', type: 'resource', methods: ['get'] },
          { pattern: '^/c', mcp_type: 'IGNORE' },
        ],
      },
    };
    expect(configOf(fields).route_maps).toMatchObject([
      { pattern: '^/a' },
      { pattern: '^/b', mcp_type: 'RESOURCE', methods: ['GET'] },
      { pattern: '^/c', mcp_type: 'EXCLUDE', methods: ['*'] },
    ]);
    expect(notes(parse(fields))).toEqual(['openapi_config.routing_rules: deprecated_field']);
  });

  it('name the field of a routing rule that is wrong', () => {
    const routing_rules = [{}, { path_pattern: '(', type: 'x', extra: 1 }];
    expect(notes(parse({ openapi_config: { url: 'a.json', routing_rules } }))).toEqual([
      'openapi_config.routing_rules[1].path_pattern: wrong_pattern',
      'openapi_config.routing_rules[1].type: not_allowed',
      'openapi_config.routing_rules[1].extra: unknown_field',
      'openapi_config.routing_rules: deprecated_field',
    ]);
  });

  it.each(['advanced_routing', 'customize_components'])('drop %s with a warning', (name) => {
    const fields = { openapi_config: { url: 'a.json', [name]: { any: ['value'] } } };
    expect(configOf(fields)).not.toHaveProperty(name);
    expect(notes(parse(fields))).toEqual([`openapi_config.${name}: ignored_field`]);
    expect(notes(parse({ [name]: 1 }))).toEqual([`${name}: ignored_field`]);
  });

  it.each(['proxy_config', 'package_config', 'mount_path'])('accept %s with a warning', (name) => {
    const result = parse({ [name]: { any: 'value' } });
    expect(result.ok && name in result.entry).toBe(false);
    expect(notes(result)).toEqual([`${name}: ignored_field`]);
  });

  it('refuse configurations that are no objects', () => {
    expect(notes(parse({ openapi_config: [], fastmcp_config: 'x' }))).toEqual([
      'fastmcp_config: wrong_type',
      'openapi_config: wrong_type',
    ]);
  });

  it('want a document in fastmcp_config too', () => {
    expect(notes(parse({ fastmcp_config: { timeout: 3 } }))).toEqual(['fastmcp_config: required']);
  });
});
