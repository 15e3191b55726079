import { chooseBody, type ChosenBody } from '../arguments/choose-body.js';
import { jsonText } from '../arguments/exact-integer.js';
import type { ComponentBase } from '../components/component.js';
import { isObject, own, ownObject } from '../document/json.js';
import { isJsonSequence } from '../operations/read-request-body.js';
import { decodeFile, isBinarySchema, propertySchema } from './binary-value.js';
import { formText } from './form-body.js';
import { multipartBody, type PartSource } from './multipart-body.js';
import { textOf } from './value-text.js';
import type { JsonObject } from '../document/json.js';

export type EncodedBody =
  { ok: true; content?: string | Uint8Array; contentType?: string } | { ok: false; problems: string[] };

/**
 * The body of a request, encoded as its media type says (openapi-to-mcp.md, sections 4 and 5).
 *
 * @returns without content where none is sent; every problem, each naming its argument, where a value can't be
 */
export function encodeBody(component: ComponentBase, args: JsonObject): EncodedBody {
  const chosen = chooseBody(component, args);
  if (!chosen) return { ok: true };
  const { mediaType, kind, encoding } = chosen.content;
  const { value } = chosen;
  const names = new ArgumentNames(component);
  const problems = new Set<string>();
  const report = (name: string | undefined, problem: string) => problems.add(`${names.keyOf(name)}: ${problem}`);
  const done = (content: string | Uint8Array, contentType = mediaType): EncodedBody =>
    problems.size > 0 ? { ok: false, problems: [...problems] } : { ok: true, content, contentType };

  if (isJsonSequence(mediaType)) return done(sequenceText(mediaType, value));
  switch (kind) {
    case 'json':
      return done(jsonText(value));
    case 'form':
      return done(isObject(value) ? formText(names.inOrder(value), encoding, report) : textOf(value));
    case 'multipart': {
      const { content, contentType } = multipartBody(mediaType, partSources(chosen, names, report));
      return done(content, contentType);
    }
    case 'text':
      return done(textOf(value));
    case 'binary': {
      const decoded = decodeFile(value);
      if (decoded.ok) return done(decoded.file.bytes, sentType(component, chosen, decoded.file.contentType));
      report(undefined, decoded.problem);
      return done('');
    }
  }
}

/** A line for each item; `json-seq` has a record separator before it, too. */
function sequenceText(mediaType: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const before = /json-seq/i.test(mediaType) ? '\u001e' : '';
  return (Array.isArray(value) ? value : [value]).map((item) => `${before}${jsonText(item)}\n`).join('');
}

/** The type that comes with the file counts where the document leaves a choice. */
function sentType({ bodies }: ComponentBase, { content }: ChosenBody, given: string | undefined): string {
  const { mediaType } = content;
  if (given === undefined) return mediaType.includes('*') ? 'application/octet-stream' : mediaType;
  const isOffered = bodies.some((body) => body.mediaType.toLowerCase() === given.toLowerCase());
  return mediaType.includes('*') || isOffered ? given : mediaType;
}

function partSources(
  { content, value }: ChosenBody,
  names: ArgumentNames,
  report: (name: string | undefined, problem: string) => void,
): PartSource[] {
  if (!isObject(value)) {
    return (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => ({
      value: item,
      isBinary: names.isBinary(undefined),
      encoding: {},
      report: (problem) => report(undefined, problem),
    }));
  }
  return names.inOrder(value).map(([name, member]) => ({
    name,
    value: member,
    isBinary: names.isBinary(name),
    encoding: content.encoding.get(name) ?? {},
    report: (problem) => report(name, problem),
  }));
}

/** How the properties of a body are known to the caller, and in which order the schema has them. */
class ArgumentNames {
  readonly #component: ComponentBase;
  readonly #keys = new Map<string, string>();
  readonly #files = new Set<string>();
  readonly #whole: string | undefined;

  constructor(component: ComponentBase) {
    this.#component = component;
    for (const binding of component.bindings.values()) {
      if (binding.place === 'property') {
        this.#keys.set(binding.name, binding.key);
        if (binding.isBinary === true) this.#files.add(binding.name);
      }
      if (binding.place === 'body') this.#whole = binding.key;
    }
  }

  /** @param name of a property; undefined for the body itself */
  keyOf(name: string | undefined): string {
    if (name === undefined) return this.#whole ?? 'body';
    const key = this.#keys.get(name) ?? name;
    return this.#whole === undefined ? key : `${this.#whole}.${key}`;
  }

  inOrder(value: JsonObject): [name: string, value: unknown][] {
    const declared = [...this.#keys.keys()].filter((name) => Object.hasOwn(value, name));
    const open = Object.keys(value).filter((name) => !this.#keys.has(name));
    return [...declared, ...open].map((name) => [name, value[name]]);
  }

  /** @param name of a property; undefined for an item of a body that is a list */
  isBinary(name: string | undefined): boolean {
    const { inputSchema } = this.#component;
    if (this.#whole === undefined) return name !== undefined && this.#files.has(name);
    const definitions = ownObject(inputSchema, '$defs');
    const schema = own(ownObject(inputSchema, 'properties'), this.#whole);
    return isBinarySchema(name === undefined ? schema : propertySchema(schema, name, definitions), definitions);
  }
}
