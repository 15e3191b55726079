import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../test/loading.js';
import { chooseProgram, isForNode } from './choose-program.js';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-bin-')));
  for (const name of ['a.js', 'b.js']) await writeFile(join(folder, name), '');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const choose = async (bin: unknown, wanted?: string) =>
  basename(await chooseProgram({ name: '@scope/own', version: '1.0.0', folder, manifest: { bin } }, wanted));

describe('chooseProgram', () => {
  it.each<[string, unknown, string | undefined, string]>([
    ['the only one', { whatever: 'a.js' }, undefined, 'a.js'],
    ['the one that has no name', './a.js', undefined, 'a.js'],
    ['the one with the name of the package', { own: './b.js', other: 'a.js' }, undefined, 'b.js'],
    ['one of several names for the same file', { one: 'a.js', two: './a.js' }, undefined, 'a.js'],
    ['the one that the entry names', { own: 'b.js', other: 'a.js' }, 'other', 'a.js'],
  ])('takes %s', async (_, bin, wanted, file) => {
    expect(await choose(bin, wanted)).toBe(file);
  });

  it('lists the programs where none fits', async () => {
    const failure = await failureOf(choose({ one: 'a.js', two: 'b.js' }));
    expect(failure).toMatchObject({ code: 'nothing_to_load', isTransient: false });
    expect(failure.message).toBe('The npm package "@scope/own" has no program by which to run it. It has: one, two.');
    const wrong = await failureOf(choose({ one: 'a.js' }, 'two'));
    expect(wrong.message).toBe('The npm package "@scope/own" has no program "two". It has: one.');
  });

  it('tells that a package has no programs', async () => {
    expect((await failureOf(choose(undefined))).message).toContain('It has none.');
  });

  it('runs nothing from outside of the package', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'mcp-hub-outside-'));
    await writeFile(join(outside, 'evil.js'), '');
    await symlink(join(outside, 'evil.js'), join(folder, 'link.js'));
    for (const file of [join('..', basename(outside), 'evil.js'), 'link.js', 'gone.js']) {
      expect(await failureOf(choose({ own: file }))).toMatchObject({ code: 'nothing_to_load' });
    }
    await rm(outside, { recursive: true });
  });
});

describe('isForNode', () => {
  it.each([
    ['JavaScript', 'console.log(1)\n', true],
    ['a script for Node.js', '#!/usr/bin/env node\n', true],
    ['a script for Node.js with options', '#!/usr/bin/env -S node --no-warnings\n', true],
    ['an empty file', '', true],
    ['a shell script', '#!/bin/sh\n', false],
    ['a binary', '\x7fELF\x02\x01\x01\0\0\0', false],
  ])('tells for %s', async (_, text, expected) => {
    await mkdir(join(folder, 'bin'));
    const file = join(folder, 'bin', 'program');
    await writeFile(file, text);
    await chmod(file, 0o755);
    expect(await isForNode(file)).toBe(expected);
  });
});
