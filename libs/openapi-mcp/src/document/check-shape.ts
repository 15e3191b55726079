import { isObject, pointerTo, type JsonObject } from './json.js';

/** Real documents have up to 34 levels. */
export const maxDepth = 256;

/** As if every alias were written out, beyond what the document has anyway. */
const maxExpandedNodes = 5_000_000;

export type Shape =
  | {
      ok: true;
      /** Where a value that contained itself was replaced by a reference to it. */
      cycles: string[];
    }
  | { ok: false; message: string };

interface Frame {
  node: object;
  keys: readonly string[];
  next: number;
  size: number;
}

/** How deep data from JSON text is: it can neither contain itself nor grow. */
export function checkDepth(root: unknown): Shape {
  const pointer = tooDeep(root, 0);
  return pointer === undefined ? { ok: true, cycles: [] } : { ok: false, message: depthMessage(pointer) };
}

/**
 * Makes sure that a document can be walked: not too deep, not endless, and not too large once the aliases of YAML are
 * written out.
 *
 * @param repairs whether the data may be changed: then an alias that leads to what it is in becomes a `$ref` to it
 */
export function checkShape(root: unknown, repairs: boolean): Shape {
  const sizes = new Map<object, number>();
  const cycles: string[] = [];
  if (!isContainer(root)) return { ok: true, cycles };
  const stack: Frame[] = [frameOf(root)];
  const active = new Map<object, number>([[root, 0]]);
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const key = frame.keys[frame.next];
    if (key === undefined) {
      stack.pop();
      active.delete(frame.node);
      sizes.set(frame.node, frame.size);
      const parent = stack.at(-1);
      if (parent) parent.size += frame.size;
      if (frame.size > maxExpandedNodes && frame.size > sizes.size * 20) {
        return { ok: false, message: 'Its YAML is refused: its aliases multiply beyond reason.' };
      }
      continue;
    }
    frame.next += 1;
    const child: unknown = (frame.node as JsonObject)[key];
    if (!isContainer(child)) {
      frame.size += 1;
      continue;
    }
    const known = sizes.get(child);
    if (known !== undefined) {
      frame.size += known;
      continue;
    }
    const level = active.get(child);
    if (level === undefined) {
      if (stack.length >= maxDepth) {
        return { ok: false, message: depthMessage(pointerOf(stack)) };
      }
      active.set(child, stack.length);
      stack.push(frameOf(child));
      continue;
    }
    if (!repairs) return { ok: false, message: `It contains itself, at ${pointerOf(stack)}.` };
    (frame.node as JsonObject)[key] = { $ref: `#${encodeURI(pointerOf(stack.slice(0, level + 1), level))}` };
    cycles.push(pointerOf(stack));
  }
  return { ok: true, cycles };
}

/** @returns the pointer of what is too deep */
function tooDeep(node: unknown, depth: number): string | undefined {
  if (!isContainer(node)) return undefined;
  if (depth >= maxDepth) return '';
  for (const key of Object.keys(node)) {
    const child = (node as JsonObject)[key];
    if (typeof child !== 'object' || child === null) continue;
    const found = tooDeep(child, depth + 1);
    if (found !== undefined) return `${pointerTo('', key)}${found}`;
  }
  return undefined;
}

function depthMessage(pointer: string): string {
  return `It is nested more than ${maxDepth} levels deep, at ${pointer.slice(0, 200)}.`;
}

function frameOf(node: object): Frame {
  return { node, keys: Object.keys(node), next: 0, size: 1 };
}

/** @param length of the path to a node that is on the stack: how many keys lead to it */
function pointerOf(stack: readonly Frame[], length = stack.length): string {
  return pointerTo('', ...stack.slice(0, length).map(({ keys, next }) => keys[next - 1] ?? ''));
}

function isContainer(value: unknown): value is object {
  return Array.isArray(value) || isObject(value);
}
