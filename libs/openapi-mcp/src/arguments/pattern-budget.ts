import { patternRefusal } from '@mcp-hub/domain';

/** Steps of all patterns of one check: a second or two, at worst. */
const mostSteps = 2e8;
/** What an accepted pattern takes at worst, not anchored (`patternRefusal`). */
const highestDegree = 4;

/** As much of a regular expression as validators need. */
export interface BoundedPattern {
  test: (text: string) => boolean;
  toString: () => string;
}

/**
 * What matching may cost. The time of a pattern grows with a power of the text's length: that of its repetitions, one
 * more where it may begin anywhere. What could take exponential time, or more than is left, is not tried: it matches.
 */
export class PatternBudget {
  #left = mostSteps;

  /** For another check. */
  renew(): void {
    this.#left = mostSteps;
  }

  pattern(source: string, flags: string): BoundedPattern {
    const expression = new RegExp(source, flags);
    const degree = patternRefusal(source) === undefined ? degreeOf(source) : Infinity;
    return {
      test: (text) => {
        const steps = text.length ** degree;
        if (steps > this.#left) return true;
        this.#left -= steps;
        return expression.test(text);
      },
      // Ajv tells patterns apart by this.
      toString: () => String(expression),
    };
  }
}

function degreeOf(source: string): number {
  const bare = source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, 'x');
  const repetitions = bare.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  const isAnchored = bare.startsWith('^') && !bare.includes('|');
  return Math.max(1, Math.min(repetitions + (isAnchored ? 0 : 1), highestDegree));
}
