import { describe, expect, it } from 'vitest';
import { convertDocument } from './convert-document.js';
import { routeOperations } from './route-operations.js';
import { Diagnostics } from '../document/diagnostics.js';
import { aDocument } from '../../test/recorded-api.js';

describe('operations that are excluded', () => {
  it('cost no look at their schemas', () => {
    let looks = 0;
    const schema = Object.defineProperty({ type: 'object' }, 'properties', {
      enumerable: true,
      get: () => {
        looks += 1;
        return { a: { type: 'string' } };
      },
    });
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Large' } } };
    const root = aDocument(
      { '/a': { post: { requestBody: { content }, responses: { 200: { content } } } } },
      { components: { schemas: { Large: schema } } },
    );
    const convert = (mcp_type: 'EXCLUDE' | 'TOOL') =>
      convertDocument(
        { version: '3.1', title: 'Things', apiVersion: '1', root },
        {
          server_variables: {},
          route_maps: [{ methods: ['*'], pattern: '.*', tags: [], mcp_type, mcp_tags: [] }],
          output_schemas: 'lenient',
          schema_refs: 'keep',
          exclude_deprecated: false,
        },
      );
    convert('EXCLUDE');
    expect(looks).toBe(0);
    convert('TOOL');
    expect(looks).toBeGreaterThan(0);
  });
});

describe('the pattern of a route map', () => {
  it.each([
    ['^/start', 0],
    ['end$', 1],
  ])('looks at the beginning of a path that is far too long: %s', (pattern, count) => {
    const path = `/start/${'x'.repeat(500)}/end`;
    const operation = { method: 'GET', path, pointer: '', tags: [], isDeprecated: false, parameters: [] };
    const map = { methods: ['*'], pattern, tags: [], mcp_type: 'EXCLUDE' as const, mcp_tags: [] };
    const routed = routeOperations(
      [{ ...operation, responseTypes: [], servers: [] }],
      { route_maps: [map], exclude_deprecated: false },
      new Diagnostics(),
    );
    expect(routed).toHaveLength(count);
  });
});
