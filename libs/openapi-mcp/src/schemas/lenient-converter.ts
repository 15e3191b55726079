import { isObject, own, ownString, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import { CompositionGraph } from './composition-graph.js';
import { briefText } from './cut-schema.js';
import { Definitions, type ToolSchema } from './definitions.js';
import { HiddenProperties } from './hidden-properties.js';
import { MemberReader, type Members, type Place } from './lenient-members.js';
import { wordsFor } from './lenient-words.js';
import { isLeaf } from './schema-composition.js';

/** Schemas within one definition, references not counted. */
const deepest = 4;
const mostVariants = 12;
/** Schemas of one definition. */
const mostNodes = 3000;

interface Way {
  uses: Set<string>;
  depth: number;
  /** The schemas around this one that apply to the same value. */
  around: readonly JsonObject[];
}

/**
 * Describes answers without promising anything about them (openapi-to-mcp.md, section 6, `lenient`): clients refuse an
 * answer that does not fit the output schema, and APIs drift. **Any JSON value is valid** against what this gives: it
 * has the names and the nesting of properties and items, and says types, formats and values in its descriptions.
 * Write-only properties are left out; parts of an `allOf` are merged.
 */
export class LenientConverter {
  readonly definitions: Definitions;
  readonly #members: MemberReader;
  readonly #alternatives: CompositionGraph;
  #nodesLeft = 0;

  constructor(private readonly references: References) {
    const hidden = new HiddenProperties(references, 'output');
    this.#members = new MemberReader(references, hidden, new CompositionGraph(references, true));
    this.#alternatives = new CompositionGraph(references, false);
    this.definitions = new Definitions((value, pointer) => this.convert(value, pointer));
  }

  convert(schema: unknown, pointer: string): ToolSchema {
    const uses = new Set<string>();
    this.#nodesLeft = mostNodes;
    return { schema: this.#node(schema, pointer, { uses, depth: 0, around: [] }), uses };
  }

  #node(node: unknown, pointer: string, way: Way): JsonObject {
    this.#nodesLeft -= 1;
    if (!isObject(node) || this.#nodesLeft < 0) return {};
    if (typeof own(node, '$ref') !== 'string') return this.#describe(node, pointer, way);
    const target = this.references.follow(node, pointer);
    if (!target || !isObject(target.value)) return {};
    const description = ownString(node, 'description');
    if (isLeaf(target.value)) {
      const leaf = description === undefined ? target.value : { ...target.value, description };
      return this.#describe(leaf, target.pointer, way);
    }
    const named = this.#named(target.value, target.pointer, way);
    return description === undefined ? named : { ...named, description: briefText(description) };
  }

  #named(value: JsonObject, pointer: string, way: Way): JsonObject {
    // A variant that is the schema around it again tells nothing, and validators would follow it for ever.
    if (way.around.some((outer) => this.#alternatives.isCircle(outer, value, pointer))) return {};
    way.uses.add(pointer);
    return { $ref: `#/$defs/${this.definitions.add({ value, pointer })}` };
  }

  #describe(node: JsonObject, pointer: string, { uses, depth, around }: Way): JsonObject {
    const members = this.#members.read(node, pointer);
    const isCut = depth >= deepest;
    const variants = isCut
      ? undefined
      : this.#variants(members.variants, { uses, depth: depth + 1, around: [...around, node] });
    const description = wordsFor(members, variants === undefined);
    return {
      ...(description === '' ? {} : { description }),
      ...(isCut ? {} : this.#within(members, { uses, depth: depth + 1, around: [] })),
      ...variants,
    };
  }

  #within({ properties, additional, items }: Members, way: Way): JsonObject {
    const entries = [...properties].map(([name, place]) => [name, this.#at(place, way)] as const);
    const others = additional && this.#at(additional, way);
    const item = items && this.#at(items, way);
    return {
      ...(entries.length > 0 ? { properties: Object.fromEntries(entries) } : {}),
      ...(others && Object.keys(others).length > 0 ? { additionalProperties: others } : {}),
      ...(item && Object.keys(item).length > 0 ? { items: item } : {}),
    };
  }

  /** Variants that are objects or lists stay apart; where a plain value is among them, they are told by their names. */
  #variants(variants: readonly Place[], way: Way): JsonObject | undefined {
    if (variants.length === 0 || variants.length > mostVariants) return undefined;
    const isPlain = variants.some(({ schema, pointer }) => {
      const target = this.references.follow(schema, pointer)?.value;
      return !isObject(target) || isLeaf(target);
    });
    return isPlain ? undefined : { anyOf: variants.map((place) => this.#at(place, way)) };
  }

  #at({ schema, pointer }: Place, way: Way): JsonObject {
    return this.#node(schema, pointer, way);
  }
}
