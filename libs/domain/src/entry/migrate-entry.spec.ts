import { expect, it } from 'vitest';
import { migrateEntry } from './migrate-entry.js';

const options = { now: '2026-01-01T00:00:00Z' };
const legacy = {
  name: 'Pets',
  description: 'Pets of all kinds',
  'x-team': 'blue',
  openapi_url: 'https://pets.example/openapi.json',
  routing_rules: [{ path_pattern: '^/admin', type: 'IGNORE' }],
  mount_path: '/pets',
};

it('moves legacy fields to where they belong now, and fills nothing in', () => {
  const given = structuredClone(legacy);
  const { entry, issues, warnings } = migrateEntry(given, options);
  expect(entry).toEqual({
    name: 'Pets',
    description: 'Pets of all kinds',
    'x-team': 'blue',
    openapi_config: {
      url: 'https://pets.example/openapi.json',
      route_maps: [{ pattern: '^/admin', mcp_type: 'EXCLUDE' }],
    },
  });
  expect(issues).toEqual([]);
  expect(warnings.map(({ path }) => path).sort()).toEqual(['mount_path', 'openapi_url', 'routing_rules']);
  expect(given).toEqual(legacy);
});

it('gives the same again for what it has migrated', () => {
  const { entry } = migrateEntry(legacy, options);
  expect(migrateEntry(entry, options)).toEqual({ entry, issues: [], warnings: [] });
});

it('tells why an entry can’t be published', () => {
  expect(migrateEntry({ ...legacy, name: 7 }, options).issues).toMatchObject([{ path: 'name' }]);
  expect(migrateEntry('no entry', options)).toMatchObject({ entry: 'no entry', issues: [{ path: '' }] });
});
