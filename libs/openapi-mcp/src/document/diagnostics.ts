import { accountingCodes, type DiagnosticCode } from './diagnostic-codes.js';

/** Something that was skipped or repaired in a document; `pointer` is a JSON pointer into it. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  pointer: string;
  code: DiagnosticCode;
  message: string;
}

/** Of one code; the rest is only counted. */
const defaultLimit = 500;
/** Characters of one code that are remembered, so that nothing is counted twice; beyond, the count may be too high. */
const rememberedLength = 2_000_000;

const maxMessageLength = 500;

interface Group {
  listed: Diagnostic[];
  said: Set<string>;
  saidLength: number;
  beyond: number;
}

/**
 * Collects what a conversion has to say; the same thing about the same place is said once. A huge document that has one
 * fault ten thousand times gets a list that can still be read: of each code so many, then how many more there are.
 */
export class Diagnostics {
  readonly #groups = new Map<DiagnosticCode, Group>();
  readonly #limit: number;

  constructor(limitPerCode = defaultLimit) {
    this.#limit = limitPerCode;
  }

  add(severity: Diagnostic['severity'], pointer: string, code: DiagnosticCode, text: string): void {
    let group = this.#groups.get(code);
    if (!group) {
      group = { listed: [], said: new Set(), saidLength: 0, beyond: 0 };
      this.#groups.set(code, group);
    }
    const { listed, said } = group;
    // Names of the document are quoted in messages, and may have any length.
    const message = text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}…` : text;
    const key = `${pointer} ${message}`;
    if (said.has(key)) return;
    if (group.saidLength < rememberedLength) {
      said.add(key);
      group.saidLength += key.length;
    }
    if (listed.length < this.#limit || accountingCodes.has(code)) listed.push({ severity, pointer, code, message });
    else group.beyond += 1;
  }

  /** By code, in the order in which codes were met first. */
  list(): Diagnostic[] {
    return [...this.#groups].flatMap(([code, { listed, beyond }]) => {
      if (beyond === 0) return listed;
      const message = `And ${beyond} more of code "${code}", which are not listed.`;
      return [...listed, { severity: listed[0]?.severity ?? 'info', pointer: '', code, message }];
    });
  }
}
