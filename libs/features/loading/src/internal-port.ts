import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { HostedServers, Log } from '@mcp-hub/application';
import type { CallLedger, HttpSseRequest, McpEndpoint } from '@mcp-hub/mcp';

/** What the gateway says beside the request (`hub-*` headers, or arguments inside of one process). */
export interface InternalRequest {
  caller: string;
  callId: string;
  attempt: number;
  /** How often the request was sent, this time included, over all workers. */
  delivery: number;
  /** The worker that the session's id names is out of the gateway's reach. */
  isOwnerGone: boolean;
  /** Set for the HTTP+SSE transport. */
  httpSse?: HttpSseRequest;
}

/**
 * A worker's side of the hop from the gateway: finds the hosted server that a path or a handle names and has it
 * answer. Only requests with the internal credential are served.
 */
export class InternalPort {
  constructor(
    private readonly hosted: HostedServers<McpEndpoint>,
    /** Any of them is accepted, for rotation. */
    private readonly credentials: readonly Buffer[],
    private readonly self: { incarnation: string; ledger: CallLedger; log: Log },
  ) {}

  /** @returns false where the request is for something else */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const url = req.url ?? '';
    const [, handle, endpoint] = /^\/internal\/servers\/([^/]+\/\d+\/\d+)\/(mcp|sse|messages)$/.exec(url) ?? [];
    const question = handle === undefined ? /^\/internal\/workers\/([^/]+)\/calls\/([^/]+)\/disown$/.exec(url) : null;
    if (handle === undefined && !question) return false;
    if (!this.isGateway(req.headers['hub-credential'])) {
      refuse(res, 401, 'Only the gateway may call this port.');
      return true;
    }
    if (handle === undefined) {
      this.disown(question?.[1] ?? '', question?.[2] ?? '', req, res);
      return true;
    }
    const context = contextOf(req, endpoint);
    if (!context) {
      refuse(res, 400, 'The hub-caller header is malformed.');
      return true;
    }
    void this.serve(handle, req, res, context).then((isServed) => {
      if (!isServed) refuse(res, 421, 'This server is not hosted here.');
    });
    return true;
  }

  /** Serves inside of this process. @returns false where the server is not hosted here (any more) */
  async serve(handle: string, req: IncomingMessage, res: ServerResponse, context: InternalRequest): Promise<boolean> {
    const server = this.hosted.byHandle(handle);
    if (!server) return false;
    const execution = this.self.ledger.receive(context);
    try {
      await server.endpoint.handle(req, res, {
        caller: context.caller,
        callId: context.callId,
        attempt: context.attempt,
        isOwnerGone: context.isOwnerGone,
        ...(context.httpSse && { httpSse: context.httpSse }),
        execution,
        forwardedHeaders: forwardedHeaders(server.stored.entry, req),
      });
    } finally {
      execution.end();
    }
    return true;
  }

  /** The gateway lost the connection on which it sent a call: tells it what became of the call, and refuses it if it still comes. */
  private disown(incarnation: string, callId: string, { headers }: IncomingMessage, res: ServerResponse): void {
    const { ledger, log } = this.self;
    if (incarnation !== this.self.incarnation) {
      refuse(res, 421, 'This is another worker.');
      return;
    }
    const delivery = Number(one(headers['hub-delivery']));
    const ageMs = Number(one(headers['hub-age-ms']));
    if (!Number.isSafeInteger(delivery) || !(ageMs >= 0)) {
      refuse(res, 400, 'hub-delivery and hub-age-ms are required.');
      return;
    }
    const state = ledger.disown(callId, delivery, ageMs);
    log.warn('call.disowned', { callId, delivery, state });
    answer(res, 200, { state });
  }

  private isGateway(credential: string | string[] | undefined): boolean {
    const presented = Buffer.from(one(credential) ?? '', 'base64url');
    return this.credentials.some((known) => known.length === presented.length && timingSafeEqual(known, presented));
  }
}

/** @returns undefined where the caller's name is no percent-encoding */
function contextOf({ headers }: IncomingMessage, endpoint: string | undefined): InternalRequest | undefined {
  try {
    return {
      caller: decodeURIComponent(one(headers['hub-caller']) ?? 'anonymous'),
      callId: one(headers['hub-call-id']) ?? '',
      attempt: Number(one(headers['hub-attempt']) ?? 1),
      delivery: Number(one(headers['hub-delivery']) ?? 1),
      isOwnerGone: headers['hub-owner-gone'] !== undefined,
      ...httpSseOf(headers, endpoint),
    };
  } catch {
    return undefined;
  }
}

function httpSseOf(headers: IncomingHttpHeaders, endpoint: string | undefined): { httpSse?: HttpSseRequest } {
  switch (endpoint) {
    case 'sse':
      return { httpSse: { kind: 'stream', messagesPath: one(headers['hub-messages-path']) ?? '' } };
    case 'messages':
      return { httpSse: { kind: 'message', sessionId: one(headers['hub-session']) ?? '' } };
    default:
      return {};
  }
}

function forwardedHeaders(
  server: { forward_headers: readonly string[] },
  req: IncomingMessage,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of server.forward_headers) {
    const value = one(req.headers[name.toLowerCase()]);
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function refuse(res: ServerResponse, status: number, message: string): void {
  if (!res.headersSent) answer(res, status, { error: message }, { 'hub-refused': '1' });
}

function answer(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
