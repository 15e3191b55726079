import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteRecord } from '@mcp-hub/application';
import type { ClientPresence } from './client-presence.js';
import type { ReplayableBody } from './replayable-body.js';
import { answerHeaders, type WorkerRequestContext, type WorkerRequests } from './worker-requests.js';

/** How sending a request to one worker ended. */
export type Delivery =
  /** The client has its answer, or is gone. */
  | { kind: 'answered' }
  /** Another worker owns the session or the parked call. */
  | { kind: 'belongs_to'; owner: string }
  /** No byte was written to the worker. */
  | { kind: 'not_reached' }
  /** The worker does not host the server (any more); it executed nothing. */
  | { kind: 'not_hosted' }
  /** The worker may have executed it, and will not answer. */
  | { kind: 'lost' }
  /** As `lost`, but an event stream to the client has begun and is still open. */
  | { kind: 'broken_off' };

export interface DeliveryRequest {
  req: IncomingMessage;
  res: ServerResponse;
  body: ReplayableBody;
  client: ClientPresence;
  context: WorkerRequestContext;
  /** Told which worker owns the session by now, where that changed. */
  onOwner?: (owner: string) => void;
}

/** Misdirected Request (RFC 9110, section 15.5.20): how a worker says that a route is stale. */
const notHostedStatus = 421;

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
  return async (route, { req, res, context }) => {
    if (route.target.kind !== 'local') return { kind: 'not_reached' };
    return (await handler(route.target.handle, req, res, context)) ? { kind: 'answered' } : { kind: 'not_hosted' };
  };
}

/** Delivery to workers' internal ports. */
export function deliverOverHttp(workers: WorkerRequests): Deliver {
  return (route, { req, res, body, client, context, onOwner }) => {
    const { target } = route;
    if (target.kind !== 'http') return Promise.resolve({ kind: 'not_reached' });
    return new Promise<Delivery>((resolve) => {
      const upstream = workers.open(req, route, target.url, context);
      let isConnected = false;
      let isAnswering = false;
      const stopWatching = client.onGone(() => {
        upstream.destroy();
        finish({ kind: 'answered' });
      });
      upstream.once('socket', (socket) => {
        if (!socket.connecting) isConnected = true;
        else
          socket.once('connect', () => {
            isConnected = true;
          });
      });
      upstream.on('error', () => {
        if (isAnswering) return;
        finish({ kind: isConnected ? 'lost' : 'not_reached' });
      });
      upstream.once('response', (answer) => {
        const owner = answer.headers['hub-owner'];
        if (answer.statusCode === 409 && typeof owner === 'string') {
          discard(answer);
          finish({ kind: 'belongs_to', owner });
          return;
        }
        if (answer.statusCode === notHostedStatus) {
          discard(answer);
          finish({ kind: 'not_hosted' });
          return;
        }
        if (typeof owner === 'string') onOwner?.(owner);
        isAnswering = true;
        res.once('close', () => {
          if (!answer.complete || !upstream.writableFinished) upstream.destroy();
          finish({ kind: 'answered' });
        });
        if (isShort(answer)) passOnWhole(answer, res, finish);
        else passOn(answer, res, finish);
      });
      // Only POST has a body in MCP.
      if (req.method === 'POST') body.sendTo(upstream);
      else upstream.end();

      /** A worker that answered before it had the request keeps its connection for nothing else. */
      function discard(answer: IncomingMessage): void {
        if (upstream.writableEnded) answer.resume();
        else upstream.destroy();
      }

      function finish(delivery: Delivery): void {
        stopWatching();
        body.detach();
        resolve(delivery);
      }
    });
  };
}

/** Answers up to this size are passed on when they are there in full. */
const shortBytes = 64 * 1024;

function isShort({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined && Number(headers['content-length']) <= shortBytes;
}

type Finish = (delivery: Delivery) => void;

/** Most answers are short. Passed on at once they cost little, and one that is cut off was never begun. */
function passOnWhole(answer: IncomingMessage, res: ServerResponse, finish: Finish): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.once('end', () => {
    res.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
    const [first] = chunks;
    res.end(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
  });
  answer.once('error', () => {
    finish({ kind: 'lost' });
  });
}

const endOfEvent = '\n\n';

/** Streams a worker's answer to the client; one that breaks off breaks off for the client too. */
function passOn(answer: IncomingMessage, res: ServerResponse, finish: Finish): void {
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
  let tail = endOfEvent;
  res.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
  res.flushHeaders();
  if (isStream) {
    answer.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.subarray(-endOfEvent.length).toString('latin1')).slice(-endOfEvent.length);
    });
  }
  answer.pipe(res);
  answer.once('error', () => {
    // What the client has of the stream is whole events: it can be told how its request ended.
    if (isStream && tail === endOfEvent && !res.destroyed) finish({ kind: 'broken_off' });
    else res.destroy();
  });
}
