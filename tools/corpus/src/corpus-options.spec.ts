import { expect, it } from 'vitest';
import { readCorpusOptions } from './corpus-options.js';

it('converts the sample unless told otherwise', () => {
  expect(readCorpusOptions(['--threads', '2'])).toEqual({ kind: 'convert', which: 'sample', threads: 2 });
});

it.each([
  [['--all', '--from', '/docs', '--threads', '3'], { kind: 'convert', which: 'all', from: '/docs', threads: 3 }],
  [['--document', 'a.json', '--threads', '1'], { kind: 'convert', which: { files: ['a.json'] }, threads: 1 }],
  [['--calls', 'a', '--threads', '1', '--out', 'o'], { kind: 'calls', documents: ['a'], threads: 1, out: 'o' }],
  [['--scale'], { kind: 'scale' }],
  [['--render'], { kind: 'render', files: [] }],
])('reads %j', (args, expected) => {
  expect(readCorpusOptions(args)).toEqual(expected);
});

it.each([
  [['--all', '--sample'], 'together'],
  [['--document'], 'takes files'],
  [['--threads', '0'], '1 to 64'],
  [['a.json'], 'What is "a.json"?'],
  [['--everything'], '--everything'],
])('refuses %j', (args, message) => {
  expect(() => readCorpusOptions(args)).toThrow(message);
});
