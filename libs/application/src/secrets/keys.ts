import { InvalidKey } from '@mcp-hub/domain';

const KEY_BYTES = 32;

/**
 * Reads `secrets.key` or `cluster.secret` (hub-api.md, section 3): 32 bytes in base64, base64url or hex; a comma list
 * rotates, its first key is used and all are accepted.
 *
 * @param setting the setting's name, for the message
 * @throws InvalidKey which says what is wrong with which key, never the key
 */
export function parseKeys(text: string, setting = 'secrets.key'): Buffer[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.map((part, index) => parseKey(part, parts.length === 1 ? setting : `${setting}, key ${index + 1},`));
}

function parseKey(text: string, name: string): Buffer {
  if (text === '') throw new InvalidKey(`${name} is empty.`);
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw new InvalidKey(`${name} is neither base64 nor hex.`);
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) throw new InvalidKey(`${name} has ${key.length} bytes.`);
  return key;
}
