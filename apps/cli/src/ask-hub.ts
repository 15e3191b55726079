import { exitCodes, type ExitCode } from './exit-codes.js';

export interface HubAddress {
  url: string;
  token: string | undefined;
}

export type HubAnswer =
  | { kind: 'answered'; status: number; body: unknown }
  /** With the exit code, and a sentence that says what to do. */
  | { kind: 'failed'; exitCode: ExitCode; reason: string };

const timeoutMs = 10_000;

/** GETs a resource of the hub's REST API (hub-api.md, section 2). @param path begins with `/v0/` */
export async function askHub({ url, token }: HubAddress, path: string): Promise<HubAnswer> {
  const address = addressOf(url, path);
  if (!address) {
    const reason = `--url is the address of a hub, such as http://localhost:8080, not "${url}".`;
    return { kind: 'failed', exitCode: exitCodes.usage, reason };
  }
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(address, {
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    // Whatever the network failed with, there is the same to do.
    const reason = `No hub answers at ${url}. Start one with "npm start" or "mcp-hub-registry run", or name another with --url.`;
    return { kind: 'failed', exitCode: exitCodes.notReachable, reason };
  }
  if (response.status === 401 || response.status === 403) {
    const remedy = token === undefined ? 'give a token' : 'the token is not one that may read; give another';
    const reason = `The hub at ${url} refused: ${remedy} with --token or MCP_REGISTRY_TOKEN.`;
    return { kind: 'failed', exitCode: exitCodes.refused, reason };
  }
  return { kind: 'answered', status: response.status, body };
}

/** @returns undefined where the URL is none that HTTP reaches */
function addressOf(url: string, path: string): URL | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) return undefined;
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}
