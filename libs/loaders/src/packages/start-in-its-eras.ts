import type { McpBackend } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { ServerRefused, TwoEraBackend } from '@mcp-hub/mcp';
import type { EraRecords, InstalledProgram } from './era-records.js';
import type { Era } from '../supervision/launch-stdio-server.js';

export interface ServerInItsErasOptions {
  /** Starts the server once more, in one era and in folders of its own. When that fails nothing is left. @throws LoadFailed */
  start: (era: Era, signal: AbortSignal) => Promise<McpBackend>;
  program: InstalledProgram;
  records: EraRecords;
  /** Of a start in an era that the server is known to speak; default 30 s. */
  startTimeoutMs?: number;
  /** How long one that is not known to speak the modern era has at least to answer in it; default 5 s. */
  shortestProbeMs?: number;
  log: (text: string) => void;
}

/** How much longer than its start in the legacy era one in the modern era may take. */
const probePatience = 4;

/**
 * Starts a server that speaks MCP on its standard streams, where a connection is of one era, in the eras that it speaks.
 * In the legacy era it is started at once. Whether it speaks the modern one too is found out when a client of that era
 * first calls, by the start of the process that serves such clients from then on; what was found out is recorded for
 * the exact version (`EraRecords`), so no version is asked twice. A server that refuses to shake hands in the legacy era
 * is started in the modern one instead.
 *
 * @throws LoadFailed what the start of the server threw
 */
export async function startInItsEras(options: ServerInItsErasOptions, signal: AbortSignal): Promise<McpBackend> {
  const { start, program, records, log, shortestProbeMs = 5_000 } = options;
  const known = await records.find(program);
  if (known === 'modern') {
    return start('modern', signal).catch(async (error: unknown) => {
      if (!isRefusal(error)) throw error;
      const legacy = await start('legacy', signal);
      await records.write(program, 'legacy');
      return legacy;
    });
  }
  const began = performance.now();
  const probeMs = (): number => Math.max(shortestProbeMs, probePatience * (performance.now() - began));
  let legacy: McpBackend;
  try {
    legacy = await start('legacy', signal);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return startModernOnly(options, error, AbortSignal.any([signal, AbortSignal.timeout(probeMs())]));
  }
  if (known === 'legacy') return legacy;
  const patienceMs = probeMs();
  return new TwoEraBackend({
    legacy,
    startModern: (closing) => startModernToo(options, patienceMs, closing),
    onModernFailed: (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      log(`clients of 2026-07-28 are served in the legacy era: ${reason}`);
    },
  });
}

/** @param refusal what the server said to the handshake of the legacy era */
async function startModernOnly(
  { start, program, records }: ServerInItsErasOptions,
  refusal: LoadFailed,
  signal: AbortSignal,
): Promise<McpBackend> {
  let modern: McpBackend;
  try {
    modern = await start('modern', signal);
  } catch {
    // It speaks neither: what it said to the handshake tells why.
    throw refusal;
  }
  await records.write(program, 'modern');
  return modern;
}

async function startModernToo(
  { start, program, records, startTimeoutMs = 30_000 }: ServerInItsErasOptions,
  patienceMs: number,
  closing: AbortSignal,
): Promise<McpBackend> {
  let probed: McpBackend | undefined;
  let failure: LoadFailed | undefined;
  const eras = await records.findOr(program, closing, async () => {
    try {
      probed = await start('modern', AbortSignal.any([closing, AbortSignal.timeout(patienceMs)]));
      return 'both';
    } catch (error) {
      closing.throwIfAborted();
      if (!tellsOfTheServer(error)) throw error;
      failure = error;
      return 'legacy';
    }
  });
  if (probed) return probed;
  if (eras === 'legacy') throw failure ?? new ServerRefused('The server is known to speak the legacy era only.');
  return start('modern', AbortSignal.any([closing, AbortSignal.timeout(startTimeoutMs)]));
}

function isRefusal(error: unknown): error is LoadFailed {
  return error instanceof LoadFailed && error.cause instanceof ServerRefused;
}

/** Whether it refused, ended or said nothing; anything else is the worker's own trouble, and will be over some day. */
function tellsOfTheServer(error: unknown): error is LoadFailed {
  return error instanceof LoadFailed && (error.code === 'crashed' || error.code === 'start_timeout');
}
