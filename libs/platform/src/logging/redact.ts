const mask = '***';
const maxDepth = 8;
const secretKey =
  /authorization|cookie|password|passwd|secret|token|api[-_]?key|credential|private[-_]?key|session[-_]?id/i;

/**
 * A copy of log fields without secrets: text under a key that sounds like one is masked, and so are bearer tokens and
 * the password of a URL wherever they stand. Errors become `{name, message, code, stack, cause}`.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value) || depth >= maxDepth) return '…';
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const inside = new Set(above).add(value);
  if (value instanceof Error) return copyError(value, depth, inside);
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1, inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) ? maskAll(item) : copy(item, depth + 1, inside),
    ]),
  );
}

function copyError(error: Error, depth: number, inside: Set<object>): Record<string, unknown> {
  const { cause } = error;
  return {
    name: error.name,
    message: redactText(error.message),
    ...('code' in error && { code: copy(error.code, depth + 1, inside) }),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(cause !== undefined && { cause: copy(cause, depth + 1, inside) }),
  };
}

function maskAll(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  return mask;
}

function redactText(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9\-._~+/]{8,}=*/gi, `$1 ${mask}`)
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${mask}@`);
}
