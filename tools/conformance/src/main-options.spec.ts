import { describe, expect, it } from 'vitest';
import { readMainOptions } from './main-options.js';

describe('readMainOptions', () => {
  it('takes all there is by default', () => {
    const { forms, hostings, fixtures, json } = readMainOptions([]);
    expect({ forms, hostings, json }).toEqual({
      forms: ['standalone', 'split'],
      hostings: ['module', 'stdio', 'remote'],
      json: undefined,
    });
    expect(fixtures.map(({ name, legs }) => [name, legs.length])).toEqual([
      ['sdk-v2', 5],
      ['sdk-v1', 4],
      ['modern-only', 1],
    ]);
  });

  it('takes what is chosen, without fixtures that are not hosted so', () => {
    const args = ['--form', 'split', '--hosting', 'stdio', '--leg', '0.2.0-alpha.12@2025-11-25', '--json', 'x.json'];
    const { forms, hostings, fixtures, json } = readMainOptions(args);
    expect({ forms, hostings, json }).toEqual({ forms: ['split'], hostings: ['stdio'], json: 'x.json' });
    expect(fixtures.map(({ name, legs }) => [name, legs.map(({ revision }) => revision)])).toEqual([
      ['sdk-v2', ['2025-11-25']],
      ['modern-only', []],
    ]);
  });

  it.each([
    ['--form', 'cloud', 'There is no form "cloud"; there are standalone, split.'],
    ['--hosting', 'docker', 'There is no hosting "docker"; there are module, stdio, remote.'],
  ])('refuses what there is not: %s %s', (option, value, message) => {
    expect(() => readMainOptions([option, value])).toThrow(message);
  });
});
