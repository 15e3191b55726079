import type { Ids, McpBackend } from '@mcp-hub/application';
import { LoadFailed } from '@mcp-hub/domain';
import { ClientBackend } from '../client-backend.js';
import { LostRequest } from '../lost-request.js';
import { ModernBackend } from '../modern-backend.js';
import { TwoEraBackend } from '../two-era-backend.js';
import type { HttpTransportOptions } from './http-wire.js';
import { ModernHttpTransport } from './modern-http-transport.js';
import { SseTransport } from './sse-transport.js';
import { StreamableHttpTransport } from './streamable-http-transport.js';

export interface RemoteServerOptions extends HttpTransportOptions {
  transport: 'streamable-http' | 'sse';
  ids: Ids;
  /** The deadline. */
  signal: AbortSignal;
  /** Told what was found out about the server, for its log. */
  onFound?: (text: string) => void;
}

/** A server that says nothing at all to what it does not know is asked in the other era after this. */
const probeMs = 10_000;

/** Answers to `initialize` after which a client tries HTTP+SSE at the same URL (2025-11-25, "Backwards Compatibility"). */
const olderStatuses: ReadonlySet<number | undefined> = new Set([400, 404, 405]);

/**
 * Connects to a server by its URL, in the eras that it speaks: clients of each era are served in theirs where it speaks
 * both. It is asked in the modern era first (2026-07-28, "Backward Compatibility"). What comes of it holds for the life
 * of the backend, which outlives the server: it is served again when it can be reached again.
 *
 * @throws LoadFailed `upstream_unreachable`, `upstream_auth` or `egress_refused`
 */
export async function connectRemoteServer(options: RemoteServerOptions): Promise<McpBackend> {
  const { transport, onFound = () => undefined } = options;
  if (transport === 'sse') {
    const { backend, version } = await startSse(options);
    onFound(`The server speaks ${version}.`);
    return backend;
  }
  const modern = await startModern(options);
  let legacy: LegacySide;
  try {
    legacy = await startLegacy(options);
  } catch (error) {
    if (!modern || options.signal.aborted) {
      await modern?.close();
      throw error;
    }
    onFound('The server speaks 2026-07-28.');
    return modern;
  }
  const { backend, version, hasSession } = legacy;
  if (!modern) {
    onFound(`The server speaks ${version}.`);
    return backend;
  }
  onFound(`The server speaks 2026-07-28 and ${version}.`);
  if (hasSession) return new TwoEraBackend({ legacy: backend, modern });
  // Without a session it can ask clients of the legacy era nothing; the hub can, for the modern side.
  await backend.close();
  return modern;
}

interface LegacySide {
  backend: ClientBackend;
  /** For people: the revision, and the transport where that is deprecated. */
  version: string;
  hasSession: boolean;
}

/** @returns undefined where it does not speak the modern era */
async function startModern(options: RemoteServerOptions): Promise<ModernBackend | undefined> {
  const backend = new ModernBackend({ transport: new ModernHttpTransport(options) });
  try {
    await backend.start(AbortSignal.any([options.signal, AbortSignal.timeout(probeMs)]));
    return backend;
  } catch (error) {
    const loss = lossIn(error);
    // In the other era it would be the same.
    const isFinal = loss !== undefined && (loss.code !== 'upstream_unreachable' || isUnreached(loss));
    if (isFinal || options.signal.aborted) throw error;
    return undefined;
  }
}

async function startLegacy(options: RemoteServerOptions): Promise<LegacySide> {
  const { ids, signal } = options;
  const transport = new StreamableHttpTransport(options);
  const backend = new ClientBackend({ transport, ids });
  try {
    await backend.start(signal);
    return { backend, version: backend.protocolVersion, hasSession: transport.hasSession };
  } catch (error) {
    const loss = lossIn(error);
    if (signal.aborted || !loss || !olderStatuses.has(loss.status)) throw error;
    return startSse(options).catch(() => {
      // It speaks neither: what it said to the newer one tells more.
      throw error;
    });
  }
}

async function startSse(options: RemoteServerOptions): Promise<LegacySide> {
  const backend = new ClientBackend({ transport: new SseTransport(options), ids: options.ids });
  await backend.start(options.signal);
  return { backend, version: `${backend.protocolVersion} over HTTP with SSE`, hasSession: true };
}

function lossIn(error: unknown): LostRequest | undefined {
  return error instanceof LoadFailed && error.cause instanceof LostRequest ? error.cause : undefined;
}

function isUnreached({ reason, status, outcome }: LostRequest): boolean {
  return status === undefined && outcome === 'not_executed' && reason === 'server_gone';
}
