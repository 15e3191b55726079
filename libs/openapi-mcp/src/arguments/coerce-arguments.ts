import { isObject, own, ownArray, ownObject, type JsonObject } from '../document/json.js';
import { TypeReader, typeOf, type AllowedTypes } from './allowed-types.js';
import { ExactInteger } from './exact-integer.js';
import { isNestedTooDeeply } from './nesting.js';

/** Look-ups of schemas for one call; what is beyond is validated and sent as it was given. */
const mostLookUps = 200_000;
/** Items of a list from here on have one schema. */
const longestTuple = 64;

/**
 * Arguments as the schema means them (openapi-to-mcp.md, section 4), at any depth: `"5"` for an integer becomes 5,
 * `"true"` for a boolean true, JSON text for an object or a list what it says, digits beyond 2^53 an `ExactInteger`; an
 * explicit null is left out where the schema does not allow null.
 */
export function coerceArguments(args: JsonObject, inputSchema: JsonObject): JsonObject {
  return new Coercion(inputSchema).object(args, inputSchema);
}

class Coercion {
  readonly #types: TypeReader;
  /** Of each schema, the schemas of its members, so that equal ones stay one object. */
  readonly #members = new Map<JsonObject, Map<string, JsonObject | undefined>>();
  #budget = mostLookUps;

  constructor(inputSchema: JsonObject) {
    this.#types = new TypeReader(inputSchema);
  }

  object(value: JsonObject, schema: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
        const found = this.#member(schema, `.${key}`);
        if (!found) return [[key, member]];
        const types = this.#types.of(found);
        if (member === null && types && !types.has('null')) return [];
        return [[key, this.#value(member, found, types)]];
      }),
    );
  }

  #value(value: unknown, schema: JsonObject, types: AllowedTypes): unknown {
    if (typeof value === 'string') {
      const meant = types && !types.has('string') ? coerceText(value, types) : value;
      return typeof meant === 'object' && !(meant instanceof ExactInteger) ? this.#value(meant, schema, types) : meant;
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const found = this.#member(schema, String(Math.min(index, longestTuple)));
        return found ? this.#value(item, found, this.#types.of(found)) : (item as unknown);
      });
    }
    return isObject(value) ? this.object(value, schema) : value;
  }

  /** @param key a property as `.name`, an item as `0` */
  #member(schema: JsonObject, key: string): JsonObject | undefined {
    let members = this.#members.get(schema);
    if (!members) this.#members.set(schema, (members = new Map<string, JsonObject | undefined>()));
    if (members.has(key)) return members.get(key);
    this.#budget -= 1;
    members.set(key, undefined);
    const found = this.#budget > 0 ? this.#find(schema, key) : undefined;
    members.set(key, found);
    return found;
  }

  #find(schema: JsonObject, key: string): JsonObject | undefined {
    const inner = (nodes: readonly unknown[]) =>
      new Set(
        nodes.map((node) => (isObject(node) ? this.#member(node, key) : undefined)).filter((one) => one !== undefined),
      );
    const all = inner([this.#types.target(schema), ...ownArray(schema, 'allOf')]);
    const direct = directMember(schema, key);
    if (direct) all.add(direct);
    const variants = [...inner([...ownArray(schema, 'anyOf'), ...ownArray(schema, 'oneOf')])];
    const [variant] = variants;
    if (variant) all.add(variants.length === 1 ? variant : { anyOf: variants });
    const [only] = all;
    return all.size > 1 ? { allOf: [...all] } : only;
  }
}

function directMember(schema: JsonObject, key: string): JsonObject | undefined {
  const member = key.startsWith('.')
    ? (own(ownObject(schema, 'properties'), key.slice(1)) ?? own(schema, 'additionalProperties'))
    : (ownArray(schema, 'prefixItems')[Number(key)] ?? own(schema, 'items'));
  return isObject(member) ? member : undefined;
}

function coerceText(text: string, types: ReadonlySet<string>): unknown {
  if (types.has('integer') && /^[+-]?\d{1,400}$/.test(text)) {
    return Number.isSafeInteger(Number(text)) ? Number(text) : new ExactInteger(plainDigits(text));
  }
  if (types.has('number') && text.length <= 400 && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : text;
  }
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return parseComposite(text, types) ?? text;
}

/** As JSON writes an integer. */
function plainDigits(text: string): string {
  return text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
}

/** Models like to give an object or a list as its JSON text. */
function parseComposite(text: string, types: ReadonlySet<string>): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return types.has(typeOf(parsed)) && !isNestedTooDeeply(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
