import { isObject, type JsonObject } from '../document/json.js';

const types: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** What documents write where they mean a type of JSON Schema, in lower case. `any` and its like mean no type at all. */
const meant: ReadonlyMap<string, { type: string; format?: string }> = new Map([
  ['file', { type: 'string' }],
  ['binary', { type: 'string', format: 'binary' }],
  ['byte', { type: 'string', format: 'byte' }],
  ['str', { type: 'string' }],
  ['text', { type: 'string' }],
  ['char', { type: 'string' }],
  ['varchar', { type: 'string' }],
  ['enum', { type: 'string' }],
  ['password', { type: 'string', format: 'password' }],
  ['email', { type: 'string', format: 'email' }],
  ['uuid', { type: 'string', format: 'uuid' }],
  ['guid', { type: 'string', format: 'uuid' }],
  ['uri', { type: 'string', format: 'uri' }],
  ['url', { type: 'string', format: 'uri' }],
  ['date', { type: 'string', format: 'date' }],
  ['datetime', { type: 'string', format: 'date-time' }],
  ['date-time', { type: 'string', format: 'date-time' }],
  ['timestamp', { type: 'string' }],
  ['time', { type: 'string', format: 'time' }],
  ['int', { type: 'integer' }],
  ['int32', { type: 'integer', format: 'int32' }],
  ['int64', { type: 'integer', format: 'int64' }],
  ['long', { type: 'integer', format: 'int64' }],
  ['short', { type: 'integer' }],
  ['bigint', { type: 'integer' }],
  ['float', { type: 'number', format: 'float' }],
  ['double', { type: 'number', format: 'double' }],
  ['decimal', { type: 'number' }],
  ['numeric', { type: 'number' }],
  ['bool', { type: 'boolean' }],
  ['dict', { type: 'object' }],
  ['dictionary', { type: 'object' }],
  ['hash', { type: 'object' }],
  ['map', { type: 'object' }],
  ['struct', { type: 'object' }],
  ['list', { type: 'array' }],
  ['none', { type: 'null' }],
  ['nil', { type: 'null' }],
]);

export interface ReadTypes {
  /** Without repetition; undefined where none is known. */
  types?: string[];
  /** Where the name that was used says more than the type does. */
  format?: string;
  /** Whether something else than a type of JSON Schema was found. */
  isRepaired: boolean;
}

export function readTypes(declared: unknown): ReadTypes {
  const candidates: unknown[] = Array.isArray(declared) ? declared : [declared];
  const found = new Set<string>();
  let format: string | undefined;
  let isRepaired = candidates.length === 0;
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && types.has(candidate)) {
      found.add(candidate);
      continue;
    }
    // YAML's own null.
    if (candidate === null && candidates.length > 1) {
      found.add('null');
      continue;
    }
    // Swagger 2.0's `file` is translated, not repaired.
    isRepaired ||= candidate !== 'file';
    if (typeof candidate !== 'string') continue;
    const name = candidate.trim().toLowerCase();
    const known = types.has(name) ? { type: name } : meant.get(name);
    if (!known) {
      // A list with a member that means anything is no constraint.
      return { isRepaired: true };
    }
    found.add(known.type);
    if ('format' in known) format = known.format;
  }
  return {
    ...(found.size > 0 ? { types: [...found] } : {}),
    ...(format === undefined ? {} : { format }),
    isRepaired,
  };
}

export function typesOf(schema: JsonObject): string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? (type as string[]) : [];
}

export function isOfType(value: unknown, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  if (value === null) return allowed.includes('null');
  if (Array.isArray(value)) return allowed.includes('array');
  if (isObject(value)) return allowed.includes('object');
  if (typeof value === 'number') {
    return allowed.includes('number') || (allowed.includes('integer') && Number.isInteger(value));
  }
  return allowed.includes(typeof value);
}
