import RandExp from 'randexp';
import { isObject, type JsonObject } from '../walk-schema.js';
import { generateText } from './generate-text.js';

export interface GeneratorOptions {
  random: () => number;
  /** Of properties that may be left out. */
  shareOfOptional: number;
}

const deepest = 6;

/** Makes up values that a JSON Schema 2020-12 allows; for what it can't express together, at least ones that come near. */
export class ValueGenerator {
  readonly #definitions: JsonObject;
  readonly #options: GeneratorOptions;

  constructor(root: JsonObject, options: GeneratorOptions) {
    this.#definitions = isObject(root.$defs) ? root.$defs : {};
    this.#options = options;
  }

  /** @returns undefined where no value is allowed */
  value(schema: unknown, depth = 0): unknown {
    if (schema === false) return undefined;
    const resolved = this.#resolved(schema, new Set());
    const { random } = this.#options;
    if (resolved.const !== undefined) return resolved.const;
    if (Array.isArray(resolved.enum)) {
      const values = resolved.enum as unknown[];
      const named = values.filter((value) => value !== null && value !== '');
      return pick(named.length > 0 ? named : values, random);
    }
    switch (typeOf(resolved)) {
      case 'object':
        return this.#object(resolved, depth);
      case 'array':
        return this.#array(resolved, depth);
      case 'integer':
        return number(resolved, 1, random);
      case 'number':
        return number(resolved, 0.5, random);
      case 'boolean':
        return random() < 0.5;
      case 'null':
        return null;
      default:
        return generateText(resolved, random, (pattern) => this.#matching(pattern, resolved));
    }
  }

  /** References and `allOf` merged, one variant chosen. */
  #resolved(schema: unknown, visited: Set<unknown>): JsonObject {
    if (!isObject(schema) || visited.has(schema)) return {};
    visited.add(schema);
    const { $ref, allOf, oneOf, anyOf, ...own } = schema;
    let merged: JsonObject = {};
    if (typeof $ref === 'string') {
      const name = decodeURIComponent($ref.replace('#/$defs/', '')).replaceAll('~1', '/').replaceAll('~0', '~');
      merged = merge(merged, this.#resolved(this.#definitions[name], visited));
    }
    for (const part of Array.isArray(allOf) ? (allOf as unknown[]) : []) {
      merged = merge(merged, this.#resolved(part, visited));
    }
    for (const variants of [oneOf, anyOf]) {
      if (!Array.isArray(variants) || variants.length === 0) continue;
      const usable = (variants as unknown[]).filter((variant) => !(isObject(variant) && variant.type === 'null'));
      const chosen = pick(usable.length > 0 ? usable : (variants as unknown[]), this.#options.random);
      merged = merge(merged, this.#resolved(chosen, new Set(visited)));
    }
    return merge(merged, own);
  }

  #object(schema: JsonObject, depth: number): JsonObject {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? (schema.required as string[]) : []);
    const { random, shareOfOptional } = this.#options;
    const entries: [string, unknown][] = [];
    const add = (name: string, property: unknown): void => {
      const value = this.value(property, depth + 1);
      if (value !== undefined) entries.push([name, value]);
    };
    for (const [name, property] of Object.entries(properties)) {
      const isWanted = required.has(name) || (depth < deepest && random() < shareOfOptional / (depth + 1));
      if (isWanted) add(name, property);
    }
    const free = schema.additionalProperties;
    for (const name of required) if (!Object.hasOwn(properties, name)) add(name, free ?? {});
    // An empty object has no place in a path, a query or a form.
    const least =
      typeof schema.minProperties === 'number' ? schema.minProperties : depth > 0 && depth < deepest ? 1 : 0;
    for (const [name, property] of Object.entries(properties)) {
      if (entries.length < least && !entries.some(([taken]) => taken === name)) add(name, property);
    }
    for (let index = 1; entries.length < least && free !== false && index < 20; index += 1)
      add(`key${index}`, free ?? {});
    return Object.fromEntries(entries);
  }

  #array(schema: JsonObject, depth: number): unknown[] {
    const tuple = Array.isArray(schema.prefixItems) ? (schema.prefixItems as unknown[]) : [];
    const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
    const most = typeof schema.maxItems === 'number' ? schema.maxItems : Number.POSITIVE_INFINITY;
    const wanted = Math.min(
      Math.max(least, depth > deepest ? 0 : 1 + Math.floor(this.#options.random() * 2)),
      most,
      50,
    );
    const items = tuple.map((item) => this.value(item, depth + 1));
    const seen = new Set(items.map((item) => JSON.stringify(item)));
    for (let tries = 0; items.length < wanted && tries < 50; tries += 1) {
      const item = this.value(schema.items ?? {}, depth + 1);
      if (item === undefined) break;
      const text = JSON.stringify(item);
      if (schema.uniqueItems === true && seen.has(text)) continue;
      seen.add(text);
      items.push(item);
    }
    return items;
  }

  #matching(pattern: string, { maxLength, minLength }: JsonObject): string {
    const generator = new RandExp(new RegExp(pattern, 'u').source.replaceAll(/\\p\{\w+\}/g, 'x'));
    generator.max = 10;
    generator.randInt = (from, to) => from + Math.floor(this.#options.random() * (to - from + 1));
    const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY;
    const least = typeof minLength === 'number' ? minLength : 0;
    const expression = new RegExp(pattern, 'u');
    let text = '';
    for (let tries = 0; tries < 200; tries += 1) {
      text = generator.gen();
      if (text.length >= least && text.length <= most && expression.test(text)) return text;
    }
    return text;
  }
}

function merge(first: JsonObject, second: JsonObject): JsonObject {
  const merged = { ...first, ...second };
  if (isObject(first.properties) && isObject(second.properties)) {
    const names = new Set([...Object.keys(first.properties), ...Object.keys(second.properties)]);
    const [a, b] = [first.properties, second.properties];
    merged.properties = Object.fromEntries(
      [...names].map((name) => {
        const [one, other] = [a[name], b[name]];
        return [name, one !== undefined && other !== undefined ? { allOf: [one, other] } : (one ?? other)];
      }),
    );
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = [...new Set([...(first.required as unknown[]), ...(second.required as unknown[])])];
  }
  if (Array.isArray(first.enum) && Array.isArray(second.enum)) {
    const both = (first.enum as unknown[]).filter((value) => (second.enum as unknown[]).includes(value));
    if (both.length > 0) merged.enum = both;
  }
  for (const [key, choose] of limits) {
    const [one, other] = [first[key], second[key]];
    if (typeof one === 'number' && typeof other === 'number') merged[key] = choose(one, other);
  }
  return merged;
}

const limits: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['minimum', Math.max],
  ['minLength', Math.max],
  ['minItems', Math.max],
  ['maximum', Math.min],
  ['maxLength', Math.min],
  ['maxItems', Math.min],
];

function typeOf(schema: JsonObject): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return (type as unknown[]).find((one) => one !== 'null') ?? 'null';
  if (type !== undefined) return type;
  if (['properties', 'required', 'additionalProperties'].some((key) => schema[key] !== undefined)) return 'object';
  if (schema.items !== undefined) return 'array';
  return schema.minimum !== undefined || schema.maximum !== undefined ? 'number' : 'string';
}

function number(schema: JsonObject, step: number, random: () => number): number {
  const limit = (key: string): number | undefined => (typeof schema[key] === 'number' ? schema[key] : undefined);
  const above = limit('exclusiveMinimum');
  const below = limit('exclusiveMaximum');
  const unit = limit('multipleOf') ?? step;
  const least = Math.max(
    limit('minimum') ?? Number.NEGATIVE_INFINITY,
    above === undefined ? Number.NEGATIVE_INFINITY : above + unit,
  );
  const most = Math.min(
    limit('maximum') ?? Number.POSITIVE_INFINITY,
    below === undefined ? Number.POSITIVE_INFINITY : below - unit,
  );
  const from = Number.isFinite(least) ? least : Number.isFinite(most) ? Math.min(most - 100 * unit, 1) : 1;
  const to = Math.min(most, from + 100 * unit);
  const value = Math.ceil((from + random() * (to - from)) / unit) * unit;
  return value > most ? Math.floor(most / unit) * unit : value;
}

export function pick<T>(values: readonly T[], random: () => number): T | undefined {
  return values[Math.floor(random() * values.length)];
}
