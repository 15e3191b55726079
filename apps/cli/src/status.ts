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

/** `status`: what the hub at `url` says of itself and its servers. */
export async function statusCommand(options: StatusOptions, { out, err }: Terminal): Promise<ExitCode> {
  const { url, token, format } = options;
  if (!formats.includes(format)) {
    err.write(`--format is one of ${formats.join(', ')}.\n`);
    return exitCodes.usage;
  }
  let response: Response;
  try {
    response = await fetch(`${url.replace(/\/+$/, '')}/v0/status`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    err.write(`No hub answers at ${url}. Start one with "npm start" or "mcp-hub-registry run", or name another with --url.\n`);
    return exitCodes.notReachable;
  }
  if (response.status === 401 || response.status === 403) {
    err.write(`The hub at ${url} refused: give a token with --token or MCP_REGISTRY_TOKEN.\n`);
    return exitCodes.refused;
  }
  if (!response.ok) {
    err.write(`The hub at ${url} answered ${response.status}.\n`);
    return exitCodes.failed;
  }
  const status = (await response.json()) as HubStatus;
  out.write(render(status, format));
  return exitCodes.done;
}

function render(status: HubStatus, format: string): string {
  if (format === 'json') return `${JSON.stringify(status, null, 2)}\n`;
  if (format === 'yaml') return stringify(status);
  const { hub, servers, stats } = status;
  const rows = Object.entries(servers).map(([id, server]) => [id, server.status, server.error ?? '']);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  const head = `${hub.name}: up ${hub.uptime} s, ${stats.total_registered} servers, ${stats.healthy} healthy, ${stats.failed} failed`;
  return `${[head, ...(lines.length > 0 ? lines : ['  No servers yet. Publish one with POST /v0/publish.'])].join('\n')}\n`;
}
