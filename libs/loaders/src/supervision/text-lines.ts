import { StringDecoder } from 'node:string_decoder';

/** More of a line is dropped: nobody reads it, and it must not fill the memory. */
const maxLineLength = 64 * 1024;

/** Cuts what a child prints into lines. @returns `push` for each chunk, `end` for what has no end of line */
export function textLines(onLine: (text: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const take = (text: string): void => {
    const lines = text.split('\n');
    for (const [index, part] of lines.entries()) {
      if (pending.length < maxLineLength) pending += part.slice(0, maxLineLength - pending.length);
      if (index === lines.length - 1) return;
      const line = pending;
      pending = '';
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
  };
  return {
    push(chunk) {
      take(decoder.write(chunk));
    },
    end() {
      take(decoder.end());
      if (pending !== '') take('\n');
    },
  };
}
