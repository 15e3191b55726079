const newline = 0x0a;
/** Of a line that is too long this much is kept from both ends, to tell whose it is. */
const keptBytes = 1024;

export type StdioLine = { kind: 'line'; text: string } | { kind: 'tooLong'; head: string; tail: string };

/**
 * Cuts a byte stream into lines of at most `maxBytes`. Of a longer one only its ends are kept, so the memory that a
 * peer can take is bounded; lines after it come whole again.
 */
export class StdioLines {
  readonly #maxBytes: number;
  readonly #emit: (line: StdioLine) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #head: string | undefined;
  #tail: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number, emit: (line: StdioLine) => void) {
    this.#maxBytes = maxBytes;
    this.#emit = emit;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end));
      this.end();
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
  }

  /** The stream is over, or a line is: what is there counts as one. */
  end(): void {
    if (this.#head !== undefined) {
      const line = { kind: 'tooLong' as const, head: this.#head, tail: this.#tail.toString('utf8') };
      this.#head = undefined;
      this.#tail = Buffer.alloc(0);
      this.#emit(line);
      return;
    }
    if (this.#length === 0) return;
    const [only] = this.#parts;
    const whole = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    this.#emit({ kind: 'line', text: whole.toString('utf8') });
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#head === undefined) {
      this.#parts.push(part);
      this.#length += part.length;
      if (this.#length <= this.#maxBytes) return;
      const whole = Buffer.concat(this.#parts, this.#length);
      this.#head = whole.subarray(0, keptBytes).toString('utf8');
      this.#tail = Buffer.from(whole.subarray(-keptBytes));
      this.#parts = [];
      this.#length = 0;
      return;
    }
    this.#tail = Buffer.from(Buffer.concat([this.#tail, part.subarray(-keptBytes)]).subarray(-keptBytes));
  }
}
