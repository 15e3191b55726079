import { areDisjoint, type CharSet } from './char-set.js';
import { parsePattern, type PatternItem } from './pattern-syntax.js';

const MAX_LENGTH = 1000;
const MAX_GROUP_DEPTH = 20;
/** How many parts that may match more or less of the same text can stand beside one another: cubic time at worst. */
const MAX_VARIABLE_PARTS = 3;
const tooSlow =
  'could take exponential time to match; avoid repetitions inside repetitions and alternatives that begin alike, as in (a+)+ or (a|ab)*';

/**
 * Why a regular expression from a user must not be run (openapi-to-mcp.md, section 2: "an invalid or catastrophic one
 * is refused at validation"). The judgement is conservative: a repeated group is accepted where each round is delimited
 * by characters that occur nowhere else in it (`(/[^/]+)*`), or can be told from the others at its first character
 * (`(ab|cd)*`).
 *
 * @returns what is wrong and the remedy, undefined for a pattern that is safe
 */
export function patternRefusal(source: string): string | undefined {
  if (source.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  try {
    new RegExp(source);
  } catch {
    return 'must be a regular expression in the syntax of JavaScript';
  }
  const alternatives = parsePattern(source);
  if (some(alternatives, (item) => item.kind === 'backreference')) return 'must not use backreferences';
  if (depthOf(alternatives) > MAX_GROUP_DEPTH) return `must not nest groups deeper than ${MAX_GROUP_DEPTH} levels`;
  const isSafe = alternatives.every((sequence) => isCheap(sequence, MAX_VARIABLE_PARTS));
  return isSafe && !some(alternatives, isCostly) ? undefined : tooSlow;
}

function some(alternatives: readonly PatternItem[][], test: (item: PatternItem) => boolean): boolean {
  return alternatives.some((sequence) =>
    sequence.some((item) => test(item) || ('alternatives' in item && some(item.alternatives, test))),
  );
}

function depthOf(alternatives: readonly PatternItem[][]): number {
  const depths = alternatives.flat().map((item) => ('alternatives' in item ? 1 + depthOf(item.alternatives) : 0));
  return Math.max(0, ...depths);
}

/** A repeated group whose rounds can be divided in several ways, or a costly lookaround. */
function isCostly(item: PatternItem): boolean {
  if (item.kind === 'empty') return !item.alternatives.every((sequence) => isCheap(sequence, MAX_VARIABLE_PARTS));
  return item.kind === 'group' && item.max > 1 && !hasDistinctRounds(item.alternatives);
}

function hasDistinctRounds(alternatives: readonly PatternItem[][]): boolean {
  const rounds = alternatives.map((sequence) => sequence.filter((item) => item.kind !== 'empty'));
  if (!beginDifferently(rounds) || !rounds.every((round) => isCheap(round, 1))) return false;
  if (rounds.every((round) => round.every((item) => weightOf(item) === 0))) return true;
  return isDelimited(rounds, 0) || isDelimited(rounds, -1);
}

/** Whether every round has, at its start (0) or end (-1), one character that can't occur elsewhere in any round. */
function isDelimited(rounds: readonly PatternItem[][], position: 0 | -1): boolean {
  const marks = rounds.map((round) => round.at(position));
  if (!marks.every((mark) => mark?.kind === 'set' && mark.min === 1 && mark.max === 1)) return false;
  const rest = rounds.flatMap((round) => (position === 0 ? round.slice(1) : round.slice(0, -1)));
  return areDisjoint(charsOf(marks.filter((mark) => mark !== undefined)), charsOf(rest));
}

/** Whether at most `limit` parts of variable length stand beside one another without something that divides them. */
function isCheap(sequence: readonly PatternItem[], limit: number): boolean {
  let parts = 0;
  let chars: CharSet = 0n;
  for (const item of sequence) {
    if (item.kind === 'empty') continue;
    const first = firstOf(item);
    if (first !== undefined && areDisjoint(first, chars)) {
      parts = 0;
      chars = 0n;
    }
    parts += weightOf(item);
    if (parts > limit) return false;
    if (parts > 0) chars |= charsOf([item]);
  }
  return true;
}

/** How many parts of variable length an item counts for. */
function weightOf(item: PatternItem): number {
  const own = item.min === item.max ? 0 : 1;
  if (item.kind !== 'group') return own;
  // The rounds of a repeated group are distinct, or the pattern is refused: the group is one part.
  if (item.max > 1) return Math.max(own, ...item.alternatives.flat().map((each) => Math.min(1, weightOf(each))));
  const inner = Math.max(
    0,
    ...item.alternatives.map((sequence) => sequence.reduce((sum, each) => sum + weightOf(each), 0)),
  );
  if (beginDifferently(item.alternatives)) return Math.max(own, inner);
  return own + inner + 1;
}

function beginDifferently(alternatives: readonly PatternItem[][]): boolean {
  let seen: CharSet = 0n;
  for (const sequence of alternatives) {
    const leading = sequence.find((item) => item.kind !== 'empty');
    const first = leading && firstOf(leading);
    if (first === undefined || !areDisjoint(first, seen)) return false;
    seen |= first;
  }
  return true;
}

/** The characters that an item begins with; undefined where it may be empty. */
function firstOf(item: PatternItem): CharSet | undefined {
  if (item.min === 0) return undefined;
  if (item.kind === 'set') return item.set;
  if (item.kind !== 'group') return undefined;
  let chars: CharSet = 0n;
  for (const sequence of item.alternatives) {
    const leading = sequence.find((each) => each.kind !== 'empty');
    const first = leading && firstOf(leading);
    if (first === undefined) return undefined;
    chars |= first;
  }
  return chars;
}

function charsOf(items: readonly PatternItem[]): CharSet {
  let chars: CharSet = 0n;
  for (const item of items) {
    if (item.kind === 'set') chars |= item.set;
    else if (item.kind === 'group') for (const sequence of item.alternatives) chars |= charsOf(sequence);
  }
  return chars;
}
