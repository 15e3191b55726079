/** As much of a text as fits into so many bytes of UTF-8. */
export function cutText(text: string, maxBytes: number): string {
  // No character takes less than a byte.
  const bytes = Buffer.from(text.slice(0, maxBytes), 'utf8');
  // A character that is cut in two at the end is kept back.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, maxBytes), { stream: true });
}
