/** JSON text without the whitespace between its tokens; digits and escapes stay as they are. */
export function compactJson(text: string): string {
  let compact = '';
  let start = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') {
      isInString = true;
    } else if (character === ' ' || character === '\n' || character === '\r' || character === '\t') {
      compact += text.slice(start, index);
      start = index + 1;
    }
  }
  return compact + text.slice(start);
}
