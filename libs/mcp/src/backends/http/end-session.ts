import type { Timers } from '../../wire/timers.js';
import { sessionHeaders, type HttpSession } from './http-session.js';
import type { HttpWire } from './http-wire.js';

const patienceMs = 2_000;

/** Tells the server that a session is over, and waits no longer than a moment for it to listen. */
export function endSession(wire: HttpWire, session: HttpSession, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stopTimer();
      resolve();
    };
    const exchange = wire.delete(sessionHeaders(session), {
      onMessage: () => undefined,
      onEnd: (end) => {
        if (end.kind !== 'done') exchange.abort();
        done();
      },
    });
    const stopTimer = timers.after(patienceMs, () => {
      exchange.abort();
      done();
    });
  });
}
