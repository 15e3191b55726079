import { charSet, classes, complement, everything, type CharSet } from './char-set.js';

/** A regular expression as far as it matters for judging its cost. `max` is Infinity for `*` and `+`. */
export type PatternItem = { min: number; max: number } & (
  | { kind: 'set'; set: CharSet }
  | { kind: 'group'; alternatives: PatternItem[][] }
  /** `^`, `$`, `\b`, lookarounds: they take no characters. */
  | { kind: 'empty'; alternatives: PatternItem[][] }
  | { kind: 'backreference' }
);

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', 0: '\0' };

/** Reads a pattern that `RegExp` accepts (without the `v` flag). @returns its alternatives */
export function parsePattern(source: string): PatternItem[][] {
  return new PatternReader(source).alternatives();
}

class PatternReader {
  private at = 0;

  constructor(private readonly source: string) {}

  alternatives(): PatternItem[][] {
    const all: PatternItem[][] = [[]];
    while (this.at < this.source.length && this.peek() !== ')') {
      if (this.take('|')) all.push([]);
      else all.at(-1)?.push(this.item());
    }
    return all;
  }

  private item(): PatternItem {
    const atom = this.atom();
    const [min, max] = this.quantifier();
    return { ...atom, min, max };
  }

  private atom(): PatternItem {
    const once = { min: 1, max: 1 };
    const char = this.next();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { ...once, kind: 'set', set: this.charClass() };
      case '.':
        return { ...once, kind: 'set', set: everything };
      case '^':
      case '$':
        return { ...once, kind: 'empty', alternatives: [] };
      case '\\':
        return this.escape();
      default:
        return { ...once, kind: 'set', set: charSet(char) };
    }
  }

  private group(): PatternItem {
    const [prefix = ''] = /^\?(?:[:=!]|<[=!]|<[^>]*>)/.exec(this.source.slice(this.at)) ?? [];
    this.at += prefix.length;
    const alternatives = this.alternatives();
    this.take(')');
    const isLookaround = /^\?<?[=!]$/.test(prefix);
    return { min: 1, max: 1, kind: isLookaround ? 'empty' : 'group', alternatives };
  }

  private escape(): PatternItem {
    const once = { min: 1, max: 1 };
    const char = this.peek();
    if (char === 'b' || char === 'B') {
      this.at++;
      return { ...once, kind: 'empty', alternatives: [] };
    }
    if (/[1-9k]/.test(char)) {
      this.at++;
      return { ...once, kind: 'backreference' };
    }
    return { ...once, kind: 'set', set: this.escapedSet() };
  }

  private escapedSet(): CharSet {
    const char = this.next();
    const named = Object.hasOwn(classes, char) ? classes[char] : undefined;
    if (named !== undefined) return named;
    if (char === 'p' || char === 'P') return everything;
    return charSet(this.escapedChar(char));
  }

  private escapedChar(char: string): string {
    const hex = char === 'x' ? 2 : char === 'u' ? 4 : 0;
    const code = this.source.slice(this.at, this.at + hex);
    if (hex > 0 && code.length === hex && /^[0-9a-f]+$/i.test(code)) {
      this.at += hex;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    if (char === 'c' && this.at < this.source.length) return String.fromCharCode(this.next().charCodeAt(0) % 32);
    return Object.hasOwn(controls, char) ? (controls[char] ?? char) : char;
  }

  private charClass(): CharSet {
    const isNegated = this.take('^');
    let set = 0n;
    while (this.at < this.source.length && !this.take(']')) {
      const from = this.next();
      if (from === '\\' && /[dDwWsSpP]/.test(this.peek())) {
        set |= this.escapedSet();
        continue;
      }
      const first = from === '\\' ? this.classChar() : from;
      if (this.peek() !== '-' || this.source[this.at + 1] === ']' || /^-\\[dDwWsS]/.test(this.source.slice(this.at))) {
        set |= isNegated ? exactly(first) : charSet(first);
        continue;
      }
      this.at++;
      const to = this.next();
      const last = to === '\\' ? this.classChar() : to;
      set |= isNegated ? exactRange(first, last) : charSet(first, last);
    }
    return isNegated ? complement(set) : set;
  }

  private classChar(): string {
    const char = this.next();
    return char === 'b' ? '\b' : this.escapedChar(char);
  }

  private quantifier(): [min: number, max: number] {
    const rest = this.source.slice(this.at);
    const [whole = '', sign, low, comma, high] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? [];
    this.at += whole.length;
    if (sign === '?') return [0, 1];
    if (sign !== undefined) return [sign === '+' ? 1 : 0, Number.POSITIVE_INFINITY];
    if (low === undefined) return [1, 1];
    if (!comma) return [Number(low), Number(low)];
    return [Number(low), high ? Number(high) : Number.POSITIVE_INFINITY];
  }

  private peek(): string {
    return this.source[this.at] ?? '';
  }

  private next(): string {
    return this.source[this.at++] ?? '';
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }
}

function exactly(char: string): CharSet {
  return exactRange(char, char);
}

function exactRange(from: string, to: string): CharSet {
  let set = 0n;
  for (let code = from.charCodeAt(0); code <= Math.min(to.charCodeAt(0), 127); code++) set |= 1n << BigInt(code);
  return set;
}
