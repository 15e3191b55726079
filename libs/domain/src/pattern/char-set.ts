/**
 * A set of characters as bits: 0..127 for ASCII, 128 for all others together. Letters count in both cases, so that the
 * judgement holds for matching with and without case.
 */
export type CharSet = bigint;

const OTHERS = 1n << 128n;
export const everything: CharSet = (1n << 129n) - 1n;

export function charSet(from: string, to = from): CharSet {
  let set = 0n;
  const last = to.codePointAt(0) ?? 0;
  for (let code = from.codePointAt(0) ?? 0; code <= Math.min(last, 127); code++) set |= bothCases(code);
  return last > 127 ? set | OTHERS : set;
}

function bothCases(code: number): CharSet {
  const letter = String.fromCharCode(code);
  return (1n << BigInt(letter.toLowerCase().charCodeAt(0))) | (1n << BigInt(letter.toUpperCase().charCodeAt(0)));
}

/** All others: each excluded character exactly as written, since without `i` the other case stays in. */
export function complement(excluded: CharSet): CharSet {
  return (everything & ~excluded) | OTHERS;
}

export function areDisjoint(a: CharSet, b: CharSet): boolean {
  return (a & b) === 0n;
}

const digits = charSet('0', '9');
const word = digits | charSet('a', 'z') | charSet('_');
const space = [' ', '\t', '\n', '\v', '\f', '\r'].reduce((set, each) => set | charSet(each), OTHERS);

export const classes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complement(digits),
  w: word,
  W: complement(word),
  s: space,
  S: complement(space & ~OTHERS),
};
