import { stripVTControlCharacters } from 'node:util';
import type { LoadContext } from '@mcp-hub/application';
import type { TextMask } from './text-mask.js';

export type OutputStream = Parameters<LoadContext['log']>[0];
export interface OutputLine {
  stream: OutputStream;
  text: string;
}

export interface OutputLogOptions {
  mask: TextMask;
  /** Gets each line as it is kept. */
  onLine?: LoadContext['log'];
  /** Default 1,000. */
  maxLines?: number;
  /** Of all lines together; default a million. */
  maxCharacters?: number;
}

const maxLineLength = 8_192;
const tailLines = 5;
const tailLength = 600;
/** What a JavaScript program prints around the message of the error that ended it. */
const noise = /^(\s+at |\s*\^+\s*$|\s*$|Node\.js v|node:|file:\/\/)/;

/** What one server printed last, masked and bounded, over all the processes that it had. */
export class OutputLog {
  readonly #options: Required<Omit<OutputLogOptions, 'onLine'>> & Pick<OutputLogOptions, 'onLine'>;
  #lines: OutputLine[] = [];
  #first = 0;
  #characters = 0;

  constructor(options: OutputLogOptions) {
    this.#options = { maxLines: 1_000, maxCharacters: 1_000_000, ...options };
  }

  /** Oldest first. */
  get lines(): readonly OutputLine[] {
    return this.#lines.slice(this.#first);
  }

  write(stream: OutputStream, line: string): void {
    const { mask, onLine, maxLines, maxCharacters } = this.#options;
    const masked = mask(stripVTControlCharacters(line));
    const text = masked.length > maxLineLength ? `${masked.slice(0, maxLineLength)}…` : masked;
    this.#lines.push({ stream, text });
    this.#characters += text.length;
    while (this.#lines.length - this.#first > maxLines || this.#characters > maxCharacters) {
      this.#characters -= this.#lines[this.#first]?.text.length ?? 0;
      this.#first += 1;
    }
    if (this.#first > maxLines) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
    onLine?.(stream, text);
  }

  /** Adds to a message the last lines that may tell a person what went wrong, where anything was printed. */
  withLastWords(message: string): string {
    const printed = this.lines.filter(({ stream, text }) => stream !== 'lifecycle' && !noise.test(text));
    const errors = printed.filter(({ stream }) => stream === 'stderr');
    const words = (errors.length > 0 ? errors : printed).slice(-tailLines).map(({ text }) => text.trim());
    const joined = words.join(' | ');
    if (joined === '') return message;
    return `${message} It printed: ${joined.length > tailLength ? `…${joined.slice(-tailLength)}` : joined}`;
  }
}
