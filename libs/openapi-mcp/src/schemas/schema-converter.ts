import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, ownArray, ownObject, pointerTo, strings, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import { CompositionGraph } from './composition-graph.js';
import { ConversionLosses } from './conversion-losses.js';
import { Definitions, type ToolSchema } from './definitions.js';
import { HiddenProperties, type Direction } from './hidden-properties.js';
import { isNullable, withNull } from './nullable.js';
import { collapse, isLeaf, withAnnotations } from './schema-composition.js';
import { annotations, isKnownKeyword, schemaKeywords, schemaMapKeywords } from './schema-keywords.js';
import { SchemaPatterns } from './schema-pattern.js';
import { typesOf } from './schema-types.js';
import { ValueKeywords } from './value-keywords.js';

/** Schemas within schemas, references not counted. */
const deepest = 100;
/** Of one schema, references not counted: aliases of YAML can make it endless when written out. */
const mostNodes = 50_000;
const nothing: ReadonlySet<string> = new Set();

/** What holds on the way down from the schema that is converted. */
interface Way {
  uses: Set<string>;
  depth: number;
  /** Names that the composition around this schema hides. */
  hidden: ReadonlySet<string>;
  /** The schemas around this one that apply to the same value. */
  around: readonly JsonObject[];
  /** How this one belongs to those: as a part of an `allOf`, or as a variant or a consequence of a condition. */
  place?: 'base' | 'variant';
  /** A base of its own subtype: its variants are left out. */
  isOwnBase: boolean;
}

/**
 * Turns the schemas of one document into JSON Schema 2020-12 for clients (openapi-to-mcp.md, section 6), for one
 * direction: OpenAPI's own keywords translated or left out, properties that the direction does not have left out,
 * `$ref`s pointed at `#/$defs/…`. What can't be understood is repaired or dropped with a diagnostic, never passed on;
 * what is dropped only ever makes a schema accept more.
 */
export class SchemaConverter {
  readonly definitions: Definitions;
  readonly #hidden: HiddenProperties;
  readonly #losses: ConversionLosses;
  readonly #patterns = new SchemaPatterns();
  readonly #values: ValueKeywords;
  readonly #graph: CompositionGraph;
  readonly #variants: CompositionGraph;
  /** Objects on the way down: an alias of YAML can make a schema contain itself. */
  readonly #active = new Set<object>();
  #nodesLeft = 0;

  constructor(
    private readonly references: References,
    diagnostics: Diagnostics,
    direction: Direction,
    private readonly ignoresSiblingsOfReferences: boolean,
  ) {
    this.#hidden = new HiddenProperties(references, direction);
    this.#losses = new ConversionLosses(diagnostics);
    this.#values = new ValueKeywords(this.#losses, this.#patterns);
    this.#graph = new CompositionGraph(references, true);
    this.#variants = new CompositionGraph(references, false);
    this.definitions = new Definitions((value, pointer) => this.convert(value, pointer));
  }

  convert(schema: unknown, pointer: string): ToolSchema {
    const uses = new Set<string>();
    this.#nodesLeft = mostNodes;
    const way: Way = { uses, depth: 0, hidden: nothing, around: [], isOwnBase: false };
    return { schema: this.#node(schema, pointer, way), uses };
  }

  /** @returns whether a property is one that this direction does not have, or allows nothing */
  isHidden(schema: unknown, pointer: string): boolean {
    return this.#hidden.isHidden(schema, pointer);
  }

  #node(node: unknown, pointer: string, way: Way): JsonObject {
    if (node === true || node === undefined) return {};
    if (node === false) return { not: {} };
    this.#nodesLeft -= 1;
    if (!isObject(node) || this.#active.has(node) || way.depth > deepest || this.#nodesLeft < 0) {
      this.#losses.add('schema_invalid', pointer, 'Not a schema; it is taken as one that allows anything.');
      return {};
    }
    this.#active.add(node);
    if (Object.hasOwn(node, '$ref') && typeof node.$ref !== 'string') {
      this.#losses.add('reference_invalid', pointer, 'Its "$ref" is no text; it is ignored.');
    }
    const schema =
      typeof own(node, '$ref') === 'string' ? this.#reference(node, pointer, way) : this.#keywords(node, pointer, way);
    this.#active.delete(node);
    return isNullable(node) ? withNull(schema) : schema;
  }

  #reference(node: JsonObject, pointer: string, way: Way): JsonObject {
    const target = this.references.follow(node, pointer);
    const siblings = Object.fromEntries(
      Object.entries(node).filter(
        ([key]) => key !== '$ref' && (!this.ignoresSiblingsOfReferences || annotations.has(key)),
      ),
    );
    const beside = this.#keywords(siblings, pointer, way);
    if (!target) {
      this.#losses.silent();
      return beside;
    }
    return withAnnotations(this.#target(target.value, target.pointer, way), beside);
  }

  /** A schema that something refers to: by its name, or in place where it is small or depends on what refers to it. */
  #target(value: unknown, pointer: string, way: Way): JsonObject {
    if (!isObject(value) || isLeaf(value)) return this.#node(value, pointer, way);
    const isOwnBase = way.place === 'base' && way.around.some((outer) => this.#graph.isCircle(outer, value, pointer));
    const isEndless =
      (isOwnBase && this.#active.has(value)) ||
      (way.place === 'variant' && way.around.some((outer) => this.#variants.isCircle(outer, value, pointer)));
    if (isEndless || this.#graph.isCostly(value, pointer)) {
      this.#losses.endless(pointer);
      return {};
    }
    if (isOwnBase) return this.#node(value, pointer, { ...way, isOwnBase });
    const isAffected = way.hidden.size > 0 && this.#hidden.shows(value, pointer, way.hidden);
    if (isAffected && !this.#active.has(value)) return this.#node(value, pointer, way);
    way.uses.add(pointer);
    return { $ref: `#/$defs/${this.definitions.add({ value, pointer })}` };
  }

  #keywords(node: JsonObject, pointer: string, outer: Way): JsonObject {
    const names = this.#hidden.namesIn(node, pointer);
    const hidden = names.size > 0 ? new Set([...outer.hidden, ...names]) : outer.hidden;
    const beside: Way = { ...outer, depth: outer.depth + 1, hidden, around: [...outer.around, node] };
    const inner: Way = { uses: outer.uses, depth: beside.depth, hidden: nothing, around: [], isOwnBase: false };
    const result: JsonObject = {};
    this.#values.translate(node, pointer, result);
    this.#items(node, pointer, result, inner);
    for (const key of schemaMapKeywords) this.#map(key, node, pointer, result, inner, hidden);
    for (const key of schemaKeywords) {
      const value = own(node, key);
      if (typeof value === 'boolean') result[key] = value;
      else if (value !== undefined) result[key] = this.#node(value, pointerTo(pointer, key), inner);
    }
    // What a pattern that was left out would have allowed must not be refused.
    const patterns = Object.keys(ownObject(node, 'patternProperties')).length;
    if (patterns > Object.keys(ownObject(result, 'patternProperties')).length) delete result.additionalProperties;
    this.#compositions(node, pointer, result, beside);
    if (!outer.isOwnBase) this.#conditions(node, pointer, result, { ...beside, place: 'variant' });
    this.#required(node, pointer, result, hidden);
    for (const key of Object.keys(node)) if (!isKnownKeyword(key)) this.#losses.drop(pointer, key);
    return collapse(withoutUnevaluated(result));
  }

  #map(
    keyword: (typeof schemaMapKeywords)[number],
    node: JsonObject,
    pointer: string,
    result: JsonObject,
    way: Way,
    hidden: ReadonlySet<string>,
  ): void {
    const map = own(node, keyword);
    if (map === undefined) return;
    if (!isObject(map)) {
      this.#losses.drop(pointer, keyword);
      return;
    }
    const at = pointerTo(pointer, keyword);
    const converted: [string, JsonObject][] = [];
    for (const [key, value] of Object.entries(map)) {
      if (keyword === 'properties' && (hidden.has(key) || this.isHidden(value, pointerTo(at, key)))) {
        this.#losses.silent();
        continue;
      }
      const name = keyword === 'patternProperties' ? this.#patternName(key, at) : key;
      if (name !== undefined) converted.push([name, this.#node(value, pointerTo(at, key), way)]);
    }
    result[keyword] = Object.fromEntries(converted);
  }

  #patternName(pattern: string, pointer: string): string | undefined {
    const read = this.#patterns.read(pattern);
    if ('pattern' in read) return read.pattern;
    this.#losses.dropPattern(read.problem, pointerTo(pointer, pattern));
    return undefined;
  }

  #items(node: JsonObject, pointer: string, result: JsonObject, way: Way): void {
    const items = own(node, 'items');
    const tuple = Array.isArray(items) ? 'items' : 'prefixItems';
    const first = ownArray(node, tuple);
    if (first.length > 0) result.prefixItems = this.#list(first, pointerTo(pointer, tuple), way);
    const rest = tuple === 'items' ? 'additionalItems' : 'items';
    const others = own(node, rest);
    if (typeof others === 'boolean' && result.prefixItems) {
      result.items = others;
    } else if (others !== undefined && others !== false) {
      // Values that were declared on the array are there already.
      result.items = { ...this.#node(others, pointerTo(pointer, rest), way), ...(result.items as object | undefined) };
    } else if (typesOf(result).includes('array') && !result.prefixItems) {
      // Not needed by JSON Schema, but some model APIs refuse an array that does not tell its items.
      result.items ??= {};
    }
  }

  #compositions(node: JsonObject, pointer: string, result: JsonObject, way: Way): void {
    for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
      const value = own(node, key);
      if (value === undefined || (way.isOwnBase && key !== 'allOf')) continue;
      if (!Array.isArray(value) || value.length === 0) {
        this.#losses.drop(pointer, key);
        continue;
      }
      const place = key === 'allOf' ? 'base' : 'variant';
      const parts = this.#list(value as unknown[], pointerTo(pointer, key), { ...way, place });
      if (key !== 'oneOf') {
        result[key] = parts;
        continue;
      }
      // "Exactly one" can't be kept: a variant without its read-only properties may well accept what another one does.
      this.#losses.silent();
      if (!result.anyOf) result.anyOf = parts;
      else result.allOf = [...((result.allOf as JsonObject[] | undefined) ?? []), { anyOf: parts }];
    }
  }

  /**
   * What applies on a condition. `not` and `if` are kept only whole: with something left out of them, they would refuse
   * more than the document does.
   */
  #conditions(node: JsonObject, pointer: string, result: JsonObject, way: Way): void {
    for (const key of ['not', 'if'] as const) {
      const value = own(node, key);
      if (value === undefined) continue;
      const before = this.#losses.count;
      const uses = new Set<string>();
      const converted = this.#node(value, pointerTo(pointer, key), { ...way, uses });
      if (this.#losses.count === before && uses.size === 0 && Object.keys(converted).length > 0) {
        result[key] = converted;
      } else {
        this.#losses.drop(pointer, key);
      }
    }
    for (const key of ['then', 'else'] as const) {
      const value = own(node, key);
      if (value !== undefined && result.if) result[key] = this.#node(value, pointerTo(pointer, key), way);
    }
    const dependent = Object.entries(ownObject(node, 'dependentSchemas'));
    if (dependent.length === 0) return;
    const at = pointerTo(pointer, 'dependentSchemas');
    result.dependentSchemas = Object.fromEntries(
      dependent.map(([key, value]) => [key, this.#node(value, pointerTo(at, key), way)]),
    );
  }

  #required(node: JsonObject, pointer: string, result: JsonObject, hidden: ReadonlySet<string>): void {
    const inVariants = this.#hidden.namesInVariants(node, pointer);
    const kept = (names: readonly unknown[]) =>
      [...new Set(strings(names))].filter((name) => !hidden.has(name) && !inVariants.has(name));
    const dependent = Object.entries({ ...ownObject(node, 'dependencies'), ...ownObject(node, 'dependentRequired') })
      .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
      .map(([key, names]) => [key, kept(names)] as const);
    if (dependent.length > 0) result.dependentRequired = Object.fromEntries(dependent);
    const required = own(node, 'required');
    if (required === undefined) return;
    if (!Array.isArray(required)) {
      this.#losses.drop(pointer, 'required');
      return;
    }
    const names = kept(required as unknown[]);
    if (names.length < required.length) this.#losses.silent();
    if (names.length > 0) result.required = names;
  }

  #list(values: readonly unknown[], pointer: string, way: Way): JsonObject[] {
    return values.map((value, index) => this.#node(value, pointerTo(pointer, index), way));
  }
}

/** What is listed of a definition may be cut; the properties that it has would then count as unevaluated. */
function withoutUnevaluated(result: JsonObject): JsonObject {
  const isWhole = !['allOf', 'anyOf', 'then', 'else', 'dependentSchemas'].some((key) => key in result);
  if (isWhole) return result;
  const { unevaluatedProperties: _properties, unevaluatedItems: _items, ...rest } = result;
  return rest;
}
