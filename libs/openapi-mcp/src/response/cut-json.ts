import { pointerTo } from '../document/json.js';
import { deepEnoughToKeep, endOfString, indexJson, type JsonContainer } from './json-index.js';

export interface CutJson {
  /** Valid JSON, its digits and escapes as they were. */
  text: string;
  /** What was left out, each in a few words with its JSON pointer. */
  omissions: string[];
}

/** No honest answer is nested deeper; what processes it further may well recurse. */
export const maxDepth = 100;

/** Below that, what is left of a value says nothing. */
const leastBudget = 16;
/** An object with more that don't fit is a list by name: its first members stay whole, as the items of an array do. */
const mostCutMembers = 50;
const ellipsis = '…';

/**
 * JSON within a size: arrays are shortened from their end, long strings cut, members that still don't fit left out;
 * whatever is small stays whole. Containers nested deeper than `maxDepth` are emptied.
 *
 * @param text valid, without whitespace between its tokens
 * @param maxBytes as UTF-8; met but for the few characters that an empty shell takes
 */
export function cutJson(text: string, maxBytes: number): CutJson {
  const bytes = Buffer.byteLength(text);
  let budget = Math.floor((maxBytes * text.length) / Math.max(bytes, 1));
  for (let round = 0; ; round += 1) {
    const cut = new JsonCut(text).within(budget);
    const size = Buffer.byteLength(cut.text);
    // What stays may be denser than the whole: characters beyond ASCII take up to three bytes each.
    if (size <= maxBytes || round === 4) return cut;
    budget = Math.floor((budget * maxBytes * 0.95) / size);
  }
}

class JsonCut {
  readonly #omissions: string[] = [];

  constructor(private readonly text: string) {}

  within(budget: number): CutJson {
    const root = indexJson(this.text);
    const text = this.#value({ start: 0, end: this.text.length, container: root }, budget, 0, '');
    return { text, omissions: this.#omissions };
  }

  #value(value: Value, budget: number, depth: number, pointer: string): string {
    const { start, end } = value;
    const isFitting = end - start <= budget;
    if (isFitting && !value.container && depth + deepEnoughToKeep < maxDepth) return this.text.slice(start, end);
    const first = this.text[start];
    const isContainer = first === '{' || first === '[';
    const container = isContainer ? (value.container ?? indexJson(this.text, start, true)) : undefined;
    if (container && depth >= maxDepth) {
      this.#omit(pointer, 'nested too deeply, left out');
      return container.isArray ? '[]' : '{}';
    }
    if (isFitting && depth + (container?.height ?? 0) <= maxDepth) return this.text.slice(start, end);
    if (container) return this.#container(container, budget, depth, pointer);
    if (first === '"') return this.#string(start, end, budget, pointer);
    // A number, however long, can't be shortened.
    return end - start <= Math.max(budget, leastBudget) ? this.text.slice(start, end) : this.#lost(pointer);
  }

  #container(container: JsonContainer, budget: number, depth: number, pointer: string): string {
    return container.isArray
      ? this.#array(container, budget, depth, pointer)
      : this.#object(container, budget, depth, pointer);
  }

  #array(container: JsonContainer, budget: number, depth: number, pointer: string): string {
    const items: string[] = [];
    const total = container.starts.length;
    let left = budget - 2;
    for (let index = 0; index < total; index += 1) {
      const value = valueAt(container, index);
      const size = value.end - value.start + 1;
      const room = index === total - 1 ? left : roomFor(size, budget - 2, left);
      if (size > room && room <= leastBudget) break;
      const item = this.#value(value, room - 1, depth + 1, pointerTo(pointer, index));
      items.push(item);
      left -= item.length + 1;
    }
    if (items.length < total) this.#omit(pointer, `kept ${items.length} of ${total} items`);
    return `[${items.join(',')}]`;
  }

  #object(container: JsonContainer, budget: number, depth: number, pointer: string): string {
    const sizes = container.ends.map((end, index) => end - memberStart(container, index) + 1);
    const share = fairShare(sizes, budget - 2);
    const isList = sizes.filter((size) => size > share).length > mostCutMembers;
    const members: string[] = [];
    let left = budget - 2;
    for (const [index, size] of sizes.entries()) {
      const value = valueAt(container, index);
      const start = memberStart(container, index);
      const keyLength = value.start - start;
      const allowed = Math.min(left, isList ? roomFor(size, budget - 2, left) : share);
      if (size > allowed && allowed - keyLength < leastBudget) continue;
      const key = this.text.slice(start, value.start);
      const inner = pointerTo(pointer, JSON.parse(key.slice(0, endOfString(key, 0))) as string);
      const member = key + this.#value(value, Math.min(size, allowed) - keyLength - 1, depth + 1, inner);
      members.push(member);
      left -= member.length + 1;
    }
    const total = sizes.length;
    if (members.length < total) this.#omit(pointer, `kept ${members.length} of ${total} members`);
    return `{${members.join(',')}}`;
  }

  #string(start: number, end: number, budget: number, pointer: string): string {
    let stop = start + 1;
    const limit = Math.min(end - 1, start + Math.max(budget - 2 - ellipsis.length, 0));
    for (let next = stop; next <= limit; next = afterCharacter(this.text, next)) stop = next;
    this.#omit(pointer, `kept ${stop - start - 1} of ${end - start - 2} characters`);
    return `${this.text.slice(start, stop)}${ellipsis}"`;
  }

  #lost(pointer: string): string {
    this.#omit(pointer, 'left out');
    return 'null';
  }

  #omit(pointer: string, what: string): void {
    this.#omissions.push(`${pointer === '' ? 'the whole' : pointer}: ${what}`);
  }
}

interface Value {
  start: number;
  end: number;
  container: JsonContainer | undefined;
}

function valueAt({ starts, ends, inner }: JsonContainer, index: number): Value {
  return { start: starts[index] ?? 0, end: ends[index] ?? 0, container: inner.get(index) };
}

/** Of an object's member: where its key begins. */
function memberStart({ start, ends }: JsonContainer, index: number): number {
  return (index === 0 ? start : (ends[index - 1] ?? start)) + 1;
}

/** One that takes most of the room by itself is cut, so that something of the others is left; else it is all or nothing. */
function roomFor(size: number, budget: number, left: number): number {
  if (size <= left) return size;
  return size > budget / 2 ? Math.floor(left / 2) : 0;
}

/** The size that each may have so that all together fit: what is smaller leaves its rest to the others. */
function fairShare(sizes: readonly number[], budget: number): number {
  let left = budget;
  const rising = [...sizes].sort((a, b) => a - b);
  for (const [index, size] of rising.entries()) {
    const share = Math.floor(left / (rising.length - index));
    if (size > share) return share;
    left -= size;
  }
  return Number.MAX_SAFE_INTEGER;
}

/** The offset after one character of a JSON string: an escape and a surrogate pair are never taken apart. */
function afterCharacter(text: string, index: number): number {
  if (text[index] === '\\') {
    if (text[index + 1] !== 'u') return index + 2;
    const isHigh = /^\\u[dD][89abAB]/.test(text.slice(index, index + 4));
    return isHigh && text.startsWith('\\u', index + 6) ? index + 12 : index + 6;
  }
  return index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
}
