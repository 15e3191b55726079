import type { EnvironmentVariable, PackageArgument, ServerPackage } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from './child-environment.js';
import { packageInputs } from './package-inputs.js';
import { splitWords } from './split-words.js';

const anArgument = (part: Partial<PackageArgument>): PackageArgument => ({
  description: '',
  is_required: true,
  format: 'string',
  type: 'positional',
  ...part,
});
const aVariable = (part: Partial<EnvironmentVariable>): EnvironmentVariable => ({
  name: 'NAME',
  description: '',
  required: true,
  is_secret: false,
  ...part,
});
const aPackage = (part: Partial<ServerPackage>): ServerPackage => ({
  registry_name: 'npm',
  name: 'x',
  version: '1.0.0',
  package_arguments: [],
  runtime_arguments: [],
  environment_variables: [],
  ...part,
});

describe('packageInputs', () => {
  it.each<[string, Partial<PackageArgument>, string[]]>([
    ['a positional one as one item', { value: 'two words' }, ['two words']],
    ['a positional one by its default', { default: 'd' }, ['d']],
    ['a value rather than its default', { value: 'v', default: 'd' }, ['v']],
    ['an optional positional one without a value not at all', { is_required: false }, []],
    ['a named one as two items', { type: 'named', name: '--port', value: '80' }, ['--port', '80']],
    ['a named one without a value as its name', { type: 'named', name: '--stdio' }, ['--stdio']],
    [
      'an optional named one whose value nobody gave not at all',
      { type: 'named', name: '--root', value_hint: 'folder', is_required: false },
      [],
    ],
    ['a flag as its name', { type: 'flag', name: '-v' }, ['-v']],
    ['a flag that is true as its name', { type: 'flag', name: '-v', value: 'true' }, ['-v']],
    ['a flag that is false not at all', { type: 'flag', name: '-v', value: 'False' }, []],
  ])('gives %s', (_, argument, expected) => {
    expect(packageInputs(aPackage({ package_arguments: [anArgument(argument)] })).programArguments).toEqual(expected);
  });

  it('keeps the order, repeated ones too', () => {
    const directory = (value: string) => anArgument({ type: 'named', name: '--dir', value });
    const package_arguments = [directory('/a'), anArgument({ value: 'x' }), directory('/b')];
    expect(packageInputs(aPackage({ package_arguments })).programArguments).toEqual([
      '--dir',
      '/a',
      'x',
      '--dir',
      '/b',
    ]);
  });

  it('splits an option of the runtime that was written in one string with its value', () => {
    const runtime_arguments = [anArgument({ value: '-v "/my host:/c"' }), anArgument({ value: 'not an option' })];
    expect(packageInputs(aPackage({ runtime_arguments })).runtimeArguments).toEqual([
      '-v',
      '/my host:/c',
      'not an option',
    ]);
  });

  it('takes the environment from variables, their defaults and arguments of that type', () => {
    const environment_variables = [
      aVariable({ name: 'A', value: 'a' }),
      aVariable({ name: 'B', default: 'b' }),
      aVariable({ name: 'C', required: false }),
      aVariable({ name: 'D', required: false, value: '' }),
    ];
    const runtime_arguments = [anArgument({ type: 'environment', name: 'E', value: 'e' })];
    expect(packageInputs(aPackage({ environment_variables, runtime_arguments }))).toEqual({
      runtimeArguments: [],
      programArguments: [],
      environment: { A: 'a', B: 'b', D: '', E: 'e' },
    });
  });

  it('names every required input that has no value', () => {
    const refused = () =>
      packageInputs(
        aPackage({
          environment_variables: [aVariable({ name: 'API_KEY', value: '' })],
          package_arguments: [
            anArgument({ value_hint: 'path' }),
            anArgument({ type: 'named', name: '--key', value_hint: 'key' }),
            anArgument({}),
          ],
          runtime_arguments: [anArgument({ type: 'environment', name: 'TOKEN' })],
        }),
      );
    expect(refused).toThrowError(
      expect.objectContaining({
        code: 'variable_missing',
        isTransient: false,
        message:
          'These inputs have no value: TOKEN, path (package_arguments[0]), --key (package_arguments[1]), package_arguments[2], API_KEY.',
      }),
    );
  });
});

describe('childEnvironment', () => {
  it('has what is declared, and of the hub only where to find programs, language and time zone', () => {
    const hub = { PATH: '/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC', HOME: '/root', MCP_REGISTRY_CLUSTER_SECRET: 's' };
    const folders = { home: '/w/home', temporary: '/w/tmp' };
    expect(childEnvironment({ A: 'a', TZ: 'Asia/Tokyo' }, hub, folders)).toEqual({
      PATH: '/bin',
      LANG: 'C',
      LC_ALL: 'C',
      TZ: 'Asia/Tokyo',
      HOME: '/w/home',
      TMPDIR: '/w/tmp',
      A: 'a',
    });
  });
});

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  -v\t/host:/c  ', ['-v', '/host:/c']],
    [`a'b c'"d e"f`, ['ab cd ef']],
    [`"a \\" \\$ \\n" '\\'`, ['a " $ \\n', '\\']],
    [`a\\ b '' ""`, ['a b', '', '']],
    ['$(rm) `x` $HOME;|&', ['$(rm)', '`x`', '$HOME;|&']],
    [`'open`, ['open']],
  ])('splits %j as a shell would', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});
