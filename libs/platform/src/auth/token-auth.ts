import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal, Scope } from './principal.js';

/** A token as configured: only its hash is kept. */
export interface ConfiguredToken {
  name: string;
  /** SHA-256 of the token, 64 hex characters. */
  sha256: string;
  scopes: readonly Scope[];
  namespaces?: readonly string[];
  servers?: readonly string[];
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export type AuthOutcome =
  | { kind: 'authenticated'; principal: Principal }
  /** No `Authorization` header at all. */
  | { kind: 'missing' }
  /** Not a bearer token, or one that nobody has. */
  | { kind: 'rejected' };

/**
 * Finds out who sent an `Authorization: Bearer` header. Hashes are compared in constant time, and all of them, so that
 * neither a token's content nor its place in the list shows in the time taken.
 */
export class TokenAuth {
  readonly #known: readonly { digest: Buffer; principal: Principal }[];

  constructor(tokens: readonly ConfiguredToken[]) {
    this.#known = tokens.map(({ name, sha256, scopes, namespaces, servers }) => ({
      digest: Buffer.from(sha256, 'hex'),
      principal: {
        name,
        scopes,
        ...(namespaces && { namespaces }),
        ...(servers && { servers }),
      },
    }));
  }

  /** @param authorization the header's value */
  authenticate(authorization: string | undefined): AuthOutcome {
    if (authorization === undefined) return { kind: 'missing' };
    const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'rejected' };
    const given = createHash('sha256').update(token, 'utf8').digest();
    let found: Principal | undefined;
    for (const { digest, principal } of this.#known) {
      if (timingSafeEqual(digest, given)) found ??= principal;
    }
    return found ? { kind: 'authenticated', principal: found } : { kind: 'rejected' };
  }
}
