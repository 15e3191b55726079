/** Deeper values are no use to a client, and a way to exhaust the stack. */
const deepest = 64;

/**
 * The length of a value of the document as compact JSON, without making the text: values come from hostile input and
 * may be cyclic (aliases of YAML), endless when written out, or no JSON at all (`.inf`, `.nan`).
 *
 * @returns undefined where it is no JSON, or longer than the limit
 */
export function jsonLength(value: unknown, limit: number): number | undefined {
  let left = limit;
  const take = (length: number) => (left -= length) >= 0;
  const fits = (node: unknown, depth: number): boolean => {
    if (node === null) return take(4);
    if (typeof node === 'string') return take(node.length + 2);
    if (typeof node === 'number') return Number.isFinite(node) && take(String(node).length);
    if (typeof node === 'boolean') return take(5);
    if (typeof node !== 'object' || depth > deepest) return false;
    if (Array.isArray(node)) return take(2 + node.length) && node.every((item) => fits(item, depth + 1));
    const keys = Object.keys(node);
    return (
      take(2 + keys.length) &&
      keys.every((key) => take(key.length + 3) && fits((node as Record<string, unknown>)[key], depth + 1))
    );
  };
  return fits(value, 0) ? limit - left : undefined;
}
