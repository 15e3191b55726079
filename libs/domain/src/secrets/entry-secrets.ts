import type { Issue } from '../hub-error.js';
import type { ServerEntry } from '../server-entry.js';
import { mapEntryValues } from './entry-values.js';
import { isPlainBesideReference, partsOf, textOf, type TextPart } from './reference-text.js';

/** What stands in an answer for a secret. */
export const secretMask = '***';

/**
 * Copies an entry with each secret field's value changed by `map` (hub-api.md, section 1: all values in `auth_config`,
 * all header values, inputs with `is_secret`).
 */
export function mapSecrets(entry: ServerEntry, map: (value: string, path: string) => string): ServerEntry {
  return mapEntryValues(entry, (value, place) => (place.isSecret ? map(value, place.path) : value));
}

/**
 * As `mapSecrets`, for the secret text within each value: a literal as a whole, the default of a reference, and literal
 * text beside references unless it is an authentication scheme or separators. So `${NAME}`, `Bearer ${NAME}` and empty
 * values have none, `${NAME:-abc}` has `abc`.
 */
export function mapSecretLiterals(entry: ServerEntry, map: (literal: string, path: string) => string): ServerEntry {
  return mapSecrets(entry, (value, path) => mapLiterals(value, (literal) => map(literal, path)));
}

/** The entry as answers, logs and exports show it: secret text as `***`, references by name. */
export function maskEntry(entry: ServerEntry): ServerEntry {
  return mapSecretLiterals(entry, () => secretMask);
}

/**
 * Puts the stored secrets back where a changed entry holds what `maskEntry` showed of them. A secret is found by the
 * names around it (header, variable, package, remote), else by its place.
 *
 * Where the stored secrets are sealed, seal the changed entry first (`sealEntry` leaves masks alone). What is masked
 * and matches nothing stays, for `maskedSecretIssues` to refuse.
 */
export function mergeMasked(changed: ServerEntry, stored: ServerEntry): ServerEntry {
  const places = secretPlaces(stored);
  const byExact = new Map<string, SecretPlace | 'ambiguous'>();
  for (const place of places) byExact.set(place.exact, byExact.has(place.exact) ? 'ambiguous' : place);
  const byTolerant = new Map(places.map((place) => [place.tolerant, place]));
  const wanted = new Set(secretPlaces(changed).map((place) => place.exact));
  const find = (exact: string, tolerant: string): SecretPlace | undefined => {
    const named = byExact.get(exact);
    if (named && named !== 'ambiguous') return named;
    const there = byTolerant.get(tolerant);
    // What stood here and was moved must not be taken: a secret would wander to another server.
    return there && (there.exact === exact || !wanted.has(there.exact)) ? there : undefined;
  };
  return mapEntryValues(changed, (value, { identities, isSecret }) => {
    if (!isSecret || !isMasked(value)) return value;
    const found = find(...identities)?.value;
    return found !== undefined && (value === secretMask || value === maskValue(found)) ? found : value;
  });
}

interface SecretPlace {
  value: string;
  exact: string;
  tolerant: string;
}

function secretPlaces(entry: ServerEntry): SecretPlace[] {
  const places: SecretPlace[] = [];
  mapEntryValues(entry, (value, { identities: [exact, tolerant], isSecret }) => {
    if (isSecret) places.push({ value, exact, tolerant });
    return value;
  });
  return places;
}

/** `***` where a secret itself is needed: one issue (422) for each place. */
export function maskedSecretIssues(entry: ServerEntry): Issue[] {
  const issues: Issue[] = [];
  mapEntryValues(entry, (value, { path, isSecret }) => {
    if (isSecret ? isMasked(value) : value === secretMask) {
      issues.push({
        path,
        message:
          'holds *** in place of a secret that is not stored here; give the secret itself or a reference such as ${NAME}',
        code: 'masked_secret',
      });
    }
    return value;
  });
  return issues;
}

function maskValue(value: string): string {
  return mapLiterals(value, () => secretMask);
}

function isMasked(value: string): boolean {
  return partsOf(value).some((part) => (part.kind === 'literal' ? part.text : part.fallback) === secretMask);
}

function mapLiterals(value: string, map: (literal: string) => string): string {
  const parts = partsOf(value);
  const hasReference = parts.some((part) => part.kind === 'reference');
  const change = (part: TextPart): TextPart => {
    if (part.kind === 'reference') return part.fallback ? { ...part, fallback: map(part.fallback) } : part;
    return hasReference && isPlainBesideReference(part.text) ? part : { ...part, text: map(part.text) };
  };
  return textOf(parts.map(change));
}
