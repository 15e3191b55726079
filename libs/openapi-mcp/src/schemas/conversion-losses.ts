import type { DiagnosticCode } from '../document/diagnostic-codes.js';
import type { Diagnostics } from '../document/diagnostics.js';
import { pointerTo } from '../document/json.js';

/** Says what of a schema was left out or read otherwise, and counts it: of a schema that is negated, nothing may be. */
export class ConversionLosses {
  count = 0;

  constructor(private readonly diagnostics: Diagnostics) {}

  /** A keyword that is not understood. */
  drop(pointer: string, key: string): void {
    this.add('keyword_invalid', pointerTo(pointer, key), `"${key}" is not valid; it is left out.`);
  }

  dropPattern(code: 'pattern_invalid' | 'pattern_slow', pointer: string): void {
    const reason =
      code === 'pattern_invalid' ? 'is no ECMA-262 regular expression' : 'could take exponential time to match';
    this.add(code, pointer, `The pattern ${reason}; it is left out.`);
  }

  add(code: DiagnosticCode, pointer: string, message: string): void {
    this.count += 1;
    this.diagnostics.add('warning', pointer, code, message);
  }

  repaired(pointer: string, message: string): void {
    this.count += 1;
    this.diagnostics.add('info', pointer, 'keyword_repaired', message);
  }

  /** What a validator would never come to an end with: the schema around it again, or too many for one value. */
  endless(pointer: string): void {
    this.count += 1;
    this.diagnostics.add('info', pointer, 'schema_endless', 'Checking it would not come to an end; it is left open.');
  }

  /** Words that cost more in every list than they tell: what the schema accepts does not depend on them. */
  tooLarge(pointer: string, key: string): void {
    this.diagnostics.add(
      'info',
      pointerTo(pointer, key),
      'value_too_large',
      `"${key}" is too large to be listed, or no JSON; it is left out.`,
    );
  }

  /** What is left out because clients are not to see it. */
  silent(): void {
    this.count += 1;
  }
}
