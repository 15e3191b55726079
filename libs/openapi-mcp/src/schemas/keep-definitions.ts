import type { JsonObject } from '../document/json.js';
import type { Definition, Definitions } from './definitions.js';

/** How much of what a tool refers to is listed with it. */
export interface DefinitionLimits {
  /** Characters of JSON, about. */
  length: number;
  /** References that lead from one to the next; further ones are open. */
  hops: number;
  /** From how many hops on descriptions are trimmed, where not everything fits. */
  briefFrom: number;
  /** Makes the trimmed form. */
  brief: (schema: JsonObject) => JsonObject;
  /** Makes what is left of one beyond the limits. */
  open: (schema: JsonObject) => JsonObject;
}

interface Brief {
  schema: JsonObject;
  length: number;
}

/**
 * The `$defs` of a tool, as many as fit, the nearest first. Where all fit, all are there in full. Otherwise further ones
 * have trimmed descriptions, and what is beyond the limits is open: its type and description only.
 */
export class DefinitionKeeper {
  readonly #brief = new WeakMap<Definition, Brief>();

  constructor(
    private readonly definitions: Definitions,
    private readonly limits: DefinitionLimits,
    private readonly onCut: (pointer: string) => void,
  ) {}

  /** @param left characters that are left for them */
  definitionsFor(uses: Iterable<string>, left: number): Record<string, JsonObject> {
    const kept = this.#all(uses, left) ?? this.#some(uses, left);
    return Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #all(uses: Iterable<string>, left: number): Map<string, JsonObject> | undefined {
    const kept = new Map<string, JsonObject>();
    let length = 0;
    for (const [definition, hop] of this.#reachable(uses, () => true)) {
      length += definition.length;
      if (length > left || hop > this.limits.hops) return undefined;
      kept.set(definition.name, definition.schema);
    }
    return kept;
  }

  #some(uses: Iterable<string>, limit: number): Map<string, JsonObject> {
    const kept = new Map<string, JsonObject>();
    let left = limit;
    const isKept = (definition: Definition, hop: number): boolean => {
      const form = hop >= this.limits.briefFrom ? this.#briefOf(definition) : definition;
      if (hop > this.limits.hops || form.length > left) {
        const open = this.limits.open(definition.schema);
        kept.set(definition.name, open);
        left -= definition.name.length + JSON.stringify(open).length;
        if (form.length > definition.name.length + 60) this.onCut(definition.pointer);
        return false;
      }
      kept.set(definition.name, form.schema);
      left -= form.length;
      return true;
    };
    // What it keeps is the result: all of it has to be walked.
    Array.from(this.#reachable(uses, isKept));
    return kept;
  }

  /** What the uses lead to, breadth first, through those that `follows` is true of. */
  *#reachable(
    uses: Iterable<string>,
    follows: (definition: Definition, hop: number) => boolean,
  ): Generator<[Definition, number]> {
    const seen = new Set<string>(uses);
    let level = [...seen];
    for (let hop = 1; level.length > 0; hop += 1) {
      const next: string[] = [];
      for (const pointer of level) {
        const definition = this.definitions.get(pointer);
        if (!definition) continue;
        yield [definition, hop];
        if (!follows(definition, hop)) continue;
        for (const use of definition.uses) {
          if (seen.has(use)) continue;
          seen.add(use);
          next.push(use);
        }
      }
      level = next;
    }
  }

  #briefOf(definition: Definition): Brief {
    const known = this.#brief.get(definition);
    if (known) return known;
    const schema = this.limits.brief(definition.schema);
    const brief = { schema, length: JSON.stringify(schema).length + definition.name.length + 4 };
    this.#brief.set(definition, brief);
    return brief;
  }
}
