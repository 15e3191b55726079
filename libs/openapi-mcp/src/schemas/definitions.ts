import { createHash } from 'node:crypto';
import type { JsonObject } from '../document/json.js';
import type { Located } from '../document/references.js';

/** A schema fit for clients. `uses` are the definitions it needs: hand them to `complete`. */
export interface ToolSchema {
  schema: JsonObject;
  uses: ReadonlySet<string>;
}

export interface Definition extends ToolSchema {
  name: string;
  pointer: string;
  /** Of the schema as JSON, with its name. */
  length: number;
}

interface Entry {
  name: string;
  located: Located;
  definition?: Definition;
}

const longestName = 64;

/**
 * The schemas of one document that others refer to, each converted once, when it is first asked for: not when it is
 * first referred to, so that neither a long chain of references nor a part of the document that nobody lists costs
 * anything.
 */
export class Definitions {
  readonly #entries = new Map<string, Entry>();
  readonly #pointers = new Map<string, string>();

  constructor(private readonly convert: (value: unknown, pointer: string) => ToolSchema) {}

  /** @returns the name under `$defs` */
  add(located: Located): string {
    const known = this.#entries.get(located.pointer);
    if (known) return known.name;
    const name = this.#nameOf(located.pointer);
    this.#pointers.set(name, located.pointer);
    this.#entries.set(located.pointer, { name, located });
    return name;
  }

  /** @param pointer one that was added */
  get(pointer: string): Definition | undefined {
    const entry = this.#entries.get(pointer);
    if (!entry) return undefined;
    entry.definition ??= this.#define(entry);
    return entry.definition;
  }

  /** Every definition that these lead to, by name. */
  closure(uses: Iterable<string>): Record<string, JsonObject> {
    const pending = [...uses];
    const visited = new Set<string>();
    const found: [string, JsonObject][] = [];
    for (let pointer = pending.pop(); pointer !== undefined; pointer = pending.pop()) {
      const definition = visited.has(pointer) ? undefined : this.get(pointer);
      if (!definition) continue;
      visited.add(pointer);
      found.push([definition.name, definition.schema]);
      pending.push(...definition.uses);
    }
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @returns where the definition of this name is */
  pointerOf(name: string): string | undefined {
    return this.#pointers.get(name);
  }

  #define({ name, located: { value, pointer } }: Entry): Definition {
    const { schema, uses } = this.convert(value, pointer);
    return { name, pointer, schema, uses, length: JSON.stringify(schema).length + name.length + 4 };
  }

  /**
   * `^[A-Za-z0-9_.-]+$`, unique. The name of a component is kept; any other place has a hash of its pointer in its
   * name, so that no name depends on what else the document has, nor on the order in which things are met.
   */
  #nameOf(pointer: string): string {
    const last = pointer.slice(pointer.lastIndexOf('/') + 1);
    const safe = last.replaceAll(/[^A-Za-z0-9_.-]+/g, '_');
    const isComponent = /^\/(components\/schemas|definitions)\/[^/]+$/.test(pointer);
    if (isComponent && safe === last && last.length <= longestName && last !== '__proto__') return this.#free(last);
    const hash = createHash('sha256').update(pointer).digest('hex').slice(0, 8);
    return this.#free(`${safe === '' ? 'schema' : safe.slice(0, longestName - 9)}_${hash}`);
  }

  #free(base: string): string {
    let name = base;
    for (let count = 2; this.#pointers.has(name); count += 1) name = `${base}_${count}`;
    return name;
  }
}
