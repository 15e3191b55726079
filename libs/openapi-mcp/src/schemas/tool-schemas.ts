import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, pointerTo, strings, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import {
  distinct,
  isRegularExpression,
  knownTypes,
  openApiKeywords,
  plainKeywords,
  schemaKeywords,
  schemaListKeywords,
  schemaMapKeywords,
} from './schema-keywords.js';

interface Definition {
  name: string;
  schema: JsonObject;
  /** Targets that it refers to itself. */
  uses: Set<string>;
}

/** A schema fit for clients. `uses` are the definitions it needs: hand them to `definitionsFor`. */
export interface ToolSchema {
  schema: JsonObject;
  uses: ReadonlySet<string>;
}

/**
 * Turns the schemas of one document into JSON Schema 2020-12 for tool inputs (openapi-to-mcp.md, section 6): OpenAPI's
 * own keywords translated or dropped, read-only properties left out, `$ref`s pointed at `#/$defs/…`. What can't be
 * understood is dropped with a diagnostic, never passed on. Each referenced schema is converted once.
 */
export class ToolSchemas {
  readonly #references: References;
  readonly #diagnostics: Diagnostics;
  readonly #definitions = new Map<string, Definition>();
  readonly #names = new Set<string>();
  /** Objects on the way down: an alias of YAML can make a schema contain itself. */
  #active = new Set<object>();

  constructor(
    references: References,
    diagnostics: Diagnostics,
    private readonly ignoresSiblingsOfReferences: boolean,
  ) {
    this.#references = references;
    this.#diagnostics = diagnostics;
  }

  convert(schema: unknown, pointer: string): ToolSchema {
    const uses = new Set<string>();
    return { schema: this.#convertNode(schema, pointer, uses), uses };
  }

  /** `$defs` for schemas with these uses, everything that those use included. */
  definitionsFor(uses: Iterable<string>): Record<string, JsonObject> {
    const pending = [...uses];
    const found = new Map<string, JsonObject>();
    const visited = new Set<string>();
    for (let target = pending.pop(); target !== undefined; target = pending.pop()) {
      const definition = this.#definitions.get(target);
      if (!definition || visited.has(target)) continue;
      visited.add(target);
      found.set(definition.name, definition.schema);
      pending.push(...definition.uses);
    }
    return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #convertNode(node: unknown, pointer: string, uses: Set<string>): JsonObject {
    if (node === true || node === undefined) return {};
    if (node === false) return { not: {} };
    if (!isObject(node) || this.#active.has(node)) {
      this.#diagnostics.add(
        'warning',
        pointer,
        'schema_invalid',
        'Not a schema; it is taken as one that allows anything.',
      );
      return {};
    }
    this.#active.add(node);
    const schema =
      typeof own(node, '$ref') === 'string'
        ? this.#reference(node, pointer, uses)
        : this.#keywords(node, pointer, uses);
    this.#active.delete(node);
    return own(node, 'nullable') === true ? withNull(schema) : schema;
  }

  #reference(node: JsonObject, pointer: string, uses: Set<string>): JsonObject {
    const target = this.#references.follow(node, pointer);
    const siblings = Object.fromEntries(
      Object.entries(node).filter(
        ([key]) =>
          key !== '$ref' &&
          key !== 'nullable' &&
          (!this.ignoresSiblingsOfReferences || key === 'description' || key === 'title'),
      ),
    );
    const beside = this.#keywords(siblings, pointer, uses);
    if (!target) return beside;
    uses.add(target.pointer);
    return {
      $ref: `#/$defs/${this.#define(target.value, target.pointer)}`,
      ...beside,
    };
  }

  #define(value: unknown, pointer: string): string {
    const known = this.#definitions.get(pointer);
    if (known) return known.name;
    const definition: Definition = {
      name: this.#nameOf(pointer),
      schema: {},
      uses: new Set(),
    };
    // Registered before it is converted, so that a schema that refers to itself comes to an end.
    this.#definitions.set(pointer, definition);
    const outer = this.#active;
    this.#active = new Set();
    definition.schema = this.#convertNode(value, pointer, definition.uses);
    this.#active = outer;
    return definition.name;
  }

  #nameOf(pointer: string): string {
    const last = pointer.slice(pointer.lastIndexOf('/') + 1).replaceAll(/[^A-Za-z0-9_.-]+/g, '_');
    const base = last === '' || last === '__proto__' ? 'schema' : last;
    let name = base;
    for (let count = 2; this.#names.has(name); count += 1) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  #keywords(node: JsonObject, pointer: string, uses: Set<string>): JsonObject {
    const result: JsonObject = {};
    const drop = (key: string) =>
      this.#diagnostics.add(
        'warning',
        pointerTo(pointer, key),
        'keyword_invalid',
        `"${key}" is not valid; it is left out.`,
      );

    const types = knownTypes(own(node, 'type'));
    if (types) result.type = types.length === 1 ? types[0] : types;
    else if (Object.hasOwn(node, 'type')) drop('type');

    for (const [key, value] of Object.entries(node)) {
      const isValid = plainKeywords.get(key);
      if (!isValid || isBooleanLimit(key, value)) continue;
      if (isValid(value)) result[key] = value;
      else drop(key);
    }
    translateBooleanLimits(node, result);

    const enumeration = own(node, 'enum');
    if (Array.isArray(enumeration) && enumeration.length > 0) result.enum = distinct(enumeration as unknown[]);
    else if (enumeration !== undefined) drop('enum');

    for (const key of schemaKeywords) {
      const value = own(node, key);
      if (typeof value === 'boolean') result[key] = value;
      else if (value !== undefined) result[key] = this.#convertNode(value, pointerTo(pointer, key), uses);
    }
    for (const key of schemaListKeywords) {
      const value = own(node, key);
      if (Array.isArray(value) && value.length > 0)
        result[key] = this.#list(value as unknown[], pointerTo(pointer, key), uses);
      else if (value !== undefined) drop(key);
    }
    for (const key of schemaMapKeywords) {
      const value = own(node, key);
      if (isObject(value)) result[key] = this.#map(key, value, pointerTo(pointer, key), uses);
      else if (value !== undefined) drop(key);
    }
    this.#items(node, result, pointer, uses);
    this.#required(node, result, drop);
    for (const key of Object.keys(node)) if (!isKnown(key)) drop(key);
    return result;
  }

  #list(values: readonly unknown[], pointer: string, uses: Set<string>): JsonObject[] {
    return values.map((value, index) => this.#convertNode(value, pointerTo(pointer, index), uses));
  }

  #map(keyword: string, map: JsonObject, pointer: string, uses: Set<string>): JsonObject {
    const entries = Object.entries(map).filter(([key, value]) => {
      if (keyword === 'patternProperties') return isRegularExpression(key);
      return keyword !== 'properties' || this.isInput(value, pointerTo(pointer, key));
    });
    return Object.fromEntries(
      entries.map(([key, value]) => [key, this.#convertNode(value, pointerTo(pointer, key), uses)]),
    );
  }

  /** @returns whether a property is one that a caller may set: no read-only one, none that allows nothing */
  isInput(schema: unknown, pointer: string): boolean {
    if (schema === false) return false;
    const target = isObject(schema) ? this.#references.follow(schema, pointer)?.value : schema;
    return (
      !(isObject(target) && own(target, 'readOnly') === true) && !(isObject(schema) && own(schema, 'readOnly') === true)
    );
  }

  #items(node: JsonObject, result: JsonObject, pointer: string, uses: Set<string>): void {
    const items = own(node, 'items');
    if (Array.isArray(items)) result.prefixItems = this.#list(items as unknown[], pointerTo(pointer, 'items'), uses);
    else if (typeof items === 'boolean') result.items = items;
    else if (items !== undefined) result.items = this.#convertNode(items, pointerTo(pointer, 'items'), uses);
    // Not needed by JSON Schema, but some model APIs refuse an array that does not tell its items.
    else if (result.type === 'array' && !result.prefixItems) result.items = {};
  }

  #required(node: JsonObject, result: JsonObject, drop: (key: string) => void): void {
    const dependent = own(node, 'dependentRequired');
    if (isObject(dependent)) {
      result.dependentRequired = Object.fromEntries(
        Object.entries(dependent).map(([key, names]) => [
          key,
          Array.isArray(names) ? [...new Set(strings(names))] : [],
        ]),
      );
    }
    const required = own(node, 'required');
    if (required === undefined) return;
    if (!Array.isArray(required)) {
      drop('required');
      return;
    }
    const declared = own(node, 'properties');
    const kept = isObject(result.properties) ? result.properties : {};
    const names = [...new Set(strings(required as unknown[]))].filter(
      (name) => !(isObject(declared) && Object.hasOwn(declared, name)) || Object.hasOwn(kept, name),
    );
    if (names.length > 0) result.required = names;
  }
}

const otherKeywords = new Set<string>([
  'type',
  'enum',
  'items',
  'required',
  'dependentRequired',
  '$ref',
  ...schemaKeywords,
  ...schemaListKeywords,
  ...schemaMapKeywords,
]);

function isKnown(key: string): boolean {
  return plainKeywords.has(key) || otherKeywords.has(key) || openApiKeywords.has(key) || key.startsWith('x-');
}

function isBooleanLimit(key: string, value: unknown): boolean {
  return (key === 'exclusiveMinimum' || key === 'exclusiveMaximum') && typeof value === 'boolean';
}

/** OpenAPI 3.0: `exclusiveMinimum: true` beside `minimum`. */
function translateBooleanLimits(node: JsonObject, result: JsonObject): void {
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (own(node, flag) !== true || typeof result[limit] !== 'number') continue;
    result[flag] = result[limit];
    delete result[limit];
  }
}

/** OpenAPI 3.0's `nullable`. */
function withNull(schema: JsonObject): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type !== 'string' && !Array.isArray(type)) {
    const isOpen = ['$ref', 'allOf', 'anyOf', 'oneOf', 'enum', 'const'].every((key) => !Object.hasOwn(schema, key));
    if (isOpen) return schema;
    const { title, description, default: fallback, ...rest } = schema;
    return {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
      anyOf: [rest, { type: 'null' }],
    };
  }
  const types: unknown[] = typeof type === 'string' ? [type] : (type as unknown[]);
  return {
    ...schema,
    type: [...new Set([...types, 'null'])],
    ...(Array.isArray(values) ? { enum: distinct([...(values as unknown[]), null]) } : {}),
  };
}
