import { own, pointerTo, type JsonObject } from '../document/json.js';
import type { ConversionLosses } from './conversion-losses.js';
import { repairEnum } from './schema-enum.js';
import { distinct, plainKeywords, readAsText } from './schema-keywords.js';
import type { SchemaPatterns } from './schema-pattern.js';
import { readTypes } from './schema-types.js';

const droppedWhenEmpty: ReadonlySet<string> = new Set(['description', 'title', 'format']);

/** The keywords that hold no schemas: types, limits, values, words (openapi-to-mcp.md, section 6). */
export class ValueKeywords {
  constructor(
    private readonly losses: ConversionLosses,
    private readonly patterns: SchemaPatterns,
  ) {}

  /** @param result the converted schema, which gets them */
  translate(node: JsonObject, pointer: string, result: JsonObject): void {
    this.#types(node, pointer, result);
    this.#plain(node, pointer, result);
    this.#enum(node, pointer, result);
    this.#pattern(node, pointer, result);
  }

  #types(node: JsonObject, pointer: string, result: JsonObject): void {
    if (!Object.hasOwn(node, 'type')) return;
    const { types, format, isRepaired } = readTypes(own(node, 'type'));
    if (types) result.type = types.length === 1 ? types[0] : types;
    if (format !== undefined) result.format = format;
    if (!isRepaired) return;
    if (!types) this.losses.drop(pointer, 'type');
    else this.losses.repaired(pointerTo(pointer, 'type'), `The type is taken as ${types.join(', ')}.`);
  }

  #plain(node: JsonObject, pointer: string, result: JsonObject): void {
    for (const [key, value] of Object.entries(node)) {
      const isValid = plainKeywords.get(key);
      if (!isValid || isBooleanLimit(key, value)) continue;
      if ((value === '' && droppedWhenEmpty.has(key)) || (key === 'deprecated' && value === false)) continue;
      if (isValid(value)) {
        result[key] = value;
        continue;
      }
      const read = readAsText(key, value);
      if (read !== undefined && isValid(read)) {
        result[key] = read;
        this.losses.repaired(pointerTo(pointer, key), `"${key}" is taken as ${JSON.stringify(read)}.`);
      } else if (key === 'default' || key === 'examples') {
        this.losses.tooLarge(pointer, key);
      } else {
        this.losses.drop(pointer, key);
      }
    }
    translateBooleanLimits(node, result);
  }

  #enum(node: JsonObject, pointer: string, result: JsonObject): void {
    const declared = own(node, 'enum');
    if (declared === undefined) return;
    const values = Array.isArray(declared) ? distinct(declared as unknown[]) : [];
    if (values.length === 0) {
      this.losses.drop(pointer, 'enum');
    } else if (repairEnum(values, node, result)) {
      const message = 'The values are not of the declared type; they are read as meant.';
      this.losses.repaired(pointerTo(pointer, 'enum'), message);
    }
  }

  #pattern(node: JsonObject, pointer: string, result: JsonObject): void {
    const declared = own(node, 'pattern');
    if (declared === undefined) return;
    const read = this.patterns.read(declared);
    if ('pattern' in read) result.pattern = read.pattern;
    else this.losses.dropPattern(read.problem, pointerTo(pointer, 'pattern'));
  }
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
