import { expect, it } from 'vitest';
import { declaredOperations } from './declared-operations.js';

it('finds every operation of a document, and nothing else', () => {
  const root = {
    paths: {
      '/a/{b}': { get: {}, trace: {}, parameters: [], 'x-y': {}, post: 'no object' },
      '/r': { $ref: '#/components/pathItems/R' },
      '/broken': 'no object',
      'x-paths': { get: {} },
    },
    components: { pathItems: { R: { put: {} } } },
    webhooks: { w: { post: {} } },
  };
  expect(declaredOperations(root)).toEqual([
    '/paths/~1a~1{b}/get',
    '/paths/~1a~1{b}/trace',
    '/components/pathItems/R/put',
  ]);
});
