import type { Diagnostics } from './diagnostics.js';
import { isObject, own, pointerTo, type JsonObject } from './json.js';

/** A node of the document and where it really is, references followed. */
export interface Located {
  value: unknown;
  pointer: string;
}

/**
 * Follows the `$ref`s of one document, lazily: only what is asked for is looked at (openapi-to-mcp.md, section 1).
 * References that leave the document, lead nowhere or in a circle give undefined and a diagnostic.
 */
export class References {
  readonly #root: JsonObject;
  readonly #diagnostics: Diagnostics;

  constructor(root: JsonObject, diagnostics: Diagnostics) {
    this.#root = root;
    this.#diagnostics = diagnostics;
  }

  /** @returns the node itself where it is no reference; undefined where its reference can't be followed */
  follow(node: unknown, pointer: string): Located | undefined {
    let located: Located = { value: node, pointer };
    const visited = new Set<string>();
    while (isObject(located.value) && typeof own(located.value, '$ref') === 'string') {
      const target = this.#lookUp(own(located.value, '$ref') as string, located.pointer);
      if (!target) return undefined;
      if (visited.has(target.pointer)) {
        this.#diagnostics.add('warning', pointer, 'reference_cycle', 'The reference leads back to itself.');
        return undefined;
      }
      visited.add(target.pointer);
      located = target;
    }
    return located;
  }

  /** @returns the object behind the node, or undefined, with a diagnostic, where there is none */
  followObject(node: unknown, pointer: string): { value: JsonObject; pointer: string } | undefined {
    const located = this.follow(node, pointer);
    if (!located) return undefined;
    if (isObject(located.value)) return { value: located.value, pointer: located.pointer };
    this.#diagnostics.add('warning', located.pointer, 'not_an_object', 'An object was expected here; it is skipped.');
    return undefined;
  }

  #lookUp(reference: string, from: string): Located | undefined {
    if (!reference.startsWith('#')) {
      this.#diagnostics.add('warning', from, 'reference_external', `"${reference}" is outside of the document.`);
      return undefined;
    }
    const tokens = pointerTokens(reference.slice(1));
    const found = tokens && this.#walk(tokens);
    if (!found) this.#diagnostics.add('warning', from, 'reference_dangling', `"${reference}" does not exist.`);
    return found;
  }

  #walk(tokens: readonly string[]): Located | undefined {
    let value: unknown = this.#root;
    let pointer = '';
    let hops = 0;
    for (const token of tokens) {
      // A pointer may lead through a node that is a reference itself.
      while (isObject(value) && !Object.hasOwn(value, token) && typeof own(value, '$ref') === 'string') {
        const inner = pointerTokens((own(value, '$ref') as string).replace(/^#/, ''));
        hops += 1;
        const next = inner && hops < 32 ? this.#plainWalk(inner) : undefined;
        if (!next) return undefined;
        ({ value, pointer } = next);
      }
      value = step(value, token);
      if (value === undefined) return undefined;
      pointer = pointerTo(pointer, token);
    }
    return { value, pointer };
  }

  #plainWalk(tokens: readonly string[]): Located | undefined {
    const value = tokens.reduce<unknown>(step, this.#root);
    return value === undefined ? undefined : { value, pointer: pointerTo('', ...tokens) };
  }
}

function step(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(token) ? (value as unknown[])[Number(token)] : undefined;
  return isObject(value) ? own(value, token) : undefined;
}

/** @returns undefined where the text is no JSON pointer: an anchor, or broken percent-encoding */
function pointerTokens(fragment: string): string[] | undefined {
  if (fragment === '') return [];
  if (!fragment.startsWith('/')) return undefined;
  try {
    return fragment
      .slice(1)
      .split('/')
      .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
