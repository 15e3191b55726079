import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Clock, Ids, JsonObject } from '@mcp-hub/application';

export interface StateSealOptions {
  /** 32 bytes each; the first seals, all of them open. */
  keys: readonly Uint8Array[];
  clock: Clock;
  /** For nonces: each must be unique over all that share the keys. */
  ids: Ids;
  /** How long a sealed state may be used; default 10 minutes. */
  ttlMs?: number;
}

/** What a sealed state is bound to: it opens for the same caller, server, method and arguments only. */
export interface StateBinding {
  caller: string;
  serverId: string;
  method: string;
  /** Of the request. `_meta`, `inputResponses` and `requestState` do not count: they differ between the legs. */
  params: JsonObject;
}

export interface OpenedState {
  /** As the backend gave it. */
  state: string;
  /** The worker that sealed it, and holds what it names. */
  incarnation: string;
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals `requestState` on its way through a client (AES-256-GCM): the client can neither read nor alter it, nor use it
 * for another call, nor hand it to another caller, nor use it after it expired.
 */
export class StateSeal {
  readonly #keys: readonly Uint8Array[];
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #ttlMs: number;

  /** @throws RangeError without keys or where one is not 32 bytes long */
  constructor({ keys, clock, ids, ttlMs = 600_000 }: StateSealOptions) {
    if (keys.length === 0 || keys.some((key) => key.byteLength !== 32)) {
      throw new RangeError('Sealing takes at least one key, of 32 bytes each.');
    }
    this.#keys = keys;
    this.#clock = clock;
    this.#ids = ids;
    this.#ttlMs = ttlMs;
  }

  seal({ state, incarnation }: OpenedState, binding: StateBinding): string {
    const [key] = this.#keys as readonly [Uint8Array];
    const nonce = createHash('sha256').update(this.#ids.next()).digest().subarray(0, nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(binding));
    const body = JSON.stringify([state, incarnation, this.#clock.now() + this.#ttlMs]);
    const sealed = Buffer.concat([nonce, cipher.update(body, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}.${sealed.toString('base64url')}`;
  }

  /** @returns undefined for what was tampered with, has expired, or was sealed for another caller or call. */
  open(sealed: string, binding: StateBinding): OpenedState | undefined {
    if (!sealed.startsWith(`${version}.`)) return undefined;
    const bytes = Buffer.from(sealed.slice(version.length + 1), 'base64url');
    if (bytes.byteLength <= nonceBytes + tagBytes) return undefined;
    const aad = boundTo(binding);
    for (const key of this.#keys) {
      const body = decrypt(key, bytes, aad);
      if (body === undefined) continue;
      const [state, incarnation, expiresAt] = JSON.parse(body) as [string, string, number];
      return this.#clock.now() < expiresAt ? { state, incarnation } : undefined;
    }
    return undefined;
  }
}

function decrypt(key: Uint8Array, sealed: Buffer, aad: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
    .setAAD(aad)
    .setAuthTag(sealed.subarray(sealed.byteLength - tagBytes));
  const body = decipher.update(sealed.subarray(nonceBytes, sealed.byteLength - tagBytes));
  try {
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    // The only way by which Node says that the tag does not fit.
    return undefined;
  }
}

const legFields: ReadonlySet<string> = new Set(['_meta', 'inputResponses', 'requestState']);

function boundTo({ caller, serverId, method, params }: StateBinding): Buffer {
  const args = Object.fromEntries(Object.entries(params).filter(([name]) => !legFields.has(name)));
  return createHash('sha256')
    .update(JSON.stringify([caller, serverId, method, sorted(args)]))
    .digest();
}

/** The same JSON whatever the order of its keys, which a client need not keep. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => [key, sorted(item)]);
}
