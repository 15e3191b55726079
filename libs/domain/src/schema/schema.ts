import type { Report } from './report.js';

export const invalid: unique symbol = Symbol('invalid');
export type Parsed<T> = T | typeof invalid;

/**
 * A shape that a value must have. `parse` gives the value with defaults filled in, or reports every problem it finds
 * and gives `invalid`; it never throws and never changes the input.
 */
export interface Schema<out T> {
  parse(value: unknown, path: string, report: Report): Parsed<T>;
}

/** What a value is, in the words of messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Adds a check that needs the whole value, such as two fields that exclude each other. */
export function checked<T>(schema: Schema<T>, check: (value: T, path: string, report: Report) => void): Schema<T> {
  return {
    parse(value, path, report) {
      const parsed = schema.parse(value, path, report);
      if (parsed !== invalid) check(parsed, path, report);
      return parsed;
    },
  };
}

/** Changes the form of what was accepted. */
export function mapped<T, U>(schema: Schema<T>, change: (value: T) => U): Schema<U> {
  return {
    parse(value, path, report) {
      const parsed = schema.parse(value, path, report);
      return parsed === invalid ? invalid : change(parsed);
    },
  };
}
