import { anyJson } from './collections.js';
import { nearestName } from './nearest-name.js';
import { fieldPath, type Report } from './report.js';
import { invalid, isRecord, kindOf, type Parsed, type Schema } from './schema.js';

type Presence = 'required' | 'optional' | 'defaulted';

interface Field<out T, P extends Presence> {
  readonly schema: Schema<T>;
  readonly presence: P;
  readonly fallback?: () => T;
}

type Fields = Readonly<Record<string, Field<unknown, Presence>>>;
type ValueOf<F> = F extends Field<infer T, Presence> ? T : never;
type OptionalNames<F extends Fields> = { [K in keyof F]: F[K]['presence'] extends 'optional' ? K : never }[keyof F];

/** What an object with these fields is once it was accepted. */
export type Shape<F extends Fields> = { [K in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[K]> } & {
  [K in OptionalNames<F>]?: ValueOf<F[K]>;
};

export function required<T>(schema: Schema<T>): Field<T, 'required'> {
  return { schema, presence: 'required' };
}

export function optional<T>(schema: Schema<T>): Field<T, 'optional'> {
  return { schema, presence: 'optional' };
}

/** @param fallback makes the value of a field that is not given, a new one each time */
export function defaulted<T>(schema: Schema<T>, fallback: () => T): Field<T, 'defaulted'> {
  return { schema, presence: 'defaulted', fallback };
}

export interface ObjectRules {
  /** Other spelling → field; the field wins where both are given. */
  aliases?: Readonly<Record<string, string>>;
  /** Fields that answers have, skipped without a word so that what was read can be sent back. */
  ignored?: readonly string[];
  /** Whether `x-…` fields are kept; default true. */
  extensions?: boolean;
}

/**
 * An object with known fields. Unknown ones are refused with the nearest known name, `x-…` fields are kept. `null` is
 * the same as not given.
 */
export function object<const F extends Fields>(fields: F, rules: ObjectRules = {}): Schema<Shape<F>> {
  const { aliases = {}, ignored = [], extensions = true } = rules;
  return {
    parse(value, path, report) {
      if (!isRecord(value)) {
        report.issue(path, 'wrong_type', `must be an object, not ${kindOf(value)}`);
        return invalid;
      }
      const result: Record<string, unknown> = {};
      let isValid = true;
      for (const [name, field] of Object.entries(fields)) {
        const written = writtenName(value, name, aliases);
        const parsed = readField(field, own(value, written), fieldPath(path, written), report);
        if (parsed === invalid) isValid = false;
        else if (parsed !== undefined) result[name] = parsed;
      }
      for (const [name, extra] of Object.entries(value)) {
        if (Object.hasOwn(fields, name) || Object.hasOwn(aliases, name) || ignored.includes(name)) continue;
        if (extensions && name.startsWith('x-')) {
          if (anyJson.parse(extra, fieldPath(path, name), report) === invalid) isValid = false;
          else result[name] = extra;
          continue;
        }
        report.issue(fieldPath(path, name), 'unknown_field', unknownField(name, Object.keys(fields)));
        isValid = false;
      }
      return isValid ? (result as Shape<F>) : invalid;
    },
  };
}

function readField(field: Field<unknown, Presence>, value: unknown, path: string, report: Report): Parsed<unknown> {
  if (value !== undefined && value !== null) return field.schema.parse(value, path, report);
  if (field.presence !== 'required') return field.fallback?.();
  report.issue(path, 'required', 'is required');
  return invalid;
}

function writtenName(value: Record<string, unknown>, name: string, aliases: Readonly<Record<string, string>>): string {
  const isGiven = (spelling: string): boolean => (own(value, spelling) ?? undefined) !== undefined;
  if (isGiven(name)) return name;
  return Object.keys(aliases).find((alias) => aliases[alias] === name && isGiven(alias)) ?? name;
}

/** Own properties only: a field named `constructor` must not find what every object inherits. */
export function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function unknownField(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near
    ? `is not a known field; perhaps ${near} was meant`
    : `is not a known field here; known are ${known.join(', ')}`;
}

/** An object whose other fields depend on the word in `tag`. */
export function variants<V extends Readonly<Record<string, Schema<unknown>>>>(
  tag: string,
  byTag: V,
): Schema<V[keyof V] extends Schema<infer T> ? T : never> {
  const known = Object.keys(byTag);
  return {
    parse(value, path, report) {
      if (!isRecord(value)) {
        report.issue(path, 'wrong_type', `must be an object with a ${tag}, not ${kindOf(value)}`);
        return invalid;
      }
      const word = own(value, tag);
      const schema = typeof word === 'string' && Object.hasOwn(byTag, word) ? byTag[word] : undefined;
      if (schema) return schema.parse(value, path, report) as Parsed<V[keyof V] extends Schema<infer T> ? T : never>;
      const near = typeof word === 'string' ? nearestName(word, known) : undefined;
      const remedy = `must be one of ${known.join(', ')}${near ? `; perhaps ${near} was meant` : ''}`;
      report.issue(fieldPath(path, tag), word === undefined ? 'required' : 'not_allowed', remedy);
      return invalid;
    },
  };
}
