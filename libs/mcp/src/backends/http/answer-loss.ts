import { HubError, type FailureCode } from '@mcp-hub/domain';
import { LostRequest } from '../lost-request.js';
import { NotSent } from '../not-sent.js';
import type { AnswerEnd } from './http-answer.js';
import { headerOf } from './http-send.js';

/** A server that answers so has looked at the request's head only. */
const unexecuted: ReadonlySet<number> = new Set([404, 405, 406, 411, 413, 414, 415, 421, 426, 429, 431]);

/** What it means for a request that its answer ended so, without having answered it. */
export function lossOf(end: AnswerEnd, maxBytes: number): LostRequest {
  switch (end.kind) {
    case 'done':
      return unanswered(end);
    case 'tooLarge': {
      const size = `${Math.round(maxBytes / 1024 / 1024)} MiB`;
      const message = `The server's answer is larger than ${size}.`;
      return new LostRequest(message, { outcome: 'unknown', reason: 'result_too_large' });
    }
    case 'broken':
      return end.error instanceof NotSent ? unsent(end.error) : broken(end.error);
    case 'refused':
      return refused(end);
  }
}

function unanswered({ isStream, strange }: Extract<AnswerEnd, { kind: 'done' }>): LostRequest {
  const outcome = 'unknown';
  if (isStream) {
    return new LostRequest('The server ended its answer before the result.', { outcome, reason: 'server_gone' });
  }
  const message =
    strange === undefined
      ? 'The server answered with something that is no JSON-RPC response to the request.'
      : `The server answered with ${strange}, which is neither JSON nor an event stream.`;
  return new LostRequest(message, { outcome, reason: 'upstream_error' });
}

function unsent(error: NotSent): LostRequest {
  const { cause } = error;
  const isRefused = cause instanceof HubError && cause.code === 'egress_refused';
  const code: FailureCode = isRefused ? 'egress_refused' : 'upstream_unreachable';
  return new LostRequest(error.message, { outcome: 'not_executed', reason: 'server_gone', code, cause });
}

function broken(error: Error): LostRequest {
  return new LostRequest(error.message, { outcome: 'unknown', reason: 'server_gone', cause: error });
}

function refused({ status, headers }: Extract<AnswerEnd, { kind: 'refused' }>): LostRequest {
  const said = `HTTP status ${status}`;
  if (status === 401 || status === 403) {
    const message =
      status === 401
        ? `The server wants other credentials than it was sent (${said}).`
        : `The server refuses access (${said}).`;
    return new LostRequest(message, {
      outcome: 'not_executed',
      reason: 'upstream_auth',
      code: 'upstream_auth',
      status,
    });
  }
  if (status >= 300 && status < 400) {
    const message = `The server is elsewhere (${said}${placeOf(headerOf(headers, 'location'))}).`;
    return new LostRequest(message, { outcome: 'not_executed', reason: 'upstream_error', status });
  }
  const outcome = unexecuted.has(status) ? 'not_executed' : 'unknown';
  const reason = status === 429 || status === 503 ? 'overloaded' : 'upstream_error';
  const retryAfter = secondsIn(headerOf(headers, 'retry-after'));
  return new LostRequest(`The server answered with ${said}.`, {
    outcome,
    reason,
    status,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** The origin only: paths and queries may hold what is nobody else's business. */
function placeOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? `, to ${new URL(location).origin}` : '';
}

/** A date in the place of seconds is not worth a clock. */
function secondsIn(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
