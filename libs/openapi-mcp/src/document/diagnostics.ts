/** Something that was skipped or repaired in a document; `pointer` is a JSON pointer into it. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  pointer: string;
  code: string;
  message: string;
}

/** Collects what a conversion has to say; the same thing about the same place is said once. */
export class Diagnostics {
  readonly #found = new Map<string, Diagnostic>();

  add(severity: Diagnostic['severity'], pointer: string, code: string, message: string): void {
    const key = `${code} ${pointer}`;
    if (!this.#found.has(key)) this.#found.set(key, { severity, pointer, code, message });
  }

  list(): Diagnostic[] {
    return [...this.#found.values()];
  }
}
