import { nearestName } from './nearest-name.js';
import type { Report } from './report.js';
import { invalid, kindOf, type Schema } from './schema.js';

export interface TextRules {
  min?: number;
  /** In characters (code points). */
  max?: number;
  pattern?: RegExp;
  /** What the pattern wants, in words: it completes "must be …". */
  be?: string;
  /** Line breaks and tabs are allowed. */
  multiline?: boolean;
}

/** Text without control characters. */
export function text(rules: TextRules = {}): Schema<string> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'string') return wrongType(value, path, report);
      return check(value, rules, path, report);
    },
  };
}

/** Text that may be written as a whole number or a boolean, as YAML invites to (`value: 8080`). */
export function scalarText(rules: TextRules = {}): Schema<string> {
  return {
    parse(value, path, report) {
      const isPlain = typeof value === 'boolean' || Number.isSafeInteger(value);
      const written = isPlain ? String(value) : value;
      if (typeof written !== 'string') return wrongType(value, path, report);
      return check(written, rules, path, report);
    },
  };
}

function wrongType(value: unknown, path: string, report: Report): typeof invalid {
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const remedy = isScalar ? 'must be text; put it in quotes' : `must be text, not ${kindOf(value)}`;
  report.issue(path, 'wrong_type', remedy);
  return invalid;
}

function check(value: string, rules: TextRules, path: string, report: Report): string | typeof invalid {
  const { min = 0, max = 65_536, pattern, be } = rules;
  if (value.length < min || (min > 0 && value.trim() === '')) {
    report.issue(path, 'too_short', min === 1 ? 'must not be empty' : `must have at least ${min} characters`);
  } else if (value.length > max && !hasAtMost(max, value)) {
    report.issue(path, 'too_long', `must have at most ${max} characters`);
  } else if (hasControlCharacter(value, rules.multiline === true)) {
    report.issue(path, 'control_character', 'must not hold control characters; remove them');
  } else if (pattern && !pattern.test(value)) {
    report.issue(path, 'wrong_form', `must be ${be ?? `of the form ${pattern.source}`}`);
  } else return value;
  return invalid;
}

/** A text of `max` code points has at most twice as many units: longer ones need no counting. */
function hasAtMost(max: number, value: string): boolean {
  return value.length <= 2 * max && Array.from(value).length <= max;
}

function hasControlCharacter(value: string, multiline: boolean): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code >= 32 && code !== 127) continue;
    if (!multiline || (code !== 9 && code !== 10 && code !== 13)) return true;
  }
  return false;
}

export interface NumberRules {
  min?: number;
  max?: number;
  isInteger?: boolean;
  /** The unit, for the message. */
  unit?: string;
}

export function number({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  isInteger = false,
  unit,
}: NumberRules): Schema<number> {
  const what = `${isInteger ? 'a whole number' : 'a number'}${unit ? ` of ${unit}` : ''}`;
  return {
    parse(value, path, report) {
      if (typeof value !== 'number' || !Number.isFinite(value) || (isInteger && !Number.isInteger(value))) {
        const quoted = typeof value === 'string' ? '; remove the quotes' : '';
        report.issue(
          path,
          'wrong_type',
          `must be ${what}, not ${typeof value === 'number' ? 'this number' : kindOf(value)}${quoted}`,
        );
      } else if (value < min || value > max) {
        const range = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
        report.issue(path, 'out_of_range', `must be ${what}, ${range}`);
      } else return value;
      return invalid;
    },
  };
}

export const boolean: Schema<boolean> = {
  parse(value, path, report) {
    if (typeof value === 'boolean') return value;
    const quoted = typeof value === 'string' ? ', without quotes' : `, not ${kindOf(value)}`;
    report.issue(path, 'wrong_type', `must be true or false${quoted}`);
    return invalid;
  },
};

/** One of a few words. `anyCase` accepts and normalises other spellings. */
export function choice<const V extends readonly string[]>(values: V, { anyCase = false } = {}): Schema<V[number]> {
  const known = `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`;
  return {
    parse(value, path, report) {
      if (typeof value !== 'string') {
        report.issue(path, 'wrong_type', `${known}, not ${kindOf(value)}`);
        return invalid;
      }
      const found = values.find((word) => word === value || (anyCase && word.toLowerCase() === value.toLowerCase()));
      if (found !== undefined) return found;
      const near = nearestName(value, values);
      report.issue(path, 'not_allowed', near ? `${known}; perhaps ${near} was meant` : known);
      return invalid;
    },
  };
}
