const joinedAtOnce = 1024;

/** Bytes that arrive in parts. A peer that sends single bytes must not cost an object for each. */
export class ByteParts {
  #parts: Buffer[] = [];
  /** How many of them were put together from smaller ones. */
  #joinedCount = 0;

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  add(part: Buffer): void {
    this.#parts.push(part);
    if (this.#parts.length - this.#joinedCount < joinedAtOnce) return;
    this.#parts.push(Buffer.concat(this.#parts.splice(this.#joinedCount)));
    this.#joinedCount += 1;
  }

  /** @returns all of them as one, and forgets them */
  take(): Buffer {
    const parts = this.#parts;
    const [only] = parts;
    this.#parts = [];
    this.#joinedCount = 0;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }
}
