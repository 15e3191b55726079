import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternRefusal } from './pattern-refusal.js';

describe('patternRefusal', () => {
  it.each([
    '.*',
    '^/api/v1/.*',
    '^/repos/[^/]+/[^/]+$',
    '^/repos/\\{owner\\}/\\{repo\\}',
    '^/(users|orgs|repos)/.*$',
    '^/(user|users)/?$',
    '(/[^/]+)+',
    '^/api(/[^/]+)*(/.*)?$',
    '^/(?:[^/]+/)*edit$',
    '/admin/|/internal/',
    '^(?!/admin).*$',
    '(\\d{1,3}\\.){3}\\d{1,3}',
    '^/[a-z]+(-[a-z]+)*$',
    '^/items/\\d+(/reviews(/\\d+)?)?$',
    '^/.*/comments/.*/replies/.*$',
    '^/(?<area>[a-z\\-\\]]+)\\x2f\\u0061',
    '(ab|cd)*',
    'a{',
    '[]',
    '',
  ])('accepts %j', (pattern) => {
    expect(patternRefusal(pattern)).toBeUndefined();
  });

  it.each([
    ['(', 'regular expression'],
    ['[a', 'regular expression'],
    ['(?P<n>x)', 'regular expression'],
    ['(a+)+$', 'exponential'],
    ['([a-z]+)*', 'exponential'],
    ['(.*)*', 'exponential'],
    ['(.+,)+', 'exponential'],
    ['(a|aa)*', 'exponential'],
    ['(a|a)*', 'exponential'],
    ['(\\w+\\s?)*$', 'exponential'],
    ['(?:a|b|ab)*c', 'exponential'],
    ['((a{1,9}){1,9}){1,9}', 'exponential'],
    ['(?=(a+)+$)a', 'exponential'],
    ['(/a*a*)+', 'exponential'],
    [`${'a?'.repeat(30)}${'a'.repeat(30)}`, 'exponential'],
    ['(a|a)'.repeat(20), 'exponential'],
    ['.*.*.*.*.*$', 'exponential'],
    ['(x)\\1', 'backreferences'],
    ['(?<n>x)\\k<n>', 'backreferences'],
    ['('.repeat(30) + ')'.repeat(30), 'nest'],
    ['a'.repeat(1001), '1000'],
  ])('refuses %j', (pattern, reason) => {
    expect(patternRefusal(pattern)).toContain(reason);
  });

  it('accepts no pattern that takes exponential time', () => {
    const atom = fc.constantFrom('a', 'b', '/', '.', '[^/]', '[ab]', '\\w', '-', 'ab', 'a|b', 'a|ab');
    const quantifier = fc.constantFrom('', '', '*', '+', '?', '{1,3}', '{0,20}', '*?');
    const part = fc.letrec<{ part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        fc.tuple(atom, quantifier).map(([inner, times]) => `(?:${inner})${times}`),
        fc.tuple(atom, quantifier).map(([inner, times]) => inner + times),
        fc
          .tuple(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), quantifier)
          .map(([parts, times]) => `(${parts.join('')})${times}`),
      ),
    })).part;
    const inputs = ['a', 'ab', '/a', 'a/', 'aab', '/aa/ab', '-a'].map((unit) => `${unit.repeat(40).slice(0, 60)}!`);
    const pattern = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `^(?:${parts.join('')})$`);
    fc.assert(
      fc.property(pattern, (source) => {
        fc.pre(patternRefusal(source) === undefined);
        runInNewContext(
          'const pattern = new RegExp(source); inputs.map((input) => pattern.test(input))',
          { source, inputs },
          { timeout: 2000 },
        );
      }),
      { numRuns: 150, maxSkipsPerRun: 1000 },
    );
  });

  it('is judged by a test that would see a catastrophic pattern', () => {
    const run = (): unknown =>
      runInNewContext('/^(?:(a+)+)$/.test(input)', { input: `${'a'.repeat(60)}!` }, { timeout: 200 });
    expect(run).toThrow(/timed out/);
  });
});
