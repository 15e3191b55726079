import { LoadFailed } from '../load.errors.js';
import type { ServerEntry } from '../server-entry.js';
import { mapEntryValues } from './entry-values.js';
import { partsOf } from './reference-text.js';

export type ResolvedEntry = { ok: true; entry: ServerEntry } | { ok: false; failure: LoadFailed };

/** The names of all variables that an entry refers to, each once, in the order of the entry. */
export function referencesIn(entry: ServerEntry): string[] {
  const names = new Set<string>();
  mapEntryValues(entry, (value) => {
    for (const part of partsOf(value)) if (part.kind === 'reference') names.add(part.name);
    return value;
  });
  return [...names];
}

/**
 * Replaces references by values, in `auth_config`, headers, environment, `server_variables` and `remotes` and nowhere
 * else. As in a shell, a default stands for a variable that is not set or empty. A name that is not allowed is refused
 * with a default too. Resolved text is not looked at again.
 *
 * @returns the failure names every variable concerned (`variable_refused` goes before `variable_missing`)
 */
export function resolveReferences(
  entry: ServerEntry,
  lookup: (name: string) => string | undefined,
  allow: (name: string) => boolean,
): ResolvedEntry {
  const refused = new Set<string>();
  const missing = new Set<string>();
  const valueOf = (name: string, fallback: string | undefined): string => {
    if (!allow(name)) {
      refused.add(name);
      return '';
    }
    const value = lookup(name);
    if (value === undefined && fallback === undefined) missing.add(name);
    return fallback === undefined ? (value ?? '') : value || fallback;
  };
  const resolved = mapEntryValues(entry, (value) =>
    partsOf(value)
      .map((part) => (part.kind === 'literal' ? part.text : valueOf(part.name, part.fallback)))
      .join(''),
  );
  if (refused.size > 0) return { ok: false, failure: refusedVariables([...refused]) };
  if (missing.size > 0) return { ok: false, failure: missingVariables([...missing]) };
  return { ok: true, entry: resolved };
}

function refusedVariables(names: readonly string[]): LoadFailed {
  const list = names.join(', ');
  return new LoadFailed(
    'variable_refused',
    names.length === 1
      ? `The variable ${list} is not allowed in entries.`
      : `The variables ${list} are not allowed in entries.`,
    `Add ${names.length === 1 ? 'it' : 'them'} to secrets.allow_env, if publishers may send the value to servers of their choice. The hub's own settings are never allowed.`,
  );
}

function missingVariables(names: readonly string[]): LoadFailed {
  const list = names.join(', ');
  return new LoadFailed(
    'variable_missing',
    names.length === 1 ? `The variable ${list} is not set.` : `The variables ${list} are not set.`,
    `Set ${list} in the environment of the loader worker, or give a default: \${${names[0] ?? 'NAME'}:-value}.`,
  );
}
