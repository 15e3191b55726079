import { describe, expect, it } from 'vitest';
import { accountingCodes, diagnosticCodes } from './diagnostic-codes.js';
import { Diagnostics } from './diagnostics.js';

describe('Diagnostics', () => {
  it('says the same thing about the same place once', () => {
    const diagnostics = new Diagnostics();
    diagnostics.add('info', '/a', 'path_invalid', 'x');
    diagnostics.add('info', '/a', 'path_invalid', 'x');
    diagnostics.add('info', '/a', 'path_invalid', 'y');
    diagnostics.add('info', '/b', 'path_invalid', 'x');
    expect(diagnostics.list().map(({ pointer, message }) => `${pointer} ${message}`)).toEqual(['/a x', '/a y', '/b x']);
  });

  it('lists so many of each code, and counts the rest', () => {
    const diagnostics = new Diagnostics(2);
    for (let index = 0; index < 5; index += 1) diagnostics.add('warning', `/${index}`, 'schema_invalid', 'bad');
    diagnostics.add('warning', '/4', 'schema_invalid', 'bad');
    diagnostics.add('info', '/', 'no_tools', 'none');
    expect(diagnostics.list().map(({ code, pointer, message }) => [code, pointer, message])).toEqual([
      ['schema_invalid', '/0', 'bad'],
      ['schema_invalid', '/1', 'bad'],
      ['schema_invalid', '', 'And 3 more of code "schema_invalid", which are not listed.'],
      ['no_tools', '/', 'none'],
    ]);
  });

  it('lists every operation that became nothing, however many', () => {
    const diagnostics = new Diagnostics(2);
    for (let index = 0; index < 50; index += 1) diagnostics.add('info', `/${index}`, 'operation_excluded', 'out');
    expect(diagnostics.list()).toHaveLength(50);
  });

  it('has a meaning for each code', () => {
    for (const [code, meaning] of Object.entries(diagnosticCodes)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(meaning).toMatch(/\.$/);
    }
    for (const code of accountingCodes) expect(diagnosticCodes).toHaveProperty(code);
  });
});
