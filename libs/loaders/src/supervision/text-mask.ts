import { mapSecrets, secretMask, type ServerEntry } from '@mcp-hub/domain';

export type TextMask = (text: string) => string;

/** Shorter ones would make holes in every text and are no secrets. */
const minSecretLength = 3;

/**
 * Makes text of a child fit for people: the entry's secrets become `***`, as they are and as JSON and URLs write them,
 * and folders of this machine get the names that `places` gives them.
 */
export function textMask(secrets: readonly string[], places: Readonly<Record<string, string>> = {}): TextMask {
  const replacements = new Map<string, string>();
  for (const secret of secrets) {
    // Children print line by line.
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      const plain = part.trim();
      if (plain.length < minSecretLength) continue;
      for (const form of [plain, JSON.stringify(plain).slice(1, -1), encodeURIComponent(plain)]) {
        replacements.set(form, secretMask);
      }
    }
  }
  for (const [place, name] of Object.entries(places)) replacements.set(place, name);
  // A secret that begins like another one must not leave its end behind.
  const ordered = [...replacements].sort(([one], [other]) => other.length - one.length);
  return (text) => ordered.reduce((masked, [from, to]) => masked.replaceAll(from, () => to), text);
}

/** The values of an entry's secret fields, each once; the entry has its references resolved and its secrets opened. */
export function secretsOf(entry: ServerEntry): string[] {
  const secrets = new Set<string>();
  mapSecrets(entry, (value) => {
    secrets.add(value);
    return value;
  });
  return [...secrets];
}
