import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { RouteRecord } from '@mcp-hub/application';
import type { ClientPresence } from './client-presence.js';
import { AnswerPassing } from './pass-on-answer.js';
import type { ReplayableBody } from './replayable-body.js';
import type { SentRequest, WorkerAnswer } from './sent-request.js';
import type { CallFate, WorkerRequestContext, WorkerRequests } from './worker-requests.js';

/** How sending a request to one worker ended. */
export type Delivery =
  /** The client has its answer, or is gone. */
  | { kind: 'answered' }
  /** Another worker owns the session or the parked call. */
  | { kind: 'belongs_to'; owner: string }
  /** No byte was written to the worker. */
  | { kind: 'not_reached' }
  /** The worker does not host the server (any more), or does not take this gateway's word; it executed nothing. */
  | { kind: 'not_hosted' }
  /** The worker found the body larger than the limit; it executed nothing. */
  | { kind: 'too_large' }
  /** The connection broke off before the answer; `fate` is what is known of the request since. */
  | { kind: 'lost'; fate: CallFate }
  /** The same after an event stream to the client had begun, which is still open, and between two events. */
  | { kind: 'broken_off' };

export interface DeliveryRequest {
  req: IncomingMessage;
  res: ServerResponse;
  body: ReplayableBody;
  client: ClientPresence;
  context: WorkerRequestContext;
  /** Told which worker owns the session by now, where that changed. */
  onOwner?: (owner: string) => void;
  /** Told of a legacy session that was opened. */
  onSession?: (id: string) => void;
}

/** Misdirected Request (RFC 9110, section 15.5.20): how a worker says that a route is stale. */
const notHostedStatus = 421;
const tooLargeStatus = 413;

/** Has one worker answer a request. Never rejects for what happens to the worker. */
export type Deliver = (route: RouteRecord, request: DeliveryRequest) => Promise<Delivery>;

/** Serves a route inside of this process. @returns false where it is not here any more */
export type LocalHandler = (
  handle: string,
  req: IncomingMessage,
  res: ServerResponse,
  context: WorkerRequestContext,
) => Promise<boolean>;

/** Delivery inside of one process: no hop, no copy. */
export function deliverLocally(handler: LocalHandler): Deliver {
  return async (route, { req, res, context, onSession }) => {
    if (route.target.kind !== 'local') return { kind: 'not_reached' };
    if (!(await handler(route.target.handle, req, res, context))) return { kind: 'not_hosted' };
    const opened = res.getHeader('mcp-session-id');
    if (typeof opened === 'string') onSession?.(opened);
    return { kind: 'answered' };
  };
}

/** Delivery to workers' internal ports. */
export function deliverOverHttp(workers: WorkerRequests): Deliver {
  const passing = new AnswerPassing();
  return (route, { req, res, body, client, context, onOwner, onSession }) => {
    const { target } = route;
    if (target.kind !== 'http') return Promise.resolve({ kind: 'not_reached' });
    return new Promise<Delivery>((resolve) => {
      const begunAt = performance.now();
      let sent: SentRequest | undefined;
      let isFinished = false;
      const stopWatching = client.onGone(() => {
        sent?.abort();
        finish({ kind: 'answered' });
      });
      // Only POST has a body in MCP.
      if (req.method !== 'POST') send(undefined);
      else if (body.isShort) body.whenWhole(send);
      else send(body.stream());

      function send(content: Buffer | Readable | undefined): void {
        if (isFinished || target.kind !== 'http') return;
        sent = workers.send(req, route, target.url, context, content, { onAnswer, onFailure });
      }

      function onFailure(isSent: boolean): void {
        if (isSent) lose();
        else finish({ kind: 'not_reached' });
      }

      function onAnswer(answer: WorkerAnswer): void {
        const early = earlyEnd(answer);
        if (early) {
          // What is left of the answer is read for nobody; a request that is still being sent is of no use any more.
          if (!body.isWhole) sent?.abort();
          finish(early);
          return;
        }
        const owner = answer.headers['hub-owner'];
        if (typeof owner === 'string') onOwner?.(owner);
        const opened = answer.headers['mcp-session-id'];
        if (typeof opened === 'string') onSession?.(opened);
        res.once('close', () => {
          sent?.abort();
          finish({ kind: 'answered' });
        });
        passing.passOn(answer, { res, client, onLost: lose, onBrokenOff: () => finish({ kind: 'broken_off' }) });
      }

      /** Bytes were written, and no answer will come of them: the worker, if it lives, knows what became of them. */
      function lose(): void {
        body.detach();
        if (req.method !== 'POST' || context.attempt > 1) {
          finish({ kind: 'lost', fate: 'untold' });
          return;
        }
        const ageMs = performance.now() - begunAt;
        void workers.disown(target.kind === 'http' ? target.url : '', route.worker, context, ageMs).then((fate) => {
          finish({ kind: 'lost', fate });
        });
      }

      function finish(delivery: Delivery): void {
        isFinished = true;
        stopWatching();
        body.detach();
        resolve(delivery);
      }
    });
  };
}

/** Answers that are for the gateway: the worker has done nothing. */
function earlyEnd({ statusCode, headers }: WorkerAnswer): Delivery | undefined {
  const owner = headers['hub-owner'];
  if (statusCode === 409 && typeof owner === 'string') return { kind: 'belongs_to', owner };
  if (statusCode === notHostedStatus || headers['hub-refused'] !== undefined) return { kind: 'not_hosted' };
  return statusCode === tooLargeStatus ? { kind: 'too_large' } : undefined;
}
