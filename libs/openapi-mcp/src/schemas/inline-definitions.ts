import type { JsonObject } from '../document/json.js';
import type { Definition } from './definitions.js';
import { withAnnotations } from './schema-composition.js';
import { mapSubSchemas } from './sub-schemas.js';

interface Pending {
  /** The copy in which the reference is replaced. */
  target: JsonObject;
  /** Names of the definitions around it. */
  within: readonly string[];
}

/**
 * A schema with every reference replaced by what it leads to, the outer ones first, until the limit is reached. The
 * rest, and a definition within itself, is open: its type and description only. The result has no `$ref` at all.
 *
 * @param definitionOf by name
 * @param left characters of JSON that may be added, about
 */
export function inlineDefinitions(
  schema: JsonObject,
  definitionOf: (name: string) => Definition | undefined,
  left: number,
  open: (schema: JsonObject) => JsonObject,
  onCut: (pointer: string) => void,
): JsonObject {
  let remaining = left;
  const pending: Pending[] = [];
  /** Copies, and notes where references are. */
  const copy = (source: JsonObject, within: readonly string[]): JsonObject => {
    const target = mapSubSchemas(source, (sub) => copy(sub, within));
    if (typeof target.$ref === 'string') pending.push({ target, within });
    return target;
  };
  const result = copy(schema, []);
  for (let next = 0; next < pending.length; next += 1) {
    const { target, within } = pending[next] as Pending;
    const { $ref, ...beside } = target;
    delete target.$ref;
    const name = typeof $ref === 'string' ? $ref.slice('#/$defs/'.length) : '';
    const definition = definitionOf(name);
    if (!definition) continue;
    const fits = definition.length <= remaining && !within.includes(name);
    if (fits) remaining -= definition.length;
    else onCut(definition.pointer);
    const replacement = fits ? copy(definition.schema, [...within, name]) : open(definition.schema);
    merge(target, replacement, beside, pending);
  }
  return result;
}

/** Puts the replacement in the place of the reference; one that begins with a reference itself is looked at again. */
function merge(target: JsonObject, replacement: JsonObject, beside: JsonObject, pending: Pending[]): void {
  const merged = withAnnotations(replacement, beside);
  for (const key of Object.keys(target)) if (!Object.hasOwn(merged, key)) Reflect.deleteProperty(target, key);
  Object.assign(target, merged);
  if (!Object.hasOwn(merged, '$ref')) return;
  // It was noted last, after all within it.
  const last = pending.at(-1);
  if (last?.target === replacement) last.target = target;
}
