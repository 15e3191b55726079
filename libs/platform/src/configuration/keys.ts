/**
 * Keys of 32 bytes in base64 or hex, several in a comma list.
 *
 * @returns undefined where one of them is anything else, or there is none
 */
export function parseKeys(text: string): Uint8Array[] | undefined {
  const keys: Uint8Array[] = [];
  for (const part of text.split(',').map((item) => item.trim())) {
    const bytes = /^[0-9a-f]{64}$/i.test(part)
      ? Buffer.from(part, 'hex')
      : /^[A-Za-z0-9+/_-]{43}=?$/.test(part)
        ? Buffer.from(part, 'base64')
        : undefined;
    if (bytes?.length !== 32) return undefined;
    keys.push(new Uint8Array(bytes));
  }
  return keys;
}
