/** What goes through values by recursion stays far from the end of the stack. */
export const deepestNesting = 200;

/** Whether a value has more levels of lists and objects than anything real has. */
export function isNestedTooDeeply(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepestNesting) return true;
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
