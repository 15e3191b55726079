import type { Profiler } from 'node:inspector';
import { expect, it } from 'vitest';
import { hotSpots } from './top-functions.js';

function aNode(id: number, functionName: string, url: string): Profiler.ProfileNode {
  return { id, callFrame: { functionName, scriptId: '0', url, lineNumber: 9, columnNumber: 0 } };
}
const profile: Profiler.Profile = {
  startTime: 0,
  endTime: 1_000,
  nodes: [
    aNode(1, '(root)', ''),
    aNode(2, '(idle)', ''),
    aNode(3, 'handle', 'file:///x/libs/features/gateway/dist/server-gateway.js'),
    aNode(4, 'handle', 'file:///x/libs/features/gateway/dist/server-gateway.js'),
    aNode(5, 'writeHead', 'node:_http_server'),
    aNode(6, '', 'file:///x/node_modules/@nestjs/core/a.js'),
    aNode(7, 'writev', ''),
    aNode(8, 'dispatch', ''),
  ],
  samples: [2, 3, 4, 5, 6, 7, 3, 8],
  timeDeltas: [400, 100, 100, 150, 50, 50, 50, 100],
};

it('adds up a function that is called from several places', () => {
  expect(hotSpots(profile).functions[0]).toEqual({
    name: 'handle',
    place: 'libs/features/gateway/dist/server-gateway.js:10',
    share: 0.5,
  });
});

it('leaves idle time, and that of the profiler, out of the shares', () => {
  const { busyShare, functions } = hotSpots(profile);
  expect(busyShare).toBe(0.5);
  expect(functions.map(({ name }) => name)).toEqual(['handle', 'writeHead', '(anonymous)', 'writev', '(root)']);
  expect(functions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
});

it('tells where the code comes from', () => {
  expect(hotSpots(profile).origins.map(({ name }) => name)).toEqual([
    'libs/features/gateway',
    'Node',
    '@nestjs/core',
    'writes to sockets and pipes',
    '(root)',
  ]);
});

it('names so many and no more', () => {
  expect(hotSpots(profile, 1).functions).toHaveLength(1);
});

it('has nothing to tell of an empty profile', () => {
  expect(hotSpots({ nodes: [], startTime: 0, endTime: 0 })).toEqual({ busyShare: 0, functions: [], origins: [] });
});
