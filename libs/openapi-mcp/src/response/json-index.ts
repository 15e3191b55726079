/** An array or object in JSON text, by the offsets of what is in it. */
export interface JsonContainer {
  start: number;
  end: number;
  isArray: boolean;
  /** Of its items, or of the values of its members. */
  starts: number[];
  ends: number[];
  /** Those of its values that are containers worth looking into, by their place. */
  inner: Map<number, JsonContainer>;
  /** How deep it is nested below itself: 1 where it holds no container. */
  height: number;
}

interface Open extends JsonContainer {
  valueStart: number;
}

/** Smaller containers are indexed again when they are looked into: most never are. */
const notWorthKeeping = 512;
/** A container that is not kept is not nested deeper. */
export const deepEnoughToKeep = 32;
/** Deeper than what cutting keeps: what is nested further is passed over, or brackets alone would take all memory. */
const deepestIndexed = 128;

/**
 * Finds the containers of JSON text and where their values are, without recursion.
 *
 * @param text valid, without whitespace between its tokens
 * @param from where the container begins; what is nested in it more than `deepestIndexed` times is not indexed
 * @param keepsAll keeps the index of small containers too
 * @returns undefined where no container begins there
 */
export function indexJson(text: string, from = 0, keepsAll = false): JsonContainer | undefined {
  const open: Open[] = [];
  for (let index = from; index < text.length; index += 1) {
    const container = open.at(-1);
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index) - 1;
        break;
      case openBracket:
      case openBrace:
        if (open.length >= deepestIndexed) {
          if (container) container.height = Math.max(container.height, 2);
          index = endOfContainer(text, index) - 1;
          break;
        }
        open.push(opened(index, text.charCodeAt(index) === openBracket));
        break;
      case colon:
        if (container) container.valueStart = index + 1;
        break;
      case comma:
        if (container) endValue(container, index);
        break;
      case closeBracket:
      case closeBrace: {
        if (!container) return undefined;
        if (index > container.start + 1) endValue(container, index);
        container.end = index + 1;
        open.pop();
        const parent = open.at(-1);
        if (!parent) return container;
        parent.height = Math.max(parent.height, container.height + 1);
        const isKept = container.end - container.start > notWorthKeeping || container.height > deepEnoughToKeep;
        if (isKept || keepsAll) parent.inner.set(parent.ends.length, container);
        break;
      }
      default:
        if (!container) return undefined;
    }
  }
  return undefined;
}

/** How deep JSON text is nested: 0 for a value that is no container. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index) - 1;
    else if (code === openBracket || code === openBrace) deepest = Math.max(deepest, (depth += 1));
    else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return deepest;
}

function opened(start: number, isArray: boolean): Open {
  return { start, end: start, isArray, starts: [], ends: [], inner: new Map(), height: 1, valueStart: start + 1 };
}

function endValue(container: Open, index: number): void {
  container.starts.push(container.valueStart);
  container.ends.push(index);
  container.valueStart = index + 1;
}

/** @returns the offset after the closing quote of the string that begins at `start` */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** @returns the offset after the bracket that closes the container which begins at `start` */
function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index) - 1;
    else if (code === openBracket || code === openBrace) depth += 1;
    else if (code === closeBracket || code === closeBrace) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
