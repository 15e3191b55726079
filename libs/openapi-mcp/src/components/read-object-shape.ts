import {
  isObject,
  own,
  ownArray,
  ownObject,
  ownString,
  pointerTo,
  strings,
  type JsonObject,
} from '../document/json.js';
import type { References } from '../document/references.js';
import { discriminatorOf, type Variant } from './discriminator-variants.js';
import {
  combine,
  emptyShape,
  isObjectType,
  mergePart,
  mergeVariants,
  type Combined,
  type ObjectShape,
} from './object-shape.js';

/** Schemas and properties that are looked at for one body; what has more is one argument. */
const largestShape = 5000;
/** Schemas within schemas. */
const deepestShape = 100;

/** Keywords that add members to a schema that refers to another one. */
const besideReference = ['properties', 'required', 'allOf', 'oneOf', 'anyOf', 'additionalProperties'] as const;

export type ReadShape =
  | { kind: 'object'; shape: ObjectShape }
  /** Also, or only, something that is no object. */
  | { kind: 'other' }
  | { kind: 'too_large' };

/** The members of the objects that a schema allows (openapi-to-mcp.md, section 4, "Bodies"). */
export function readObjectShape(schema: unknown, pointer: string, references: References): ReadShape {
  const reader = new ShapeReader(references);
  const shape = reader.read(schema, pointer);
  if (reader.isExhausted) return { kind: 'too_large' };
  return shape ? { kind: 'object', shape } : { kind: 'other' };
}

class ShapeReader {
  #budget = largestShape;
  /** Schemas on the way down. */
  readonly #active = new Set<JsonObject>();
  /** Discriminators whose variants are being laid out: each of these repeats it through its `allOf`. */
  readonly #expanding = new Set<string>();

  constructor(private readonly references: References) {}

  get isExhausted(): boolean {
    return this.#budget <= 0;
  }

  /** @returns undefined where the schema allows something that is no object */
  read(node: unknown, pointer: string): ObjectShape | undefined {
    this.#budget -= this.#active.size > deepestShape ? largestShape : 1;
    if (this.isExhausted) return undefined;
    if (isObject(node) && typeof own(node, '$ref') === 'string' && besideReference.some((key) => key in node)) {
      return this.#readBesideReference(node, pointer);
    }
    const located = this.references.follow(node, pointer);
    if (!located) return { ...emptyShape(), additional: { kind: 'one', schema: true, pointer } };
    const schema = located.value;
    if (schema === true || schema === undefined) return emptyShape();
    if (!isObject(schema) || !isObjectType(schema)) return undefined;
    if (this.#active.has(schema)) return emptyShape();
    this.#active.add(schema);
    const shape = this.#readObject(schema, located.pointer);
    this.#active.delete(schema);
    return shape;
  }

  /** OpenAPI 3.1: a reference and what is said beside it, both. */
  #readBesideReference(node: JsonObject, pointer: string): ObjectShape | undefined {
    const { $ref, ...siblings } = node;
    const shape = this.read({ $ref }, pointer);
    const beside = shape && this.read(siblings, pointer);
    if (!beside) return undefined;
    mergePart(shape, beside);
    return shape;
  }

  #readObject(schema: JsonObject, pointer: string): ObjectShape | undefined {
    const shape = this.#ownMembers(schema, pointer);
    for (const [index, part] of ownArray(schema, 'allOf').entries()) {
      const read = this.read(part, pointerTo(pointer, 'allOf', index));
      if (!read) return undefined;
      mergePart(shape, read);
    }
    for (const keyword of ['oneOf', 'anyOf'] as const) {
      const variants = ownArray(schema, keyword).map((variant, index) => ({
        schema: variant,
        pointer: pointerTo(pointer, keyword, index),
        values: [],
      }));
      if (!this.#addVariants(shape, schema, variants)) return undefined;
    }
    this.#addConditional(shape, schema, pointer);
    this.#addDiscriminated(shape, schema, pointer);
    return shape;
  }

  #ownMembers(schema: JsonObject, pointer: string): ObjectShape {
    const shape = emptyShape();
    const properties = Object.entries(ownObject(schema, 'properties'));
    this.#budget -= properties.length;
    for (const [name, property] of properties) {
      shape.properties.set(name, { kind: 'one', schema: property, pointer: pointerTo(pointer, 'properties', name) });
    }
    shape.hasBase = properties.length > 0;
    shape.isClosed = own(schema, 'additionalProperties') === false;
    for (const name of strings(ownArray(schema, 'required'))) shape.required.add(name);
    const open = ['additionalProperties', 'unevaluatedProperties'].flatMap((keyword): Combined[] => {
      const additional = own(schema, keyword);
      const isOpen = additional === true || isObject(additional);
      return isOpen ? [{ kind: 'one', schema: additional, pointer: pointerTo(pointer, keyword) }] : [];
    });
    for (const [pattern, property] of Object.entries(ownObject(schema, 'patternProperties'))) {
      open.push({ kind: 'one', schema: property, pointer: pointerTo(pointer, 'patternProperties', pattern) });
    }
    if (open.length > 0) shape.additional = combine('any', open);
    return shape;
  }

  /** @returns false where one of them is no object although nothing says that all are */
  #addVariants(shape: ObjectShape, schema: JsonObject, variants: readonly Variant[]): boolean {
    const possible = variants.filter(({ schema: variant }) => variant !== false && !isNull(variant));
    const read = possible.map((variant) => this.read(variant.schema, variant.pointer));
    const objects = read.filter((one) => one !== undefined);
    if (objects.length < read.length && own(schema, 'type') !== 'object') return false;
    const [first] = objects;
    if (!first) return true;
    if (objects.length === 1) mergePart(shape, first);
    else mergeVariants(shape, objects, false);
    return true;
  }

  /** Keywords that let properties be there under a condition, which is the API's to check. */
  #addConditional(shape: ObjectShape, schema: JsonObject, pointer: string): void {
    const dependent = Object.entries(ownObject(schema, 'dependentSchemas')).map(([name, node]) => ({
      node,
      at: pointerTo(pointer, 'dependentSchemas', name),
    }));
    const branches = (['if', 'then', 'else'] as const).map((key) => ({
      node: own(schema, key),
      at: pointerTo(pointer, key),
    }));
    const shapes = [...branches, ...dependent]
      .filter(({ node }) => isObject(node))
      .flatMap(({ node, at }) => this.read(node, at) ?? []);
    if (shapes.length > 0) mergeVariants(shape, shapes, true);
  }

  #addDiscriminated(shape: ObjectShape, schema: JsonObject, pointer: string): void {
    const discriminator = discriminatorOf(schema, pointer, this.references);
    if (!discriminator) return;
    const { property, mapped, extending, targets } = discriminator;
    const valuesOf = (variants: readonly Variant[]) => variants.flatMap(({ values }) => values);
    const listed = [...ownArray(schema, 'oneOf'), ...ownArray(schema, 'anyOf')];
    if (listed.length > 0) {
      shape.hasBase = true;
      choose(shape, property, mapped.length > 0 ? valuesOf(mapped) : listed.flatMap(nameOfReference));
      return;
    }
    const variants = mapped.length > 0 ? mapped : extending;
    if (variants.length === 0 || this.#expanding.has(property)) return;
    // One of them names this schema in its own `allOf`: it says itself which one it is.
    if ([...this.#active].some((outer) => outer !== schema && targets.has(outer))) return;
    this.#expanding.add(property);
    const shapes = variants.flatMap((variant) => this.read(variant.schema, variant.pointer) ?? []);
    this.#expanding.delete(property);
    // Without a mapping nothing says that the schema itself can't be sent.
    mergeVariants(shape, shapes, mapped.length === 0);
    shape.hasBase = true;
    choose(shape, property, valuesOf(variants));
  }
}

function choose(shape: ObjectShape, property: string, values: readonly string[]): void {
  if (values.length > 0) shape.choices.set(property, [...new Set(values)]);
}

function isNull(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  return own(schema, 'type') === 'null' || ('const' in schema && own(schema, 'const') === null);
}

function nameOfReference(schema: unknown): string[] {
  const reference = isObject(schema) ? ownString(schema, '$ref') : undefined;
  const name = reference?.slice(reference.lastIndexOf('/') + 1);
  return name === undefined || name === '' ? [] : [name];
}
