import { stringify } from 'yaml';
import { askHub } from './ask-hub.js';
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
  const answer = await askHub({ url, token }, '/v0/status');
  if (answer.kind === 'failed') {
    err.write(`${answer.reason}\n`);
    return answer.exitCode;
  }
  const { status, body } = answer;
  if (status !== 200 || !isHubStatus(body)) {
    err.write(
      status === 200
        ? `What answers at ${url} is no hub. Name another with --url.\n`
        : `The hub at ${url} answered ${status}.\n`,
    );
    return exitCodes.failed;
  }
  out.write(render(body, format));
  return exitCodes.done;
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
