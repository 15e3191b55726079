import { describe, expect, it } from 'vitest';
import { readBenchOptions } from './bench-options.js';

describe('readBenchOptions', () => {
  it('measures all legs at 1, 16 and 64 connections unless told otherwise', () => {
    expect(readBenchOptions([])).toEqual({
      kind: 'calls',
      seconds: 5,
      rounds: 5,
      connections: [1, 16, 64],
      legs: ['a', 'b', 'c1', 'c2', 'c3', 'd', 'e1', 'e2', 'f1', 'f2', 'g1', 'g2', 'h', 'r1', 'r2'],
    });
  });

  it('measures other hubs too when it is told so', () => {
    expect(readBenchOptions(['--peers', '--legs', 'b,p1'])).toMatchObject({ legs: ['b', 'p1', 'p2', 'p3'] });
  });

  it('opens 1,000 sessions unless told otherwise', () => {
    expect(readBenchOptions(['--sessions'])).toEqual({ kind: 'sessions', sessions: 1_000 });
    expect(readBenchOptions(['--sessions', '50'])).toEqual({ kind: 'sessions', sessions: 50 });
  });

  it('puts a good server under load on 16 connections beside bad ones', () => {
    expect(readBenchOptions(['--isolation'])).toEqual({ kind: 'isolation', seconds: 5, rounds: 3, connections: 16 });
  });

  it('starts each form ten times', () => {
    expect(readBenchOptions(['--start', '--out', 'x'])).toEqual({ kind: 'start', runs: 10, out: 'x' });
  });

  it('takes the document that is loaded beside a neighbour', () => {
    expect(readBenchOptions(['--event-loop', 'api.json'])).toEqual({ kind: 'event-loop', file: 'api.json' });
  });

  it('takes legs, connections, rounds, seconds and a file', () => {
    const args = ['--legs', 'c1,b', '--connections', '64,16,16', '--rounds=3', '--seconds=0.5', '--out', 'x.json'];
    expect(readBenchOptions(args)).toEqual({
      kind: 'calls',
      seconds: 0.5,
      rounds: 3,
      connections: [16, 64],
      legs: ['c1', 'b'],
      out: 'x.json',
    });
  });

  it('profiles one leg at 16 connections', () => {
    expect(readBenchOptions(['--profile', 'c1'])).toEqual({ kind: 'profile', leg: 'c1', seconds: 5, connections: 16 });
    expect(readBenchOptions(['--profile', 'c1', '--connections', '1'])).toMatchObject({ connections: 1 });
  });

  it('looks at hubs at rest with 0, 10 and 200 servers', () => {
    expect(readBenchOptions(['--idle'])).toEqual({ kind: 'idle', seconds: 10, servers: [0, 10, 200] });
  });

  it('renders files', () => {
    expect(readBenchOptions(['--render', 'a.json', 'b.json'])).toEqual({ kind: 'render', files: ['a.json', 'b.json'] });
  });

  it.each([
    [['--legs', 'a,z'], 'There is no leg "z"'],
    [['--profile', 'c9'], 'There is no leg "c9"'],
    [['--connections', '1,many'], '--connections takes whole numbers'],
    [['--rounds', '0'], '--rounds takes whole numbers'],
    [['--seconds', '0'], '--seconds takes'],
    [['--render'], '--render takes the files'],
    [['--sessions', 'many'], '--sessions takes whole numbers'],
    [['--sessions', '1', '2'], '--sessions takes one number'],
    [['--isolation', '--connections', '1,2'], '--connections takes one number'],
    [['c1'], 'There is no argument "c1"'],
    [['--legz', 'a'], '--legz'],
  ])('refuses %j', (args, message) => {
    expect(() => readBenchOptions(args)).toThrow(message);
  });
});
