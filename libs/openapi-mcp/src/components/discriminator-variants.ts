import { isObject, own, ownArray, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';

/** A schema that a discriminator tells from others. */
export interface Variant {
  schema: unknown;
  pointer: string;
  /** The values of the discriminator that mean this one. */
  values: string[];
}

export interface DiscriminatorVariants {
  property: string;
  /** Of its mapping; empty where it has none. */
  mapped: readonly Variant[];
  /** Without a mapping: what extends the schema of the discriminator by `allOf`. */
  extending: readonly Variant[];
  /** The schemas of all of these. */
  targets: ReadonlySet<unknown>;
}

/** What is known of one document: its discriminators, and what extends what. */
interface Known {
  discriminators: WeakMap<JsonObject, DiscriminatorVariants>;
  byParent?: Map<string, Variant[]>;
}

const documents = new WeakMap<References, Known>();

/**
 * The discriminator of a schema with what it tells apart.
 *
 * @returns undefined where the schema has none
 */
export function discriminatorOf(
  schema: JsonObject,
  pointer: string,
  references: References,
): DiscriminatorVariants | undefined {
  const declared = own(schema, 'discriminator');
  // Swagger 2.0 has the name only.
  const property = isObject(declared) ? ownString(declared, 'propertyName') : declared;
  if (typeof property !== 'string') return undefined;
  let known = documents.get(references);
  if (!known) documents.set(references, (known = { discriminators: new WeakMap() }));
  const before = known.discriminators.get(schema);
  if (before) return before;
  const mapped = isObject(declared) ? mappedBy(declared, pointerTo(pointer, 'discriminator')) : [];
  const extending = mapped.length > 0 ? [] : extendingOf(pointer, references, known);
  const targets = new Set([...mapped, ...extending].map((one) => references.follow(one.schema, one.pointer)?.value));
  const found = { property, mapped, extending, targets };
  known.discriminators.set(schema, found);
  return found;
}

/** The schemas of a mapping, each once. */
function mappedBy(discriminator: JsonObject, pointer: string): Variant[] {
  const byReference = new Map<string, Variant>();
  for (const [value, target] of Object.entries(ownObject(discriminator, 'mapping'))) {
    if (typeof target !== 'string') continue;
    const reference = /[#/]/.test(target) ? target : `#/components/schemas/${encodeURIComponent(target)}`;
    const known = byReference.get(reference);
    if (known) known.values.push(value);
    else {
      const at = pointerTo(pointer, 'mapping', value);
      byReference.set(reference, { schema: { $ref: reference }, pointer: at, values: [value] });
    }
  }
  return [...byReference.values()];
}

/** The schemas of `components` that extend the one at this pointer, or one that does. */
function extendingOf(pointer: string, references: References, known: Known): Variant[] {
  if (!pointer.startsWith('/components/schemas/')) return [];
  known.byParent ??= readExtensions(references);
  const found = new Map<string, Variant>();
  const parents = [pointer];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const variant of known.byParent.get(`#${parent}`) ?? []) {
      if (found.has(variant.pointer)) continue;
      found.set(variant.pointer, variant);
      parents.push(variant.pointer);
    }
  }
  return [...found.values()];
}

/** By the reference that they extend; named by their schema, or by Azure's `x-ms-discriminator-value`. */
function readExtensions(references: References): Map<string, Variant[]> {
  const byParent = new Map<string, Variant[]>();
  const schemas = references.follow({ $ref: '#/components/schemas' }, '')?.value;
  for (const [name, schema] of Object.entries(isObject(schemas) ? schemas : {})) {
    if (!isObject(schema)) continue;
    const value = ownString(schema, 'x-ms-discriminator-value') ?? name;
    for (const part of ownArray(schema, 'allOf')) {
      const parent = isObject(part) ? own(part, '$ref') : undefined;
      if (typeof parent !== 'string') continue;
      const variant = { schema, pointer: pointerTo('', 'components', 'schemas', name), values: [value] };
      const siblings = byParent.get(parent);
      if (siblings) siblings.push(variant);
      else byParent.set(parent, [variant]);
    }
  }
  return byParent;
}
