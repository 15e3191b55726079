import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostedServers } from '@mcp-hub/application';
import type { McpEndpoint } from '@mcp-hub/mcp';

/** What the gateway says beside the request (`hub-*` headers, or arguments inside of one process). */
export interface InternalRequest {
  caller: string;
  callId: string;
  attempt: number;
  /** The worker that the session's id names is out of the gateway's reach. */
  isOwnerGone: boolean;
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
  ) {}

  /** @returns false where the request is for something else */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const match = /^\/internal\/servers\/([^/]+\/\d+\/\d+)\/mcp$/.exec(req.url ?? '');
    const handle = match?.[1];
    if (handle === undefined) return false;
    if (!this.isGateway(req.headers['hub-credential'])) {
      refuse(res, 401, 'Only the gateway may call this port.');
      return true;
    }
    const context = contextOf(req);
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
    await server.endpoint.handle(req, res, {
      ...context,
      forwardedHeaders: forwardedHeaders(server.stored.entry, req),
    });
    return true;
  }

  private isGateway(credential: string | string[] | undefined): boolean {
    const presented = Buffer.from(one(credential) ?? '', 'base64url');
    return this.credentials.some((known) => known.length === presented.length && timingSafeEqual(known, presented));
  }
}

/** @returns undefined where the caller's name is no percent-encoding */
function contextOf({ headers }: IncomingMessage): InternalRequest | undefined {
  try {
    return {
      caller: decodeURIComponent(one(headers['hub-caller']) ?? 'anonymous'),
      callId: one(headers['hub-call-id']) ?? '',
      attempt: Number(one(headers['hub-attempt']) ?? 1),
      isOwnerGone: headers['hub-owner-gone'] !== undefined,
    };
  } catch {
    return undefined;
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
  if (res.headersSent) return;
  const text = JSON.stringify({ error: message });
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
