import { describe, expect, it } from 'vitest';
import { SchemaPatterns } from './schema-pattern.js';

describe('SchemaPatterns', () => {
  it.each([
    ['^[a-z]+$', '^[a-z]+$'],
    ['\\p{L}', '\\p{L}'],
    ['/^a$/', '^a$'],
  ])('takes %j', (declared, pattern) => {
    expect(new SchemaPatterns().read(declared)).toEqual({ pattern });
  });

  it.each([['(?i)a'], ['[a'], ['\\A\\d\\Z'], ['[[:alpha:]]'], ['(?P<n>a)'], [5]])(
    'knows that %j is none',
    (declared) => {
      expect(new SchemaPatterns().read(declared)).toEqual({ problem: 'pattern_invalid' });
    },
  );

  it.each([['^(a+)+$'], ['(.*)*'], [`${'a?'.repeat(30)}${'a'.repeat(30)}`], ['a'.repeat(2000)]])(
    'drops %j, which could take too long',
    (declared) => {
      expect(new SchemaPatterns().read(declared)).toEqual({ problem: 'pattern_slow' });
    },
  );
});
