import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { SessionCount } from './session-count.js';

const minutes = 60_000;
let now: number;
let sessions: SessionCount;
beforeEach(() => {
  now = 0;
  sessions = new SessionCount({ max: 2, idleMs: 30 * minutes, now: () => now });
});

/** The answer to a request. */
function anAnswer(): { res: ServerResponse; close: (status?: number) => void } {
  const res = Object.assign(new EventEmitter(), { statusCode: 200 });
  return {
    res: res as unknown as ServerResponse,
    close: (status = 200) => {
      res.statusCode = status;
      res.emit('close');
    },
  };
}

function request(id: string, { method = 'POST', status = 200 } = {}): void {
  const { res, close } = anAnswer();
  sessions.use(id, method, res);
  close(status);
}

describe('SessionCount', () => {
  it('counts what was opened and what is carried, each once', () => {
    sessions.add('a');
    request('a');
    request('b');
    request('b');
    expect([sessions.size, sessions.hasRoom]).toEqual([2, false]);
  });

  it('counts those that are being opened', () => {
    const { res, close } = anAnswer();
    sessions.add('a');
    sessions.reserve(res);
    expect(sessions.hasRoom).toBe(false);
    close();
    expect(sessions.hasRoom).toBe(true);
  });

  it.each([
    ['DELETE', 200],
    ['POST', 404],
    ['GET', 404],
  ])('forgets a session of which a %s is answered %i', (method, status) => {
    sessions.add('a');
    request('a', { method, status });
    expect(sessions.size).toBe(0);
  });

  it.each([
    ['DELETE', 503],
    ['POST', 400],
  ])('keeps a session of which a %s is answered %i', (method, status) => {
    sessions.add('a');
    request('a', { method, status });
    expect(sessions.size).toBe(1);
  });

  it('gives the places of idle sessions away when there are no others', () => {
    sessions.add('a');
    now = 20 * minutes;
    sessions.add('b');
    now = 30 * minutes - 1;
    expect(sessions.hasRoom).toBe(false);
    now = 31 * minutes;
    expect([sessions.hasRoom, sessions.size]).toEqual([true, 1]);
  });

  it('keeps a session whose stream is open', () => {
    const { res, close } = anAnswer();
    sessions.add('a');
    sessions.use('a', 'GET', res);
    sessions.add('b');
    now = 40 * minutes;
    expect([sessions.hasRoom, sessions.size]).toEqual([true, 1]);
    close();
    sessions.add('c');
    now += 31 * minutes;
    expect([sessions.hasRoom, sessions.size]).toEqual([true, 0]);
  });

  it('does not grow without end by the sessions of other gateways', () => {
    for (let count = 0; count < 100; count++) request(`session-${count}`);
    expect(sessions.size).toBe(4);
  });
});
