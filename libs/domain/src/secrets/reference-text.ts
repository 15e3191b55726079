const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;

/** `fallback` is the text after `:-`. */
export type TextPart = { kind: 'literal'; text: string } | { kind: 'reference'; name: string; fallback?: string };

/**
 * Splits a value into literal text and references to variables, `${NAME}` and `${NAME:-default}` (hub-api.md,
 * section 1, `auth_config`). There is no escape: whatever has that form is a reference.
 */
export function partsOf(value: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of value.matchAll(reference)) {
    if (match.index > end) parts.push({ kind: 'literal', text: value.slice(end, match.index) });
    const [whole, name = '', fallback] = match;
    parts.push({ kind: 'reference', name, ...(fallback === undefined ? {} : { fallback }) });
    end = match.index + whole.length;
  }
  if (end < value.length) parts.push({ kind: 'literal', text: value.slice(end) });
  return parts;
}

export function textOf(parts: readonly TextPart[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'literal') return part.text;
      return part.fallback === undefined ? `\${${part.name}}` : `\${${part.name}:-${part.fallback}}`;
    })
    .join('');
}

export function hasReference(value: string): boolean {
  return partsOf(value).some((part) => part.kind === 'reference');
}

/** Whether a value holds something that looks like a reference and is none, such as `${input:key}`. */
export function hasMalformedReference(value: string): boolean {
  return partsOf(value).some((part) => part.kind === 'literal' && part.text.includes('${'));
}

const authSchemes = /^(bearer|basic|token|apikey|api-key|key|oauth|bot|ssws|jwt|splunk|digest|negotiate)[ =]$/i;
const separators = /^[\s:;,.|/@=_-]*$/;

/**
 * Whether literal text beside a reference is no secret: an authentication scheme (`Bearer ${TOKEN}`) or separators
 * (`${USER}:${PASSWORD}`).
 */
export function isPlainBesideReference(literal: string): boolean {
  return authSchemes.test(literal) || separators.test(literal);
}
