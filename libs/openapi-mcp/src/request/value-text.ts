import { ExactInteger, jsonText } from '../arguments/exact-integer.js';

/** Tells why a value can't be sent; whoever gives it knows which argument it is about. */
export type Report = (problem: string) => void;

/** A value of any kind as text: never a language's own print of an object. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : jsonText(value);
}

/** Null, and lists and objects without anything in them, have no place in a query (openapi-to-mcp.md, section 4). */
export function isOmitted(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return isComposite(value) && Object.values(value).every((member) => member === null || member === undefined);
}

export function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof ExactInteger);
}

/** The items of a list, or the members of an object as keys and values, without those that are null. */
export type Members =
  | { kind: 'scalar'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'object'; entries: [key: string, text: string][] };

/** What a style puts together: each piece as text, what is nested in it as JSON text. */
export function membersOf(value: unknown): Members {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).filter((item) => item !== null && item !== undefined);
    return { kind: 'list', items: items.map(textOf) };
  }
  if (!isComposite(value)) return { kind: 'scalar', text: value === null || value === undefined ? '' : textOf(value) };
  const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return { kind: 'object', entries: entries.map(([key, member]) => [key, textOf(member)]) };
}
