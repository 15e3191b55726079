const prefix = '=?base64?';
const suffix = '?=';
const plain = /^[\x20-\x7e\t]+$/;

/**
 * A text as the value of a header (2026-07-28, "Value encoding"): as it is where it can be, else as the base64 of its
 * UTF-8.
 */
export function headerValue(text: string): string {
  const isAmbiguous = text !== text.trim() || (text.startsWith(prefix) && text.endsWith(suffix));
  return plain.test(text) && !isAmbiguous ? text : `${prefix}${Buffer.from(text, 'utf8').toString('base64')}${suffix}`;
}
