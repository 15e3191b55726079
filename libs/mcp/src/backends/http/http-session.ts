/** A session of the legacy era over HTTP, as its requests name it; `id` is undefined where the server has none. */
export interface HttpSession {
  readonly id: string | undefined;
  /** As negotiated; undefined before. */
  readonly version: string | undefined;
}

export function sessionHeaders({ id, version }: HttpSession): Record<string, string> {
  return {
    ...(id !== undefined && { 'mcp-session-id': id }),
    ...(version !== undefined && { 'mcp-protocol-version': version }),
  };
}

const visibleAscii = /^[\x21-\x7e]{1,1024}$/;

/** @returns undefined where it is none that could be sent back */
export function readSessionId(header: string | undefined): string | undefined {
  return header !== undefined && visibleAscii.test(header) ? header : undefined;
}
