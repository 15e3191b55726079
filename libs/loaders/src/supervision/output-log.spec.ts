import { describe, expect, it } from 'vitest';
import { aServerEntry } from '../../test/loading.js';
import { OutputLog } from './output-log.js';
import { textLines } from './text-lines.js';
import { secretsOf, textMask } from './text-mask.js';

const plain = (text: string) => text;

describe('OutputLog', () => {
  it('keeps the last thousand lines', () => {
    const log = new OutputLog({ mask: plain });
    for (let line = 1; line <= 2_500; line += 1) log.write('stderr', `line ${line}`);
    expect(log.lines).toHaveLength(1_000);
    expect(log.lines[0]).toEqual({ stream: 'stderr', text: 'line 1501' });
    expect(log.lines.at(-1)).toEqual({ stream: 'stderr', text: 'line 2500' });
  });

  it('keeps no more text than it is allowed, however long the lines are', () => {
    const log = new OutputLog({ mask: plain, maxCharacters: 20_000 });
    for (let line = 0; line < 50; line += 1) log.write('stderr', 'x'.repeat(100_000));
    expect(log.lines).toHaveLength(2);
    expect(log.lines[0]?.text).toHaveLength(8_193);
  });

  it('masks before it cuts, so that no half of a secret is left', () => {
    const secret = 'abcdefghij'.repeat(10);
    const log = new OutputLog({ mask: textMask([secret]) });
    log.write('stderr', 'x'.repeat(8_150) + secret);
    expect(log.lines[0]?.text).toBe(`${'x'.repeat(8_150)}***`);
  });

  it('hands on each line as it is kept, without the colours of a terminal', () => {
    const seen: [string, string][] = [];
    const log = new OutputLog({ mask: textMask(['hunter2']), onLine: (stream, text) => seen.push([stream, text]) });
    log.write('stdout', '\u001b[31mpassword hunter2\u001b[0m');
    expect(seen).toEqual([['stdout', 'password ***']]);
  });

  it('tells the last words that a person can use', () => {
    const log = new OutputLog({ mask: plain });
    log.write('stdout', 'not this');
    for (const line of [
      'node:internal/modules/cjs/loader:1404',
      '  throw err;',
      '  ^',
      '',
      "Error: Cannot find module 'x'",
      '    at Module._load (node:internal:1:1)',
      'Node.js v20.0.0',
    ]) {
      log.write('stderr', line);
    }
    log.write('lifecycle', 'nor this');
    expect(log.withLastWords('It ended.')).toBe("It ended. It printed: throw err; | Error: Cannot find module 'x'");
  });

  it('has no words of a server that printed nothing', () => {
    expect(new OutputLog({ mask: plain }).withLastWords('It ended.')).toBe('It ended.');
  });
});

describe('textMask', () => {
  it('hides secrets in the forms in which programs print them', () => {
    const mask = textMask(['p"ss/word', 'line one\nline two']);
    expect(mask('p"ss/word {"a":"p\\"ss/word"} ?q=p%22ss%2Fword')).toBe('*** {"a":"***"} ?q=***');
    expect(mask('the line two')).toBe('the ***');
  });

  it('leaves no end of a longer secret behind', () => {
    expect(textMask(['abc', 'abcdef'])('abcdef abc')).toBe('*** ***');
  });

  it('takes nothing so short that it is in every text', () => {
    expect(textMask(['', 'a', ' x '])('a banana x')).toBe('a banana x');
  });

  it('names places of the machine', () => {
    expect(textMask([], { '/var/cache/work': '(work)' })('/var/cache/work/home')).toBe('(work)/home');
  });

  it('knows the secret fields of an entry', () => {
    const variable = { description: '', required: true };
    const entry = aServerEntry({
      packages: [
        {
          registry_name: 'npm',
          name: 'x',
          version: '1.0.0',
          runtime_arguments: [],
          package_arguments: [],
          environment_variables: [
            { ...variable, name: 'TOKEN', value: 's3cret', is_secret: true },
            { ...variable, name: 'PLAIN', value: 'plain', is_secret: false },
          ],
        },
      ],
    });
    expect(secretsOf(entry)).toEqual(['s3cret']);
  });
});

describe('textLines', () => {
  it('joins what belongs to one line, and drops what a line has too much', () => {
    const seen: string[] = [];
    const lines = textLines((text) => seen.push(text));
    const bytes = Buffer.from('ä\r\nb\n\nlast');
    for (const byte of bytes) lines.push(Buffer.from([byte]));
    lines.end();
    expect(seen).toEqual(['ä', 'b', '', 'last']);
    for (let part = 0; part < 20; part += 1) lines.push(Buffer.from('x'.repeat(10_000)));
    lines.push(Buffer.from('\nnext\n'));
    expect(seen.slice(4).map(({ length }) => length)).toEqual([64 * 1024, 4]);
  });
});
