/** hosting.md, "Supervision": a result. */
export const maxResultBytes = 32 * 1024 * 1024;

/**
 * Whether a JSON value is certainly larger than that as text. It looks at what is there without writing it out, and no
 * further than to the limit: a server within the process can hand over anything.
 */
export function exceeds(value: unknown, maxBytes: number): boolean {
  let left = maxBytes;
  const pending: unknown[] = [value];
  while (pending.length > 0 && left >= 0) {
    const next = pending.pop();
    if (typeof next === 'string') left -= next.length + 2;
    else if (typeof next !== 'object' || next === null) left -= 1;
    else if (ArrayBuffer.isView(next)) left -= next.byteLength;
    else if (Array.isArray(next)) {
      left -= next.length + 1;
      if (left >= 0) for (const item of next as unknown[]) pending.push(item);
    } else {
      for (const [name, member] of Object.entries(next)) {
        left -= name.length + 4;
        pending.push(member);
      }
    }
  }
  return left < 0;
}
