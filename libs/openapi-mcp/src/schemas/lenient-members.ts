import { isObject, own, ownArray, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import type { CompositionGraph } from './composition-graph.js';
import type { HiddenProperties } from './hidden-properties.js';
import { readTypes } from './schema-types.js';

/** Of one object: an API that declares more is described in part. */
const mostProperties = 300;
/** Schemas that are merged into one. */
const mostParts = 64;

export interface Place {
  schema: unknown;
  pointer: string;
}

/** What a schema says over all the parts of its `allOf`. */
export interface Members {
  description: string | undefined;
  /** Without null. */
  types: Set<string>;
  format: string | undefined;
  /** Those that are text, numbers or booleans. */
  values: unknown[];
  properties: Map<string, Place>;
  additional: Place | undefined;
  items: Place | undefined;
  /** Without null. */
  variants: Place[];
}

/** Reads schemas for `LenientConverter`. */
export class MemberReader {
  constructor(
    private readonly references: References,
    private readonly hidden: HiddenProperties,
    private readonly graph: CompositionGraph,
  ) {}

  read(node: JsonObject, pointer: string): Members {
    const members: Members = {
      description: undefined,
      types: new Set(),
      format: undefined,
      values: [],
      properties: new Map(),
      additional: undefined,
      items: undefined,
      variants: [],
    };
    this.#gather(node, pointer, members, new Set(), node);
    return members;
  }

  #gather(node: unknown, pointer: string, into: Members, visited: Set<unknown>, whole: JsonObject): void {
    const located = this.references.follow(node, pointer);
    if (!located || !isObject(located.value) || visited.has(located.value) || visited.size > mostParts) return;
    const schema = located.value;
    visited.add(schema);
    const at = (key: string, ...rest: (string | number)[]) => pointerTo(located.pointer, key, ...rest);
    this.#words(schema, into);
    for (const [name, property] of Object.entries(ownObject(schema, 'properties'))) {
      if (into.properties.size >= mostProperties) break;
      const place = at('properties', name);
      if (!into.properties.has(name) && !this.hidden.isHidden(property, place)) {
        into.properties.set(name, { schema: property, pointer: place });
      }
    }
    const additional = own(schema, 'additionalProperties');
    if (isObject(additional)) into.additional ??= { schema: additional, pointer: at('additionalProperties') };
    const items = own(schema, 'items');
    if (isObject(items)) into.items ??= { schema: items, pointer: at('items') };
    ownArray(schema, 'allOf').forEach((part, index) => {
      this.#gather(part, at('allOf', index), into, visited, whole);
    });
    // The variants of a base of its own subtype are that subtype's siblings.
    if (schema !== whole && this.graph.isCircle(whole, schema, located.pointer)) return;
    for (const key of ['anyOf', 'oneOf']) this.#variants(ownArray(schema, key), at(key), into, visited, whole);
  }

  #words(schema: JsonObject, into: Members): void {
    into.description ??= ownString(schema, 'description');
    const { types, format } = readTypes(own(schema, 'type'));
    for (const type of types ?? []) if (type !== 'null') into.types.add(type);
    into.format ??= ownString(schema, 'format') ?? format;
    if (into.values.length > 0) return;
    const values = Object.hasOwn(schema, 'const') ? [schema.const] : ownArray(schema, 'enum');
    into.values = values.filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
  }

  #variants(list: readonly unknown[], pointer: string, into: Members, visited: Set<unknown>, whole: JsonObject): void {
    const variants = list
      .map((schema, index) => ({ schema, pointer: pointerTo(pointer, index) }))
      .filter(({ schema }) => isObject(schema) && own(schema, 'type') !== 'null');
    const [only] = variants;
    if (only && variants.length === 1) this.#gather(only.schema, only.pointer, into, visited, whole);
    else into.variants.push(...variants);
  }
}
