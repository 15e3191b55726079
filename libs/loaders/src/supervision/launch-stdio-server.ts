import type { Ids, JsonObject } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import {
  ClientBackend,
  FloodGuard,
  floodLimits,
  ModernBackend,
  ServerRefused,
  StdioTransport,
  systemTimers,
} from '@mcp-hub/mcp';
import type { ChildProcesses } from './child-processes.js';
import type { ChildCommand, ChildExit, ConfinedChild } from './confined-child.js';
import type { OutputLog } from './output-log.js';
import type { LaunchedServer } from './supervised-backend.js';

/** The protocol's: `legacy` up to 2025-11-25, `modern` from 2026-07-28 on. A connection on stdio is of one. */
export type Era = 'legacy' | 'modern';

export interface StdioServerOptions {
  children: ChildProcesses;
  command: ChildCommand;
  ids: Ids;
  output: OutputLog;
  /** Default `legacy`. */
  era?: Era;
  /** In the legacy era: what the server is told its client can do; by default what many callers can share. */
  clientCapabilities?: JsonObject;
}

/** A server that prints more is made to wait: nobody reads so much. */
const stderrLimits = { ...floodLimits, maxBytes: 256 * 1024 };
/** The end of its process may be noticed a little later than that of its output. */
const exitNoticeMs = 1_000;

/**
 * Starts a server that speaks MCP on its standard streams, and shakes hands with it (in the modern era, asks it for what
 * it is). When that fails nothing is left.
 *
 * @param signal the deadline
 * @throws LoadFailed `crashed` where it ended, `start_timeout` where it was not ready in time, both with its last words;
 *   with a cause `ServerRefused` where it runs and has refused
 */
export async function launchStdioServer(options: StdioServerOptions, signal: AbortSignal): Promise<LaunchedServer> {
  const { children, command, ids, output, era = 'legacy', clientCapabilities } = options;
  const child = await children.start(command);
  child.onStderrLine((text) => {
    output.write('stderr', text);
  });
  const flood = new FloodGuard(child.stderr, systemTimers, stderrLimits);
  child.stderr.on('data', (chunk: Buffer) => {
    flood.came(chunk.byteLength);
  });
  const transport = new StdioTransport({
    stdin: child.stdin,
    stdout: child.stdout,
    onGarbage: (text) => {
      output.write('stdout', text);
    },
  });
  const failureCode = 'crashed';
  const backend =
    era === 'modern'
      ? new ModernBackend({ transport, failureCode })
      : new ClientBackend({ transport, ids, failureCode, ...(clientCapabilities && { clientCapabilities }) });
  try {
    await backend.start(signal);
  } catch (error) {
    throw await startFailure(error, child, output, signal);
  }
  return {
    backend,
    ended: child.exited.then(({ reason }) => reason),
    stop: async () => {
      await backend.close();
      await child.stop();
    },
  };
}

async function startFailure(
  error: unknown,
  child: ConfinedChild,
  output: OutputLog,
  signal: AbortSignal,
): Promise<unknown> {
  const isRefused = error instanceof LoadFailed && error.cause instanceof ServerRefused;
  const exit = signal.aborted || isRefused ? undefined : await exitSoon(child);
  await child.stop();
  if (exit) return crashed(`The server ${exit.reason} before it was ready.`, output, error);
  if (!signal.aborted) return error;
  return new LoadFailed(
    'start_timeout',
    output.withLastWords('The server was not ready in time.'),
    'See whether it starts by hand; a slow one needs a larger loader.timeout.',
    { cause: error },
  );
}

async function exitSoon(child: ConfinedChild): Promise<ChildExit | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, exitNoticeMs, undefined);
  });
  try {
    return await Promise.race([child.exited, late]);
  } finally {
    clearTimeout(timer);
  }
}

function crashed(message: string, output: OutputLog, cause: unknown): LoadFailed {
  const remedy = 'See whether its arguments and environment variables are as it wants them, and read its log.';
  return new LoadFailed('crashed', output.withLastWords(message), remedy, { cause });
}
