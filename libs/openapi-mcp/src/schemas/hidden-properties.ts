import { isObject, own, ownArray, ownObject, pointerTo, strings, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';

/** Which way a schema's values go: read-only properties are no inputs, write-only ones no outputs. */
export type Direction = 'input' | 'output';

const compositions = ['allOf', 'anyOf', 'oneOf'] as const;
/** Schemas composed of schemas of schemas…: deeper ones are not searched. */
const deepest = 16;

interface Names {
  hidden: Set<string>;
  /** Hidden in a variant (`anyOf`, `oneOf`): others may show them, but none can be demanded of all. */
  hiddenInVariant: Set<string>;
  /** Declared or required, hidden or not. */
  mentioned: Set<string>;
}

/** Tells the properties that a direction does not have (openapi-to-mcp.md, section 6), wherever that is declared. */
export class HiddenProperties {
  readonly #marker: 'readOnly' | 'writeOnly';
  readonly #marked = new WeakMap<object, boolean>();
  readonly #names = new WeakMap<object, Names>();

  constructor(
    private readonly references: References,
    direction: Direction,
  ) {
    this.#marker = direction === 'input' ? 'readOnly' : 'writeOnly';
  }

  /** @param schema of a property: itself, what it refers to, and the parts of an `allOf` may say so */
  isHidden(schema: unknown, pointer: string, depth = 0): boolean {
    if (schema === false) return true;
    if (!isObject(schema)) return false;
    const known = this.#marked.get(schema);
    if (known !== undefined) return known;
    // Until it is known, so that a circle comes to an end.
    this.#marked.set(schema, false);
    const isHidden = this.#isMarked(schema, pointer, depth);
    this.#marked.set(schema, isHidden);
    return isHidden;
  }

  #isMarked(schema: JsonObject, pointer: string, depth: number): boolean {
    if (own(schema, this.#marker) === true) return true;
    if (depth > deepest) return false;
    if (typeof own(schema, '$ref') === 'string') {
      const target = this.references.follow(schema, pointer);
      return target !== undefined && isObject(target.value) && this.isHidden(target.value, target.pointer, depth + 1);
    }
    return ownArray(schema, 'allOf').some(
      (part, index) => part !== false && this.isHidden(part, pointerTo(pointer, 'allOf', index), depth + 1),
    );
  }

  /** Names of the hidden properties of an object's schema, the parts of its `allOf` included. */
  namesIn(schema: JsonObject, pointer: string): ReadonlySet<string> {
    return this.#read(schema, pointer, 0).hidden;
  }

  /** Names that a variant of the schema hides. */
  namesInVariants(schema: JsonObject, pointer: string): ReadonlySet<string> {
    return this.#read(schema, pointer, 0).hiddenInVariant;
  }

  /**
   * Whether a part of a composition would show one of the names that another part of it hides: as a property that is
   * not hidden there, or as a required one.
   */
  shows(part: JsonObject, pointer: string, names: ReadonlySet<string>): boolean {
    const { hidden, mentioned } = this.#read(part, pointer, 0);
    return [...names].some((name) => mentioned.has(name) && !hidden.has(name));
  }

  #read(schema: JsonObject, pointer: string, depth: number): Names {
    const known = this.#names.get(schema);
    if (known) return known;
    const names: Names = { hidden: new Set(), hiddenInVariant: new Set(), mentioned: new Set() };
    this.#names.set(schema, names);
    for (const [name, property] of Object.entries(ownObject(schema, 'properties'))) {
      names.mentioned.add(name);
      if (this.isHidden(property, pointerTo(pointer, 'properties', name))) names.hidden.add(name);
    }
    for (const name of strings(ownArray(schema, 'required'))) names.mentioned.add(name);
    if (depth > deepest) return names;
    for (const key of compositions) {
      for (const [index, part] of ownArray(schema, key).entries()) {
        const target = this.references.follow(part, pointerTo(pointer, key, index));
        if (!target || !isObject(target.value)) continue;
        const inner = this.#read(target.value, target.pointer, depth + 1);
        const into = key === 'allOf' ? names.hidden : names.hiddenInVariant;
        for (const name of inner.hidden) into.add(name);
        for (const name of inner.hiddenInVariant) names.hiddenInVariant.add(name);
        for (const name of inner.mentioned) names.mentioned.add(name);
      }
    }
    return names;
  }
}
