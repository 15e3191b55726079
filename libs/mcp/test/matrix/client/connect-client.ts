import type { Era } from '../../../src/protocol-matrix/matrix.js';
import type { Json } from '../servers/script.js';
import type { MatrixClient } from './matrix-client.js';
import { RawLegacyClient } from './raw-legacy-client.js';
import { RawModernClient } from './raw-modern-client.js';
import { RawSseClient } from './raw-sse-client.js';

export interface ClientKind {
  era: Era;
  transport: 'Streamable HTTP' | 'HTTP+SSE';
}

/** All that clients can be. */
export const clientKinds: readonly ClientKind[] = [
  { era: 'legacy', transport: 'Streamable HTTP' },
  { era: 'legacy', transport: 'HTTP+SSE' },
  { era: 'modern', transport: 'Streamable HTTP' },
];

/** @param capabilities what the client says that it can do */
export function connectMatrixClient(
  { era, transport }: ClientKind,
  url: URL,
  capabilities: Json,
): Promise<MatrixClient> {
  if (era === 'modern') return RawModernClient.connect(url, capabilities);
  return (transport === 'HTTP+SSE' ? RawSseClient : RawLegacyClient).connect(url, capabilities);
}
