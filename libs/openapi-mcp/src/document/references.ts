import type { Diagnostics } from './diagnostics.js';
import { absoluteUrl, selfUrl, type ExternalDocuments } from './external-documents.js';
import { isObject, own, pointerTo, type JsonObject } from './json.js';
import { ancestorsOf, decodedTokens, member, pointerIn, pointerTokens, splitPointer } from './json-pointer.js';
import { impliedPointers } from './reference-repairs.js';
import { schemaIdentifiers, type SchemaIdentifiers } from './schema-identifiers.js';

/** A node of a document and where it really is, references followed. */
export interface Located {
  value: unknown;
  /** RFC 6901; in another document, with that one's URL and `#` before it. */
  pointer: string;
}

/** A reference through references through references: nobody writes more. */
const maxDepth = 64;

/**
 * Follows the `$ref`s of one document, and of those that it refers to, lazily: only what is asked for is looked at
 * (openapi-to-mcp.md, section 1). References that lead nowhere, in a circle, or to where nothing was read give undefined
 * and a diagnostic; those that are written wrongly but can mean one thing only are followed, with a diagnostic.
 */
export class References {
  readonly #diagnostics: Diagnostics;
  /** By URL; the document itself by none. */
  readonly #documents: Map<string, unknown>;
  readonly #failures: ReadonlyMap<string, string>;
  /** URLs of the document itself: where it was read, and `$self`. */
  readonly #own: ReadonlySet<string>;
  /** What relative references of the document itself are relative to. */
  readonly #base: string | undefined;
  readonly #resolved = new Map<string, Located | undefined>();
  readonly #identifiers = new Map<string, SchemaIdentifiers>();

  constructor(root: JsonObject, diagnostics: Diagnostics, externals?: ExternalDocuments) {
    this.#diagnostics = diagnostics;
    this.#documents = new Map([...(externals?.documents ?? []), ['', root]]);
    this.#failures = externals?.failures ?? new Map<string, string>();
    this.#base = selfUrl(root, externals?.base) ?? externals?.base;
    this.#own = new Set([externals?.base, this.#base].filter((url) => url !== undefined));
  }

  /** @returns the node itself where it is no reference; undefined where its reference can't be followed */
  follow(node: unknown, pointer: string): Located | undefined {
    let located: Located = { value: node, pointer };
    let visited: Set<string> | undefined;
    for (;;) {
      const reference = this.#referenceOf(located);
      if (reference === undefined) return located;
      const target = this.#lookUp(reference, located.pointer);
      if (!target) return undefined;
      visited ??= new Set();
      if (visited.has(target.pointer)) {
        this.#diagnostics.add('warning', pointer, 'reference_cycle', 'The reference leads back to itself.');
        return undefined;
      }
      visited.add(target.pointer);
      located = target;
    }
  }

  /** @returns the object behind the node, or undefined, with a diagnostic, where there is none */
  followObject(node: unknown, pointer: string): { value: JsonObject; pointer: string } | undefined {
    const located = this.follow(node, pointer);
    if (!located) return undefined;
    if (isObject(located.value)) return { value: located.value, pointer: located.pointer };
    this.#diagnostics.add('warning', located.pointer, 'not_an_object', 'An object was expected here; it is skipped.');
    return undefined;
  }

  /** The same for what may be left out: nothing, null and an empty list are no object, and nothing to speak of. */
  followObjectOrNone(node: unknown, pointer: string): { value: JsonObject; pointer: string } | undefined {
    return isObject(node) ? this.followObject(node, pointer) : undefined;
  }

  #referenceOf({ value, pointer }: Located): string | undefined {
    if (!isObject(value)) return undefined;
    const reference = referenceOf(value);
    if (reference === undefined && Object.hasOwn(value, '$ref')) {
      this.#diagnostics.add('warning', pointer, 'reference_invalid', 'Its "$ref" is no text; it is ignored.');
    }
    return reference;
  }

  #lookUp(reference: string, from: string): Located | undefined {
    if (reference.trim() === '') {
      this.#diagnostics.add('warning', from, 'reference_invalid', 'Its "$ref" is empty; it leads nowhere.');
      return undefined;
    }
    const { url, path } = splitPointer(from);
    const found = this.#resolve(reference, url, 0);
    if (found) return found;
    const repaired = this.#repair(reference, url, path);
    if (repaired) {
      const place = repaired.pointer.slice(0, 200);
      this.#diagnostics.add('info', from, 'reference_repaired', `"${shortened(reference)}" is taken as ${place}.`);
      return repaired;
    }
    const outside = this.#outside(reference, url);
    if (outside === undefined) {
      this.#diagnostics.add('warning', from, 'reference_dangling', `"${shortened(reference)}" does not exist.`);
    } else {
      const message = `"${shortened(reference)}" is outside of the document${outside}.`;
      this.#diagnostics.add('warning', from, 'reference_external', message);
    }
    return undefined;
  }

  /** What a reference leads to by the rules, remembered. */
  #resolve(reference: string, url: string, depth: number): Located | undefined {
    const key = `${url} ${reference}`;
    if (this.#resolved.has(key)) return this.#resolved.get(key);
    // Until it is known it leads nowhere, so that one that leads through itself comes to an end.
    this.#resolved.set(key, undefined);
    const found = depth < maxDepth ? this.#find(reference, url, depth) : undefined;
    this.#resolved.set(key, found);
    return found;
  }

  #find(reference: string, url: string, depth: number): Located | undefined {
    const { target, fragment } = split(reference);
    if (target === '') return this.#inDocument(url, fragment, depth);
    const absolute = absoluteUrl(target, url === '' ? this.#base : url);
    if (absolute !== undefined && this.#own.has(absolute)) return this.#inDocument('', fragment, depth);
    if (absolute !== undefined && this.#documents.has(absolute)) return this.#inDocument(absolute, fragment, depth);
    for (const id of new Set([target, absolute])) {
      const resource = id === undefined ? undefined : this.#identifiersOf(url).ids.get(id);
      const tokens = resource === undefined ? undefined : pointerTokens(fragment);
      if (resource === undefined) continue;
      return tokens
        ? this.#walk(url, [...(pointerTokens(resource) ?? []), ...tokens], depth)
        : this.#anchored(url, fragment);
    }
    return undefined;
  }

  #inDocument(url: string, fragment: string, depth: number): Located | undefined {
    const tokens = pointerTokens(fragment);
    if (!tokens) return this.#anchored(url, fragment);
    const root = this.#documents.get(url);
    // A whole description is no schema, parameter or path: such a reference means something else.
    if (tokens.length === 0 && isObject(root) && (Object.hasOwn(root, 'openapi') || Object.hasOwn(root, 'swagger'))) {
      return undefined;
    }
    return this.#walk(url, tokens, depth);
  }

  #anchored(url: string, anchor: string): Located | undefined {
    const pointer = this.#identifiersOf(url).anchors.get(decodedTokens(anchor)[0] ?? anchor);
    return pointer === undefined ? undefined : this.#walk(url, pointerTokens(pointer) ?? [], 0);
  }

  #walk(url: string, tokens: readonly string[], depth: number): Located | undefined {
    let located: Located = { value: this.#documents.get(url), pointer: pointerIn(url, '') };
    for (let index = 0; index < tokens.length; index += 1) {
      const found = this.#step(located, tokens[index] ?? '', depth);
      if (!found) return undefined;
      located = found;
    }
    return located.value === undefined ? undefined : located;
  }

  #step(from: Located, token: string, depth: number): Located | undefined {
    let { value, pointer } = from;
    const visited = new Set<string>();
    for (;;) {
      for (const decoded of decodedTokens(token)) {
        const found = member(value, decoded);
        if (found !== undefined) return { value: found, pointer: pointerTo(pointer, decoded) };
      }
      // A pointer may lead through a node that is a reference itself.
      const reference = isObject(value) ? referenceOf(value) : undefined;
      const next = reference === undefined ? undefined : this.#resolve(reference, splitPointer(pointer).url, depth + 1);
      if (!next || visited.has(next.pointer)) return undefined;
      visited.add(next.pointer);
      ({ value, pointer } = next);
    }
  }

  /** What a reference that leads nowhere must have meant. */
  #repair(reference: string, url: string, path: string): Located | undefined {
    const { target, fragment } = split(reference);
    const tokens = target === '' ? pointerTokens(fragment) : undefined;
    if (tokens) {
      // A schema that was pasted with its own definitions; one that means itself by "#".
      for (const ancestor of tokens.length === 0 ? schemasAround(path) : ancestorsOf(path)) {
        const found = this.#walk(url, [...(pointerTokens(ancestor) ?? []), ...tokens], 0);
        if (found) return found;
      }
    }
    // A part that was cut out of the document and still points into it.
    const inRoot = tokens && tokens.length > 0 && url !== '' ? this.#walk('', tokens, 0) : undefined;
    if (inRoot) return inRoot;
    for (const pointer of impliedPointers(reference)) {
      const found = this.#walk(url, pointer, 0);
      if (found) return found;
    }
    return undefined;
  }

  /** @returns undefined for a place in a document that is there, else why nothing is read from the other one */
  #outside(reference: string, url: string): string | undefined {
    const { target } = split(reference);
    const absolute = absoluteUrl(target, url === '' ? this.#base : url);
    if (target === '' || (absolute !== undefined && (this.#own.has(absolute) || this.#documents.has(absolute)))) {
      return undefined;
    }
    const failure = absolute === undefined ? undefined : this.#failures.get(absolute);
    return failure === undefined ? '' : `, which can't be read: ${failure}`;
  }

  #identifiersOf(url: string): SchemaIdentifiers {
    let found = this.#identifiers.get(url);
    if (!found) {
      found = schemaIdentifiers(this.#documents.get(url));
      this.#identifiers.set(url, found);
    }
    return found;
  }
}

/** What a node refers to: `$ref`, or JSON Schema's `$dynamicRef`, which for a single document means the same. */
export function referenceOf(node: JsonObject): string | undefined {
  const reference = own(node, '$ref') ?? own(node, '$dynamicRef');
  return typeof reference === 'string' ? reference : undefined;
}

function split(reference: string): { target: string; fragment: string } {
  const text = reference.trim();
  const hash = text.indexOf('#');
  return hash < 0 ? { target: text, fragment: '' } : { target: text.slice(0, hash), fragment: text.slice(hash + 1) };
}

/** The named schema that a node is in. */
function* schemasAround(path: string): Generator<string> {
  const schema = /^\/(?:components\/schemas|definitions)\/[^/]+/.exec(path)?.[0];
  if (schema !== undefined) yield schema;
}

function shortened(reference: string): string {
  return reference.length > 200 ? `${reference.slice(0, 200)}…` : reference;
}
