import { EventEmitter, once } from 'node:events';
import { RecordingLog } from '@mcp-hub/application/testing';
import { beforeEach, expect, it } from 'vitest';
import { runService } from './run-service.js';
import { StartRefused } from './start-refused.js';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  readonly said: string[] = [];
  readonly stderr = { write: (text: string): void => void this.said.push(text) };
  exit(code: number): void {
    this.codes.push(code);
    this.emit('exited');
  }
}

let host: FakeProcess;
let log: RecordingLog;
let steps: string[];
beforeEach(() => {
  host = new FakeProcess();
  log = new RecordingLog();
  steps = [];
});

const start = async (): Promise<void> => void steps.push('started');
const stop = async (): Promise<void> => void steps.push('stopped');

it('stops in order on a signal', async () => {
  const running = runService({ start, stop, log, process: host });
  host.emit('SIGTERM');
  await running;
  expect([steps, host.codes]).toEqual([['started', 'stopped'], [0]]);
});

it('tells a start that is under way to give up', async () => {
  const running = runService({
    start: async (signal) => {
      await once(signal, 'abort');
      throw signal.reason;
    },
    stop,
    log,
    process: host,
  });
  host.emit('SIGINT');
  await running;
  expect([steps, host.codes, log.named('service.start_failed')]).toEqual([['stopped'], [0], []]);
});

it('ends with 1 where the start fails, after stopping what had started', async () => {
  await runService({
    start: () => Promise.reject(new Error('port taken')),
    stop,
    log,
    process: host,
  });
  expect([steps, host.codes]).toEqual([['stopped'], [1]]);
  expect(log.named('service.start_failed')).toHaveLength(1);
});

it('says what a person has to change, and nothing else, where that keeps it from starting', async () => {
  const refused = new StartRefused('Port 8080 is in use: stop what listens there.');
  await runService({ start: () => Promise.reject(refused), stop, log, process: host });
  expect([steps, host.codes]).toEqual([['stopped'], [1]]);
  expect(host.said).toEqual(['Port 8080 is in use: stop what listens there.\n']);
  expect(log.named('service.start_failed')).toEqual([]);
});

it('ends at once on a second SIGINT', async () => {
  let release = (): void => undefined;
  const running = runService({
    start,
    stop: () => new Promise((resolve) => (release = resolve)),
    log,
    process: host,
  });
  host.emit('SIGINT');
  host.emit('SIGINT');
  expect(host.codes).toEqual([130]);
  await expect.poll(() => (release(), host.codes.length)).toBe(2);
  await running;
});

it('goes on stopping in order when a supervisor repeats its signal', async () => {
  const running = runService({ start, stop, log, process: host });
  host.emit('SIGTERM');
  host.emit('SIGTERM');
  await running;
  expect([steps, host.codes]).toEqual([['started', 'stopped'], [0]]);
});

it('stops in order when the process that supervises it is gone', async () => {
  const running = runService({ start, stop, log, process: host });
  host.emit('disconnect');
  await running;
  expect([steps, host.codes]).toEqual([['started', 'stopped'], [0]]);
});

it('ends with 1 where stopping takes too long', async () => {
  const running = runService({
    start,
    stop: () => new Promise(() => undefined),
    log,
    stopWithinMs: 5,
    process: host,
  });
  host.emit('SIGTERM');
  await running;
  expect([host.codes, log.named('service.stop_timed_out')]).toEqual([[1], [expect.anything()]]);
});

it('stops with 1 after something that nobody caught', async () => {
  const running = runService({ start, stop, log, process: host });
  host.emit('unhandledRejection', new Error('lost'));
  await running;
  expect([steps, host.codes]).toEqual([['started', 'stopped'], [1]]);
  expect(log.named('service.crashed')).toHaveLength(1);
});

it('goes on after a fault of code that it only hosts', async () => {
  const hosted = new Error('of a module');
  const running = runService({ start, stop, log, process: host, isHostedFault: (error) => error === hosted });
  host.emit('unhandledRejection', hosted);
  host.emit('uncaughtException', hosted);
  expect(log.named('server.fault')).toHaveLength(2);
  expect(log.named('service.crashed')).toEqual([]);
  host.emit('SIGTERM');
  await running;
  expect(host.codes).toEqual([0]);
});
