import type { JsonObject } from '../document/json.js';

/** Schemas of one thing: a value must fit all of them, or any of them. Not converted for clients yet. */
export type Combined =
  { kind: 'one'; schema: unknown; pointer: string } | { kind: 'all' | 'any'; of: readonly Combined[] };

/** What a schema says about the members of an object, its `allOf` merged and its variants laid over each other. */
export interface ObjectShape {
  properties: Map<string, Combined>;
  /** Some may be declared nowhere. */
  required: Set<string>;
  /** Members that are not declared; none are known of where it is undefined. */
  additional?: Combined;
  /** Values that choose a variant, by the property that holds them (`discriminator`). */
  choices: Map<string, string[]>;
  /** Whether it has properties of its own, or a discriminator, beside its variants. */
  hasBase: boolean;
  /** `additionalProperties: false`: without properties, nothing but `{}` fits. */
  isClosed: boolean;
}

export function emptyShape(): ObjectShape {
  return { properties: new Map(), required: new Set(), choices: new Map(), hasBase: false, isClosed: false };
}

export function combine(kind: 'all' | 'any', of: readonly Combined[]): Combined {
  const [only] = of;
  return of.length === 1 && only ? only : { kind, of };
}

/** As one list, however many come together. */
function combineAll(a: Combined, b: Combined): Combined {
  return { kind: 'all', of: [...(a.kind === 'all' ? a.of : [a]), ...(b.kind === 'all' ? b.of : [b])] };
}

/** An object must fit `part` too. */
export function mergePart(into: ObjectShape, part: ObjectShape): void {
  for (const [name, schema] of part.properties) {
    const known = into.properties.get(name);
    into.properties.set(name, known ? combineAll(known, schema) : schema);
  }
  for (const name of part.required) into.required.add(name);
  for (const [name, values] of part.choices) into.choices.set(name, values);
  if (part.additional)
    into.additional = into.additional ? combineAll(into.additional, part.additional) : part.additional;
  into.hasBase ||= part.hasBase;
  into.isClosed ||= part.isClosed;
}

/**
 * An object fits one of `variants` too, or none of them where they are optional: every property of every variant can be
 * given, only what all of them require is required. Which go together is the API's to check.
 */
export function mergeVariants(into: ObjectShape, variants: readonly ObjectShape[], areOptional: boolean): void {
  const declared = new Map<string, Combined[]>();
  for (const { properties, choices } of variants) {
    for (const [name, schema] of properties) {
      const known = declared.get(name);
      if (known) known.push(schema);
      else declared.set(name, [schema]);
    }
    for (const [name, values] of choices) into.choices.set(name, [...(into.choices.get(name) ?? []), ...values]);
  }
  for (const [name, schemas] of declared) {
    const known = into.properties.get(name);
    if (!known) into.properties.set(name, combine('any', schemas));
    else if (schemas.length === variants.length && !areOptional) {
      into.properties.set(name, combineAll(known, combine('any', schemas)));
    }
  }
  if (!areOptional) {
    const [first, ...rest] = variants;
    for (const name of first?.required ?? []) {
      if (rest.every(({ required }) => required.has(name))) into.required.add(name);
    }
  }
  const additional = variants.flatMap((variant) => (variant.additional ? [variant.additional] : []));
  if (!into.additional && additional.length > 0) into.additional = combine('any', additional);
}

/** Whether an object is the only thing, null aside, that a schema's `type` allows. */
export function isObjectType({ type }: JsonObject): boolean {
  if (type === undefined) return true;
  const types: unknown[] = Array.isArray(type) ? (type as unknown[]) : [type];
  return types.includes('object') && types.every((one) => one === 'object' || one === 'null');
}
