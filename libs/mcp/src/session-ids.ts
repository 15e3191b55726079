import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SessionIdClaims {
  serverId: string;
  /** The worker incarnation that opens the session, of the characters `[A-Za-z0-9_-]`. */
  incarnation: string;
  /** The authenticated caller; the id is worth nothing to anybody else. */
  caller: string;
  /** Unguessable and never used before, of the characters `[A-Za-z0-9_-]` (`Ids.next()`). */
  random: string;
}

const shape = /^([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{43})$/;

/**
 * Ids of legacy sessions (`Mcp-Session-Id`, visible ASCII): `<incarnation>.<random>.<signature>`. They name their
 * worker, so any gateway can route them, and are signed, so a forged one, or one of another server or caller, is
 * recognised without a look-up. The first key signs; all of them verify, so keys can be rotated.
 */
export class SessionIds {
  readonly #keys: readonly Uint8Array[];

  /** @throws RangeError without a key */
  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0) throw new RangeError('Session ids need at least one signing key.');
    this.#keys = keys;
  }

  issue({ serverId, incarnation, caller, random }: SessionIdClaims): string {
    const [key] = this.#keys as readonly [Uint8Array];
    const id = `${incarnation}.${random}.${signature(key, serverId, incarnation, random, caller).toString('base64url')}`;
    if (!shape.test(id)) throw new RangeError('A session id takes an incarnation and a random of [A-Za-z0-9_-].');
    return id;
  }

  /** @returns the worker incarnation that opened the session; undefined for what was not issued for this server and caller. */
  read(id: string, { serverId, caller }: { serverId: string; caller: string }): { incarnation: string } | undefined {
    const parts = shape.exec(id);
    if (!parts) return undefined;
    const [, incarnation = '', random = '', sign = ''] = parts;
    const presented = Buffer.from(sign, 'base64url');
    let isGenuine = false;
    for (const key of this.#keys) {
      if (timingSafeEqual(signature(key, serverId, incarnation, random, caller), presented)) isGenuine = true;
    }
    return isGenuine ? { incarnation } : undefined;
  }
}

function signature(key: Uint8Array, serverId: string, incarnation: string, random: string, caller: string): Buffer {
  // JSON keeps the four apart whatever characters they hold.
  return createHmac('sha256', key)
    .update(JSON.stringify([serverId, incarnation, random, caller]))
    .digest();
}
