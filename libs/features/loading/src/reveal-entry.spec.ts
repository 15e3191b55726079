import { describe, expect, it } from 'vitest';
import { SecretUnreadable } from '@mcp-hub/domain';
import { SecretBox, sealEntry } from '@mcp-hub/application';
import { anOpenApiEntry } from '@mcp-hub/application/testing';
import { entryRevealer } from './reveal-entry.js';

const box = new SecretBox([Buffer.alloc(32, 1)]);
const bearer = (token: string) => anOpenApiEntry({ auth_config: { type: 'bearer', token } });
const source = {
  variables: {
    GITHUB_TOKEN: 'from the environment',
    DATABASE_URL: 'mongodb://secret',
    MY_KEY: 'the hub’s own',
    EMPTY: '',
  },
  allowEnv: ['*'],
  hubVariables: ['MY_KEY'],
};
const reveal = (token: string, overrides: Partial<typeof source> = {}) =>
  entryRevealer(box, { ...source, ...overrides })(bearer(token)).auth_config;

describe('entryRevealer', () => {
  it('opens sealed secrets', () => {
    expect(entryRevealer(box, source)(sealEntry(bearer('hunter2'), box)).auth_config).toEqual({
      type: 'bearer',
      token: 'hunter2',
    });
  });

  it('resolves references, and defaults of those that are not set', () => {
    expect(reveal('${GITHUB_TOKEN}')).toMatchObject({ token: 'from the environment' });
    expect(reveal('${NOT_SET:-a default}')).toMatchObject({ token: 'a default' });
  });

  it('does not resolve what a secret itself says', () => {
    expect(entryRevealer(box, source)(sealEntry(bearer('pass${word'), box)).auth_config).toMatchObject({
      token: 'pass${word',
    });
  });

  it.each([
    ['is not set', '${NOT_SET}', {}, 'variable_missing'],
    ['is not allowed', '${GITHUB_TOKEN}', { allowEnv: ['OTHER_*'] }, 'variable_refused'],
    ['is not allowed, default or not', '${NOT_SET:-x}', { allowEnv: [] }, 'variable_refused'],
    ['is a setting of the hub', '${DATABASE_URL}', {}, 'variable_refused'],
    ['the configuration of the hub refers to', '${MY_KEY}', {}, 'variable_refused'],
    ['is a property of every object', '${toString}', {}, 'variable_missing'],
  ])('fails the load where a variable %s', (_name, token, overrides, code) => {
    expect(() => reveal(token, overrides)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('says which variable it is, and no value', () => {
    expect(() => reveal('${DATABASE_URL}')).toThrow(/DATABASE_URL/);
    expect(() => reveal('${DATABASE_URL}')).not.toThrow(/mongodb/);
  });

  it.each([
    ['with another key', new SecretBox([Buffer.alloc(32, 2)])],
    ['where this worker has no key', undefined],
  ])('can not open what was sealed %s', (_name, other) => {
    expect(() => entryRevealer(other, source)(sealEntry(bearer('hunter2'), box))).toThrow(SecretUnreadable);
  });
});
