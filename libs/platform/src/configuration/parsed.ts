/** What a given value turned out to be; each problem completes a sentence about it (`must be …`). */
export type Parsed = { value: unknown } | { problems: string[] };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}
