import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StateFile, type StackState } from './stack-state.js';

function aState(workers: StackState['workers'] = []): StackState {
  return {
    api: 'http://127.0.0.1:1',
    gateway: 'http://127.0.0.1:2',
    apis: [],
    gateways: [],
    workers,
    redis: { url: 'redis://127.0.0.1:3', pid: 3 },
    mongodb: { url: 'mongodb://127.0.0.1:4', pid: 4, kind: 'mongod' },
  };
}
const aWorker = { id: 'worker-1', pid: 5, url: 'http://127.0.0.1:5' };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-state-'));
  path = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (): unknown => JSON.parse(readFileSync(path, 'utf8'));

it('holds the last state that was written, with no draft beside it', async () => {
  const file = new StateFile(path);
  await Promise.all([file.write(aState([aWorker])), file.write(aState()), file.write(aState([aWorker]))]);
  expect(read()).toEqual(aState([aWorker]));
  expect(readdirSync(folder)).toEqual(['state.json']);
});

it('makes its folder', async () => {
  path = join(folder, 'a/b/state.json');
  const file = new StateFile(path);
  await file.prepare();
  await file.write(aState());
  expect(read()).toEqual(aState());
});

it('removes what an earlier stack left', async () => {
  writeFileSync(path, 'old');
  await new StateFile(path).prepare();
  expect(readdirSync(folder)).toEqual([]);
});

it('is removed after the writes before', async () => {
  const file = new StateFile(path);
  const written = file.write(aState());
  await file.remove();
  await written;
  expect(readdirSync(folder)).toEqual([]);
});

it('tells that it could not be written, and is written the next time', async () => {
  const file = new StateFile(path);
  mkdirSync(path);
  await expect(file.write(aState())).rejects.toThrow();
  rmSync(path, { recursive: true });
  await file.write(aState());
  expect(read()).toEqual(aState());
});

it('keeps nothing without a path', async () => {
  const file = new StateFile(undefined);
  await file.prepare();
  await file.write(aState());
  await file.remove();
  expect(readdirSync(folder)).toEqual([]);
});
