import type { Issue } from '../hub-error.js';

const MAX_NOTES = 200;
const MAX_KEY = 100;

/**
 * Collects what one validation finds. Paths are those of the document as it was sent: where a field was moved before
 * validation, `relocate` says where it came from.
 */
export class Report {
  readonly issues: Issue[] = [];
  readonly warnings: Issue[] = [];
  private readonly origins = new Map<string, string>();

  /** A problem that refuses the document. Messages name the remedy and never repeat the value. */
  issue(path: string, code: string, message: string): void {
    add(this.issues, { path: this.writtenPath(path), message, code });
  }

  /** Something that was accepted, and is not what the sender may think. */
  warn(path: string, code: string, message: string): void {
    add(this.warnings, { path: this.writtenPath(path), message, code });
  }

  /** What is validated at `path` was written at `origin`. */
  relocate(path: string, origin: string): void {
    this.origins.set(path, origin);
  }

  private writtenPath(path: string): string {
    for (
      let end = path.length;
      end > 0;
      end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))
    ) {
      const origin = this.origins.get(path.slice(0, end));
      if (origin !== undefined) return origin + path.slice(end);
    }
    return path;
  }
}

/** A bound: a body of a million wrong items must not become an answer of a million problems. */
function add(notes: Issue[], note: Issue): void {
  if (notes.length < MAX_NOTES) notes.push(note);
  else if (notes.length === MAX_NOTES) {
    notes.push({ path: '', message: `More than ${MAX_NOTES} were found; the rest is left out.`, code: 'too_many' });
  }
}

/** The path of a field: `packages[0].version`; a name that is no plain word stands in brackets and quotes. */
export function fieldPath(parent: string, key: string): string {
  const name = key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key;
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === '' ? name : `${parent}.${name}`;
}

export function itemPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}
