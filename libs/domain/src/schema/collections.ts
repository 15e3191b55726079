import { fieldPath, itemPath, type Report } from './report.js';
import { invalid, isRecord, kindOf, type Schema } from './schema.js';

/** A list; every item is checked, so that all its problems are reported. */
export function list<T>(item: Schema<T>, { max, min = 0 }: { max: number; min?: number }): Schema<T[]> {
  return {
    parse(value, path, report) {
      if (!Array.isArray(value)) {
        report.issue(path, 'wrong_type', `must be a list, not ${kindOf(value)}`);
        return invalid;
      }
      if (value.length > max || value.length < min) {
        const bound = value.length > max ? `at most ${max}` : `at least ${min}`;
        report.issue(path, value.length > max ? 'too_long' : 'too_short', `must have ${bound} items`);
        return invalid;
      }
      const items = value.map((each: unknown, index) => item.parse(each, itemPath(path, index), report));
      return items.includes(invalid) ? invalid : (items as T[]);
    },
  };
}

export interface RecordRules {
  max: number;
  /** Checks a name: what it must be, in words, or undefined where it is fine. */
  refuseName?: (name: string) => string | undefined;
  /** Two names that differ in case only are one name. */
  ignoreCase?: boolean;
}

/** An object whose names are the user's. */
export function record<T>(
  item: Schema<T>,
  { max, refuseName, ignoreCase = false }: RecordRules,
): Schema<Record<string, T>> {
  return {
    parse(value, path, report) {
      if (!isRecord(value)) {
        report.issue(path, 'wrong_type', `must be an object of names and values, not ${kindOf(value)}`);
        return invalid;
      }
      const entries = Object.entries(value);
      if (entries.length > max) {
        report.issue(path, 'too_long', `must have at most ${max} fields`);
        return invalid;
      }
      let isValid = true;
      const names = new Set<string>();
      const parsed: [string, T][] = [];
      for (const [name, each] of entries) {
        const at = fieldPath(path, name);
        const key = ignoreCase ? name.toLowerCase() : name;
        const refusal = name === '__proto__' ? 'must have another name' : refuseName?.(name);
        if (refusal !== undefined) report.issue(at, 'wrong_name', refusal);
        else if (names.has(key)) report.issue(at, 'duplicate', 'is given twice, in different case; keep one of them');
        names.add(key);
        const result = item.parse(each, at, report);
        if (refusal !== undefined || result === invalid) isValid = false;
        else parsed.push([name, result]);
      }
      return isValid ? Object.fromEntries(parsed) : invalid;
    },
  };
}

const MAX_DEPTH = 64;
const MAX_NODES = 50_000;

/**
 * Any JSON, kept as it is. Depth and size are bounded, since it is walked and written again later; aliases in YAML can
 * make a small text large.
 */
export const anyJson: Schema<unknown> = {
  parse(value, path, report) {
    const refusal = jsonRefusal(value);
    if (refusal === undefined) return value;
    report.issue(path, 'too_large', refusal);
    return invalid;
  },
};

function jsonRefusal(root: unknown): string | undefined {
  let level: unknown[] = [root];
  let nodes = 1;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `must not be nested deeper than ${MAX_DEPTH} levels`;
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null) continue;
      const children = Object.values(node) as unknown[];
      nodes += children.length;
      if (nodes > MAX_NODES) return `must not hold more than ${MAX_NODES} values`;
      for (const child of children) next.push(child);
    }
    level = next;
  }
  return undefined;
}

export const jsonObject: Schema<Record<string, unknown>> = {
  parse(value, path, report) {
    if (isRecord(value)) return anyJson.parse(value, path, report) === invalid ? invalid : value;
    report.issue(path, 'wrong_type', `must be an object, not ${kindOf(value)}`);
    return invalid;
  },
};

/** No two items that are the same by `key`. */
export function refuseDuplicates<T>(
  items: readonly T[],
  key: (item: T) => string,
  path: (index: number) => string,
  report: Report,
): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    const name = key(item);
    if (seen.has(name)) report.issue(path(index), 'duplicate', 'is given twice; keep one of them');
    seen.add(name);
  });
}
