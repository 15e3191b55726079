import { isObject, own, ownArray, ownObject, type JsonObject } from '../document/json.js';

/** The types of JSON Schema that values of a schema can have; undefined is any. A number may be an integer too. */
export type AllowedTypes = ReadonlySet<string> | undefined;

/** Tells the types that an input schema allows, through references, combinations and lists of values. */
export class TypeReader {
  readonly #definitions: JsonObject;
  readonly #known = new Map<JsonObject, AllowedTypes>();

  constructor(inputSchema: JsonObject) {
    this.#definitions = ownObject(inputSchema, '$defs');
  }

  of(schema: unknown): AllowedTypes {
    if (!isObject(schema)) return undefined;
    if (this.#known.has(schema)) return this.#known.get(schema);
    // Until it is known, so that a circle of references comes to an end.
    this.#known.set(schema, undefined);
    const types = this.#read(schema);
    this.#known.set(schema, types);
    return types;
  }

  /** What a `$ref` leads to. */
  target(schema: JsonObject): unknown {
    const reference = own(schema, '$ref');
    const name = typeof reference === 'string' ? /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1] : undefined;
    return name === undefined ? undefined : own(this.#definitions, name);
  }

  #read(schema: JsonObject): AllowedTypes {
    const limits: AllowedTypes[] = [declared(schema), ofValues(schema), this.of(this.target(schema))];
    for (const part of ownArray(schema, 'allOf')) limits.push(this.of(part));
    for (const keyword of ['anyOf', 'oneOf']) {
      const variants = ownArray(schema, keyword).map((variant) => this.of(variant));
      if (variants.length > 0) limits.push(union(variants));
    }
    return limits.reduce(intersection, undefined);
  }
}

function declared(schema: JsonObject): AllowedTypes {
  const type = own(schema, 'type');
  if (type === undefined) return undefined;
  const types = (Array.isArray(type) ? (type as unknown[]) : [type]).filter((one) => typeof one === 'string');
  return new Set(types.includes('number') ? [...types, 'integer'] : types);
}

function ofValues(schema: JsonObject): AllowedTypes {
  const values = ownArray(schema, 'enum');
  const all = Object.hasOwn(schema, 'const') ? [own(schema, 'const')] : values;
  return all.length > 0 ? new Set(all.map(typeOf)) : undefined;
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function union(all: readonly AllowedTypes[]): AllowedTypes {
  const types = new Set<string>();
  for (const one of all) {
    if (!one) return undefined;
    for (const type of one) types.add(type);
  }
  return types;
}

function intersection(a: AllowedTypes, b: AllowedTypes): AllowedTypes {
  if (!a || !b) return a ?? b;
  return new Set([...a].filter((type) => b.has(type)));
}
