import { setTimeout as delay } from 'node:timers/promises';
import { askHub, type HubAddress } from '../ask-hub.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';

export type FoundEndpoint = { kind: 'found'; url: string } | { kind: 'failed'; exitCode: ExitCode; reason: string };

const pollMs = 500;

/** Asks the hub where MCP clients reach a server; waits while it is loading, for `waitMs` at most. */
export async function findEndpoint(hub: HubAddress, id: string, waitMs: number): Promise<FoundEndpoint> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const answer = await askHub(hub, `/v0/servers/${encodeURIComponent(id)}`);
    if (answer.kind === 'failed') return answer;
    const { status, body } = answer;
    if (status === 404) {
      const reason = `The hub has no server "${id}". "mcp-hub-registry status" lists those that it has.`;
      return { kind: 'failed', exitCode: exitCodes.notFound, reason };
    }
    if (status !== 200 || typeof body !== 'object' || body === null) {
      return { kind: 'failed', exitCode: exitCodes.failed, reason: `The hub at ${hub.url} answered ${status}.` };
    }
    if ('mcp_endpoint' in body && typeof body.mcp_endpoint === 'string') {
      return { kind: 'found', url: new URL(body.mcp_endpoint, hub.url).href };
    }
    const state = 'runtime_status' in body ? String(body.runtime_status) : 'unknown';
    if (state !== 'loading' || performance.now() >= deadline) {
      const why = 'error' in body && typeof body.error === 'string' ? `: ${body.error}` : '.';
      return {
        kind: 'failed',
        exitCode: exitCodes.failed,
        reason: `The server "${id}" can't be called, it is ${state}${why}`,
      };
    }
    await delay(pollMs);
  }
}
