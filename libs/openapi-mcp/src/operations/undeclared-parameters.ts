import type { Diagnostics } from '../document/diagnostics.js';
import type { Parameter } from './operation.js';
import type { Placeholder } from './path-template.js';

/**
 * Completes the path parameters: one whose name differs in case only takes the placeholder's; a placeholder that is
 * still without one becomes a required string.
 */
export function undeclaredParameters(
  placeholders: ReadonlyMap<string, Placeholder>,
  found: Map<string, Parameter>,
  pointer: string,
  diagnostics: Diagnostics,
): void {
  const stray = strayParameters(placeholders, found);
  for (const { name, isMultiSegment } of placeholders.values()) {
    const declared = found.get(`path ${name}`) ?? stray.get(name.toLowerCase());
    stray.delete(name.toLowerCase());
    if (!declared) {
      const message = `{${name}} is not declared; it is taken as a required string.`;
      diagnostics.add('info', pointer, 'placeholder_undeclared', message);
      found.set(`path ${name}`, { ...plainString(name, pointer), place: 'path', isMultiSegment });
      continue;
    }
    if (declared.name !== name) {
      const message = `"${declared.name}" is taken as the placeholder {${name}}.`;
      diagnostics.add('info', declared.pointer, 'parameter_repaired', message);
      found.delete(`path ${declared.name}`);
      declared.name = name;
      found.set(`path ${name}`, declared);
    }
    declared.isMultiSegment ||= isMultiSegment;
  }
}

/**
 * Completes the query parameters that a path's template spells (`?on_the_wire={placeholder}`): a parameter that is
 * declared by either name is that one, wherever it says that it goes.
 */
export function reconcileQueries(
  queries: ReadonlyMap<string, string>,
  found: Map<string, Parameter>,
  pointer: string,
  diagnostics: Diagnostics,
): void {
  for (const [name, placeholder] of queries) {
    const known = `query ${name}`;
    if (found.has(known)) continue;
    const declaredAs = [`query ${placeholder}`, `path ${placeholder}`, `path ${name}`].find((key) => found.has(key));
    const declared = declaredAs === undefined ? undefined : found.get(declaredAs);
    const message = `The path's query makes "${name}" a query parameter.`;
    diagnostics.add('info', declared?.pointer ?? pointer, 'parameter_repaired', message);
    if (declaredAs !== undefined) found.delete(declaredAs);
    const style = declared?.place === 'query' ? {} : { style: 'form' as const, isExploded: true };
    found.set(known, { ...(declared ?? plainString(name, pointer)), name, place: 'query', ...style });
  }
}

/** The path parameters without a placeholder, by their name in lower case; none where two differ in case only. */
function strayParameters(
  placeholders: ReadonlyMap<string, Placeholder>,
  found: ReadonlyMap<string, Parameter>,
): Map<string, Parameter> {
  const stray = new Map<string, Parameter>();
  const ambiguous = new Set<string>();
  for (const parameter of found.values()) {
    if (parameter.place !== 'path' || placeholders.has(parameter.name)) continue;
    const name = parameter.name.toLowerCase();
    if (stray.has(name)) ambiguous.add(name);
    stray.set(name, parameter);
  }
  for (const name of ambiguous) stray.delete(name);
  return stray;
}

function plainString(name: string, pointer: string): Omit<Parameter, 'place'> {
  return {
    pointer,
    name,
    isRequired: true,
    style: 'simple',
    isExploded: false,
    allowsReserved: false,
    isMultiSegment: false,
    schema: { type: 'string' },
    schemaPointer: pointer,
  };
}
