import { describe, expect, it } from 'vitest';
import { mergeMasked } from '../secrets/entry-secrets.js';
import type { ServerEntry } from '../server-entry.js';
import { parseEntryUpdate } from './entry-update.js';
import { parseServerEntry, type ParsedEntry } from './parse-server-entry.js';

const now = '2026-01-02T03:04:05Z';
const later = { now: '2027-01-01T00:00:00Z' };

function aStoredEntry(fields: Record<string, unknown> = {}): ServerEntry {
  const result = parseServerEntry(
    { id: 'weather', name: 'Weather', description: 'old', tags: ['a'], ...fields },
    { now },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry;
}

function accepted(result: ParsedEntry): ServerEntry {
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.entry;
}

const places = (result: ParsedEntry): string[] =>
  result.ok ? [] : result.issues.map(({ path, code }) => `${path}: ${code}`);

describe('parseEntryUpdate', () => {
  it('replaces given top-level fields whole', () => {
    const stored = aStoredEntry({ limits: { memory_mb: 64, call_timeout: 3 } });
    const entry = accepted(parseEntryUpdate(stored, { tags: ['b'], limits: { memory_mb: 32 } }, later));
    expect(entry).toEqual({ ...stored, tags: ['b'], limits: { memory_mb: 32 } });
  });

  it('takes a field away where null is given', () => {
    const stored = aStoredEntry({ alias: 'w' });
    expect(accepted(parseEntryUpdate(stored, { alias: null }, later))).not.toHaveProperty('alias');
  });

  it('changes nothing for what was read', () => {
    const stored = aStoredEntry();
    const read = { ...stored, runtime_status: 'healthy', mcp_endpoint: '/servers/weather/mcp', created_at: now };
    expect(accepted(parseEntryUpdate(stored, read, { ...later, createdAt: now }))).toEqual(stored);
  });

  it('refuses another id, creation date or reverse-DNS name, with all other problems', () => {
    const stored = aStoredEntry({ name: 'io.github.user/weather' });
    const patch = { id: 'other', created_at: '2020-01-01T00:00:00Z', name: 'io.github.user/sun', replicas: 0 };
    expect(places(parseEntryUpdate(stored, patch, { ...later, createdAt: now }))).toEqual([
      'id: immutable',
      'created_at: immutable',
      'name: immutable',
      'replicas: out_of_range',
    ]);
  });

  it('renames an entry with a free name', () => {
    expect(accepted(parseEntryUpdate(aStoredEntry(), { name: 'Sun' }, later))).toMatchObject({
      id: 'weather',
      name: 'Sun',
    });
  });

  it.each(['text', null, []])('refuses %j as a whole', (patch) => {
    expect(places(parseEntryUpdate(aStoredEntry(), patch, later))).toEqual([': wrong_type']);
  });

  it('dates a new version now', () => {
    const entry = accepted(parseEntryUpdate(aStoredEntry(), { version_detail: { version: '2.0.0' } }, later));
    expect(entry.version_detail.release_date).toBe(later.now);
  });

  it('keeps the date of a version that stays', () => {
    const entry = accepted(parseEntryUpdate(aStoredEntry(), { version_detail: { version: '1.0.0' } }, later));
    expect(entry.version_detail.release_date).toBe(now);
  });

  it('replaces the stored route maps by top-level ones', () => {
    const stored = aStoredEntry({ openapi_config: { url: 'a.json', timeout: 5, route_maps: [{ pattern: 'old' }] } });
    const entry = accepted(parseEntryUpdate(stored, { route_maps: [{ pattern: 'new' }] }, later));
    expect(entry.openapi_config).toMatchObject({ url: 'a.json', timeout: 5, route_maps: [{ pattern: 'new' }] });
  });

  it('replaces the stored openapi_config by fastmcp_config', () => {
    const stored = aStoredEntry({ openapi_config: { url: 'a.json', timeout: 5 } });
    const entry = accepted(parseEntryUpdate(stored, { fastmcp_config: { url: 'b.json' } }, later));
    expect(entry.openapi_config).toMatchObject({ url: 'b.json', timeout: 30 });
  });

  it('needs no document where one is stored', () => {
    const { spec: _blob, ...config } = aStoredEntry({ openapi_config: { spec: {} } }).openapi_config ?? {};
    const stored = { ...aStoredEntry(), openapi_config: config } as ServerEntry;
    expect(places(parseEntryUpdate(stored, { tags: [] }, later))).toEqual(['openapi_config: required']);
    expect(places(parseEntryUpdate(stored, { tags: [] }, { ...later, hasStoredSpec: true }))).toEqual([]);
  });

  it('shows kept secrets as masks, which mergeMasked replaces', () => {
    const stored = aStoredEntry({ auth_config: { type: 'bearer', token: 'sealed:v1:1:abc' } });
    const entry = accepted(parseEntryUpdate(stored, { tags: ['b'] }, later));
    expect(entry.auth_config).toEqual({ type: 'bearer', token: '***' });
    expect(mergeMasked(entry, stored).auth_config).toEqual(stored.auth_config);
  });

  it('refuses a mask where nothing is stored', () => {
    const stored = aStoredEntry({ auth_config: { type: 'bearer', token: 'abc' } });
    const patch = { auth_config: { type: 'basic', username: 'u', password: '***' } };
    expect(places(parseEntryUpdate(stored, patch, later))).toEqual(['auth_config.password: masked_secret']);
  });
});
