import { stringify } from 'yaml';
import { exitCodes, type ExitCode } from './exit-codes.js';

export interface StatusOptions {
  url: string;
  token: string | undefined;
  format: string;
}

export interface Terminal {
  /** Data. */
  out: { write(text: string): unknown };
  /** Everything else. */
  err: { write(text: string): unknown };
}

interface HubStatus {
  hub: { name: string; uptime: number };
  servers: Record<string, { name: string; status: string; loaded_at: string | null; error: string | null }>;
  stats: { total_registered: number; total_loaded: number; healthy: number; failed: number };
}

const formats = ['table', 'json', 'yaml'];
const timeoutMs = 10_000;

/**
 * `status`: what the hub at `url` says of itself and its servers (hub-api.md, section 2, `GET /v0/status`).
 *
 * @returns the exit code; where it is not 0, a sentence about it went to `err`
 */
export async function statusCommand(options: StatusOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { url, token, format } = options;
  if (!formats.includes(format)) {
    err.write(`--format is one of ${formats.join(', ')}.\n`);
    return exitCodes.usage;
  }
  const address = statusAddress(url);
  if (!address) {
    err.write(`--url is the address of a hub, such as http://localhost:8080, not "${url}".\n`);
    return exitCodes.usage;
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
    err.write(
      `No hub answers at ${url}. Start one with "npm start" or "mcp-hub-registry run", or name another with --url.\n`,
    );
    return exitCodes.notReachable;
  }
  if (response.status === 401 || response.status === 403) {
    const remedy = token === undefined ? 'give a token' : 'the token is not one that may read; give another';
    err.write(`The hub at ${url} refused: ${remedy} with --token or MCP_REGISTRY_TOKEN.\n`);
    return exitCodes.refused;
  }
  if (!response.ok || !isHubStatus(body)) {
    err.write(
      response.ok
        ? `What answers at ${url} is no hub. Name another with --url.\n`
        : `The hub at ${url} answered ${response.status}.\n`,
    );
    return exitCodes.failed;
  }
  out.write(render(body, format));
  return exitCodes.done;
}

/** @returns undefined where the URL is none that HTTP reaches */
function statusAddress(url: string): URL | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) return undefined;
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/v0/status`;
  return address;
}

function isHubStatus(body: unknown): body is HubStatus {
  return typeof body === 'object' && body !== null && ['hub', 'servers', 'stats'].every((key) => key in body);
}

function render(status: HubStatus, format: string): string {
  if (format === 'json') return `${JSON.stringify(status, null, 2)}\n`;
  if (format === 'yaml') return stringify(status);
  const { hub, servers, stats } = status;
  const rows = Object.entries(servers).map(([id, server]) => [id, server.status, oneLine(server.error ?? '')]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const head = `${oneLine(hub.name)}: up ${hub.uptime} s, ${stats.total_registered} servers, ${stats.healthy} healthy, ${stats.failed} failed`;
  return `${[head, ...(lines.length > 0 ? lines : ['  No servers yet. Publish one with POST /v0/publish.'])].join('\n')}\n`;
}

/** Without what could move a terminal's cursor or change its colours: the text is other people's. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
