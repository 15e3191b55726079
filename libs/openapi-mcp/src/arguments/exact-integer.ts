import { isObject } from '../document/json.js';

/** An integer beyond 2^53, which a JavaScript number can't hold, by its digits. */
export class ExactInteger {
  constructor(readonly digits: string) {}

  /** The nearest number, for whoever knows nothing of it; `jsonText` keeps the digits. */
  toJSON(): number {
    return Number(this.digits);
  }
}

/** JSON text like `JSON.stringify`'s, an `ExactInteger` with all its digits. */
export function jsonText(value: unknown): string {
  if (!holdsExactInteger(value)) return JSON.stringify(value);
  if (value instanceof ExactInteger) return value.digits;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`).join(',')}}`;
}

/** The same value, each `ExactInteger` in it put as `replace` says. */
export function replaceExactIntegers(value: unknown, replace: (exact: ExactInteger) => unknown): unknown {
  if (value instanceof ExactInteger) return replace(value);
  if (!holdsExactInteger(value)) return value;
  if (Array.isArray(value)) return value.map((item) => replaceExactIntegers(item, replace));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, member]) => [key, replaceExactIntegers(member, replace)]),
  );
}

function holdsExactInteger(value: unknown): boolean {
  if (value instanceof ExactInteger) return true;
  if (Array.isArray(value)) return value.some(holdsExactInteger);
  return isObject(value) && Object.values(value).some(holdsExactInteger);
}
