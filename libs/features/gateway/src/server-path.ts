/** A request of the HTTP+SSE transport (2024-11-05, "Transports"). */
export type HttpSsePath =
  /** Opens a stream; its client is to post to `messagesPath`, as it reaches it, with the query `sessionId`. */
  | { kind: 'stream'; messagesPath: string }
  /** Posts a message of a session. */
  | { kind: 'message'; sessionId: string };

/** An MCP endpoint that a URL names. */
export interface ServerPath {
  serverId: string;
  /** Left out: Streamable HTTP. */
  httpSse?: HttpSsePath;
}

const shape = /^\/servers\/([^/?#]{1,200})\/(mcp|sse|messages)\/?(\?.*)?$/;

/**
 * Reads `/servers/{id}/mcp`, `/servers/{id}/sse` and `/servers/{id}/messages?sessionId=…`, with or without a slash at the
 * end.
 *
 * @param publicPath the path of the hub's public URL, '' for none. Clients may reach the hub under it or not, by whether
 *   what is in front takes it away; what they are told of where to post has it, so that it holds either way.
 * @returns undefined for any other path
 */
export function serverPathOf(url: string, publicPath = ''): ServerPath | undefined {
  const isUnderPublicPath = publicPath !== '' && url.startsWith(`${publicPath}/`);
  const match = shape.exec(isUnderPublicPath ? url.slice(publicPath.length) : url);
  const [, serverId, endpoint, query] = match ?? [];
  if (serverId === undefined) return undefined;
  switch (endpoint) {
    case 'sse':
      return { serverId, httpSse: { kind: 'stream', messagesPath: `${publicPath}/servers/${serverId}/messages` } };
    case 'messages':
      return { serverId, httpSse: { kind: 'message', sessionId: new URLSearchParams(query).get('sessionId') ?? '' } };
    default:
      return { serverId };
  }
}

/** Of a public URL, without a slash at the end. */
export function publicPathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}
