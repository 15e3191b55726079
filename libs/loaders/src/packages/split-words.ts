/**
 * Splits text into words as a POSIX shell would, with its quotes and backslashes and nothing else of it
 * (hub-api.md, section 1: `"-v /host:/container"` in one string). An open quote ends with the text.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  /** Undefined between words: a quoted word may be empty. */
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (quote === '"' && character === '\\' && /["\\$`]/.test(text.charAt(at + 1)))
        word = `${word ?? ''}${text.charAt(++at)}`;
      else word = `${word ?? ''}${character}`;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text.charAt(++at);
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
