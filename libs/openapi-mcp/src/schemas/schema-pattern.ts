import { patternRefusal } from '@mcp-hub/domain';

export type ReadPattern = { pattern: string } | { problem: 'pattern_invalid' | 'pattern_slow' };

/** Long enough to be slow to judge; and the judgement would be no. */
const longest = 1000;

/**
 * A `pattern` fit for every validator (openapi-to-mcp.md, section 6): ECMA-262 with the `u` flag, and none that could
 * take exponential time on an argument. The same pattern is judged once.
 */
export class SchemaPatterns {
  readonly #judged = new Map<string, ReadPattern>();

  read(declared: unknown): ReadPattern {
    if (typeof declared !== 'string') return { problem: 'pattern_invalid' };
    const known = this.#judged.get(declared);
    if (known) return known;
    const judged = judge(withoutDelimiters(declared));
    this.#judged.set(declared, judged);
    return judged;
  }
}

function judge(pattern: string): ReadPattern {
  if (pattern.length > longest) return { problem: 'pattern_slow' };
  if (!isUnicodeRegularExpression(pattern)) return { problem: 'pattern_invalid' };
  return patternRefusal(pattern) === undefined ? { pattern } : { problem: 'pattern_slow' };
}

/** `/^…$/`, as written in JavaScript and PHP: taken literally it would match nothing. */
function withoutDelimiters(pattern: string): string {
  return pattern.startsWith('/^') && pattern.endsWith('$/') ? pattern.slice(1, -1) : pattern;
}

function isUnicodeRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
