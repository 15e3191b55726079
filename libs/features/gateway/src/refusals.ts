import type { Refusal } from './gateway-answers.js';

/** What the gateway itself says to clients whose requests no worker answers. */
export const refusals = {
  sessionUnknown: {
    httpStatus: 404,
    code: 'session_not_found',
    message: 'There is no such session. Start a new one with initialize.',
  },
  tooLarge: {
    httpStatus: 413,
    code: 'too_large',
    message: 'The request is larger than gateway.max_body_mb allows.',
    outcome: 'not_executed',
    headers: { connection: 'close' },
  },
  workerLost: {
    httpStatus: 503,
    code: 'worker_lost',
    message: 'The worker that ran this request was lost before it answered.',
    outcome: 'unknown',
    retryAfterSeconds: 1,
  },
  notDelivered: {
    httpStatus: 503,
    code: 'not_delivered',
    message: 'The request did not reach a worker, and is too large to be sent again. Try again.',
    outcome: 'not_executed',
    retryAfterSeconds: 1,
  },
  stopping: {
    httpStatus: 503,
    code: 'gateway_stopping',
    message: 'This gateway stops. Another one takes the request.',
    outcome: 'not_executed',
    retryAfterSeconds: 1,
  },
  tooManySessions: {
    httpStatus: 503,
    code: 'too_many_sessions',
    message: 'This gateway has as many sessions as gateway.max_sessions allows. Try again later.',
    retryAfterSeconds: 5,
  },
  internal: { httpStatus: 500, code: 'internal', message: 'The gateway failed.', outcome: 'unknown' },
} as const satisfies Record<string, Refusal>;
