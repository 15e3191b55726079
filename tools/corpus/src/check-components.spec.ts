import { expect, it } from 'vitest';
import { checkKeys, checkNames, lostOperations, type CheckedComponent } from './check-components.js';

const aComponent = (
  name: string,
  keys: readonly string[] = [],
  pointer = `/paths/~1${name}/get`,
): CheckedComponent => ({
  kind: 'tool',
  name,
  inputSchema: { properties: Object.fromEntries(keys.map((key) => [key, {}])) },
  operation: { pointer },
});

it('finds an operation that is neither a component nor in a diagnostic', () => {
  const declared = ['/paths/~1a/get', '/paths/~1b/get', '/paths/~1c/get', '/paths/~1d/get', '/paths/~1e/get'];
  const skipped: string[] = [];
  const diagnostics = [
    { pointer: '/paths/~1b/get', code: 'operation_invalid', severity: 'error' },
    { pointer: '/paths/~1c', code: 'path_invalid', severity: 'error' },
    { pointer: '/paths/~1d/get', code: 'security_not_configured', severity: 'info' },
  ];
  expect(lostOperations(declared, [aComponent('a')], diagnostics, (code) => skipped.push(code))).toEqual([
    { kind: 'operation lost', where: '/paths/~1d/get' },
    { kind: 'operation lost', where: '/paths/~1e/get' },
  ]);
  expect(skipped).toEqual(['operation_invalid', 'path_invalid']);
});

it('finds names that are not valid', () => {
  const found = checkNames([aComponent('fine_1-A'), aComponent('a.b'), aComponent(''), aComponent('x'.repeat(65))]);
  expect(found.map(({ kind }) => kind)).toEqual(['name invalid', 'name invalid', 'name invalid']);
});

it('finds names that are there twice', () => {
  expect(checkNames([aComponent('a'), aComponent('b'), aComponent('a')]).map(({ kind }) => kind)).toEqual([
    'name not unique',
  ]);
});

it.each(['a b', 'a[]', 'é', '', 'x'.repeat(65), 'constructor'])('finds the key %j', (key) => {
  expect(checkKeys(aComponent('a', ['fine.1-_', key]))).toEqual([{ kind: 'key invalid', where: 'a', detail: key }]);
});
