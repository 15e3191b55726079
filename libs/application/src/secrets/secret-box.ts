import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { InvalidKey, SecretUnreadable } from '@mcp-hub/domain';

const PREFIX = 'sealed:v1:';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface SealingKey {
  id: string;
  key: Buffer;
}

/**
 * Encrypts literal secrets for storage and travel (design.md, "Secrets and keys"): AES-256-GCM under `secrets.key`.
 * The first key seals, every key opens. The sealed form is text, `sealed:v1:<key id>:<base64url>`, of characters that
 * can stand inside a `${NAME:-…}` reference.
 */
export class SecretBox {
  private readonly sealing: SealingKey;
  private readonly byId: ReadonlyMap<string, Buffer>;

  /** @param keys 32 bytes each, as from `parseKeys`; at least one. @throws InvalidKey */
  constructor(keys: readonly Buffer[]) {
    const known = keys.map((key) => ({ id: keyId(key), key }));
    const [first] = known;
    if (!first) throw new InvalidKey('secrets.key names no key.');
    this.sealing = first;
    this.byId = new Map(known.map(({ id, key }) => [id, key]));
  }

  /** Seals any text, one that looks sealed too. Two calls never give the same result. */
  seal(plain: string): string {
    const header = `${PREFIX}${this.sealing.id}:`;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealing.key, nonce);
    cipher.setAAD(Buffer.from(header));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return header + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** @throws SecretUnreadable where the key is unknown or the text was altered */
  open(sealed: string): string {
    const [, id = '', payload = ''] = /^sealed:v1:([0-9a-f]+):([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
    if (payload === '') throw new SecretUnreadable('damaged');
    const key = this.byId.get(id);
    if (!key) throw new SecretUnreadable('unknown_key');
    const bytes = Buffer.from(payload, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new SecretUnreadable('damaged');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(`${PREFIX}${id}:`));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SecretUnreadable('damaged', { cause });
    }
  }
}

function keyId(key: Buffer): string {
  return createHash('sha256').update('mcp-hub secrets.key').update(key).digest('hex').slice(0, 8);
}

/** Whether a text has the form that `SecretBox.seal` gives. */
export function isSealed(text: string): boolean {
  return text.startsWith(PREFIX);
}
