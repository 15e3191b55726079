const prefix = '=?base64?';
const suffix = '?=';
const canonical = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const plain = /^[\x20-\x7e\t]+$/;

/**
 * A text as the value of a header (2026-07-28, "Value encoding"): as it is where it can be, else as the base64 of its
 * UTF-8.
 */
export function headerValue(text: string): string {
  const isAmbiguous = text !== text.trim() || (text.startsWith(prefix) && text.endsWith(suffix));
  return plain.test(text) && !isAmbiguous ? text : `${prefix}${Buffer.from(text, 'utf8').toString('base64')}${suffix}`;
}

/**
 * The text that a header of the modern era carries: `=?base64?…?=` holds UTF-8 (2026-07-28, "Value encoding").
 *
 * @returns undefined where the encoding is broken
 */
export function decodeHeaderValue(value: string): string | undefined {
  const text = value.trim();
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return text;
  const base64 = text.slice(prefix.length, -suffix.length);
  if (!canonical.test(base64)) return undefined;
  try {
    return utf8.decode(Buffer.from(base64, 'base64'));
  } catch {
    // The only way by which the decoder says that it is no UTF-8.
    return undefined;
  }
}
