import { mapSecretLiterals, secretMask, SecretUnreadable, type Issue, type ServerEntry } from '@mcp-hub/domain';
import { isSealed, type SecretBox } from './secret-box.js';

/**
 * Seals the secret text of an accepted entry: literals, defaults of references, and literal text beside a reference
 * unless it is an authentication scheme or a separator (`Bearer ${TOKEN}` stays as it is). Text that merely looks
 * sealed is sealed like any other. `***` is left for `mergeMasked`.
 *
 * Call it once on what a user wrote, never on a stored entry.
 */
export function sealEntry(entry: ServerEntry, box: SecretBox): ServerEntry {
  return mapSecretLiterals(entry, (literal) => (literal === secretMask ? literal : box.seal(literal)));
}

/**
 * Opens what `sealEntry` sealed. References are left: resolve them afterwards.
 *
 * @param box undefined where no `secrets.key` is configured; an entry without sealed text needs none
 * @throws SecretUnreadable
 */
export function openEntry(entry: ServerEntry, box: SecretBox | undefined): ServerEntry {
  return mapSecretLiterals(entry, (literal) => {
    if (!isSealed(literal)) return literal;
    if (!box) throw new SecretUnreadable('unknown_key');
    return box.open(literal);
  });
}

/** What to answer (422) when an entry with literal secrets is written and no `secrets.key` is configured. */
export function missingKeyIssues(entry: ServerEntry): Issue[] {
  const paths = new Set<string>();
  mapSecretLiterals(entry, (literal, path) => {
    if (literal !== secretMask) paths.add(path);
    return literal;
  });
  return [...paths].map((path) => ({
    path,
    message:
      'holds a secret, and the hub has no key to encrypt it with. Set secrets.key (MCP_REGISTRY_SECRETS_KEY) to 32 bytes in base64, for example from: openssl rand -base64 32. Or give a reference to a variable, ${NAME}, instead of the secret.',
    code: 'secret_key_missing',
  }));
}
