import { describe, expect, it } from 'vitest';
import { npxArguments } from './npx-arguments.js';

describe('npxArguments', () => {
  it.each([
    ['options of npx and the package', ['-y', '@s/server@1.0.0'], ['/data'], [], ['/data'], undefined],
    [
      'nothing that is for Node.js',
      ['--yes', '--max-old-space-size=64'],
      [],
      ['--max-old-space-size=64'],
      [],
      undefined,
    ],
    ['the program that is named', [], ['--package', '@s/server', 'other', '-y'], [], ['-y'], 'other'],
    ['the program that is named, in one word', ['-y', '--package=@s/server@2'], ['other', 'x'], [], ['x'], 'other'],
    ['nothing of the program, which has such options too', ['-y'], ['-y', '-p', 'x'], [], ['-y', '-p', 'x'], undefined],
  ])('takes out %s', (_, runtime, program, runtimeArguments, programArguments, name) => {
    expect(npxArguments('@s/server', runtime, program)).toEqual({
      runtimeArguments,
      programArguments,
      ...(name !== undefined && { program: name }),
    });
  });

  it('refuses to run another package', () => {
    expect(() => npxArguments('@s/server', ['-p', 'evil'], ['evil'])).toThrowError(
      expect.objectContaining({ code: 'nothing_to_load', message: expect.stringContaining('"evil"') }),
    );
  });
});
