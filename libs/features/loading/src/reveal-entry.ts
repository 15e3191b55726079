import { resolveReferences, variableFilter, type ServerEntry } from '@mcp-hub/domain';
import { openEntry, type SecretBox } from '@mcp-hub/application';

export interface VariableSource {
  /** What references resolve from. */
  variables: Readonly<Record<string, string>>;
  /** Globs of the names that entries may refer to. */
  allowEnv: readonly string[];
  /** The hub's own settings: never given to an entry. */
  hubVariables: readonly string[];
}

/**
 * Makes an entry's secrets plain, in the worker and nowhere else (design.md, "Secrets and keys").
 * @throws LoadFailed naming a variable that is missing or refused; SecretUnreadable
 */
export function entryRevealer(
  box: SecretBox | undefined,
  { variables, allowEnv, hubVariables }: VariableSource,
): (entry: ServerEntry) => ServerEntry {
  const isAllowed = variableFilter(allowEnv);
  const isOwn = variableFilter(hubVariables);
  return (entry) => {
    const resolved = resolveReferences(
      openEntry(entry, box),
      (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
      (name) => isAllowed(name) && !isOwn(name),
    );
    if (!resolved.ok) throw resolved.failure;
    return resolved.entry;
  };
}
