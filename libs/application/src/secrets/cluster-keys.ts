import { hkdfSync } from 'node:crypto';
import { parseKeys } from './keys.js';

const DERIVED_BYTES = 32;

/**
 * The keys that the services share, derived from `cluster.secret` by HKDF-SHA-256, one purpose each (design.md,
 * "Secrets and keys"). In every list the first key is used and all are accepted, so that the secret can be rotated
 * without an outage.
 */
export class ClusterKeys {
  readonly sessionSigning: readonly Buffer[];
  readonly stateSealing: readonly Buffer[];
  readonly internalCredential: readonly Buffer[];

  /** @param secrets 32 bytes each, as from `parseKeys` */
  constructor(secrets: readonly Buffer[]) {
    this.sessionSigning = derive(secrets, 'session-signing');
    this.stateSealing = derive(secrets, 'state-sealing');
    this.internalCredential = derive(secrets, 'internal-credential');
  }

  /** @param text the value of `cluster.secret`. @throws InvalidKey */
  static parse(text: string): ClusterKeys {
    return new ClusterKeys(parseKeys(text, 'cluster.secret'));
  }
}

function derive(secrets: readonly Buffer[], purpose: string): Buffer[] {
  return secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `mcp-hub ${purpose} v1`, DERIVED_BYTES)),
  );
}
