import { isObject, type JsonObject } from '../walk-schema.js';

export interface OperationPlace {
  path: string;
  /** Lower case. */
  method: string;
}

/** @returns the parameters that an operation has, those of its path among them, cookies declared as a query */
export function parametersOf(root: JsonObject, place: OperationPlace): JsonObject[] {
  const { item, operation } = placeIn(root, place);
  return uniqueParameters(root, [...list(item.parameters), ...list(operation.parameters)]);
}

/**
 * A document of one operation, with all that its request refers to, for a validator that reads whole documents. Answers,
 * servers and security are left out. What the validator refuses to read, although it says nothing about requests or is
 * plain in meaning, is taken out or translated: `adaptSchema` lists it.
 *
 * @param parameters those that are to be judged
 */
export function operationDocument(
  root: JsonObject,
  place: OperationPlace,
  parameters: readonly JsonObject[],
): JsonObject {
  const document: JsonObject = { openapi: '3.0.3', info: { title: 'one operation', version: '1' }, paths: {} };
  const body = follow(root, placeIn(root, place).operation.requestBody);
  const copy = new DocumentCopy(root, document);
  document.paths = {
    [pathOnly(place.path)]: {
      [place.method]: {
        parameters: parameters.map((parameter) => withAnyOf(copy.of(parameter))),
        ...(isObject(body)
          ? { requestBody: { required: body.required === true, content: copy.content(body.content) } }
          : {}),
        operationId: 'operation',
        responses: { default: { description: '' } },
      },
    },
  };
  copy.finish();
  return document;
}

function placeIn(root: JsonObject, { path, method }: OperationPlace): { item: JsonObject; operation: JsonObject } {
  const item = follow(root, isObject(root.paths) ? root.paths[path] : undefined);
  const operation = isObject(item) ? follow(root, item[method]) : undefined;
  if (!isObject(item) || !isObject(operation)) throw new Error(`${method} ${path} is not in the document`);
  return { item, operation };
}

/** A template as it is on the wire, without the query and fragment that some have. */
export function pathOnly(template: string): string {
  const [path = ''] = template.split(/[?#]/);
  const encoded = path.replaceAll(/\{[^{}]*\}|[^{}]+/g, (part) => (part.startsWith('{') ? part : encodeURI(part)));
  return encoded.startsWith('/') ? encoded : `/${encoded}`;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The operation's own win over those of its path; parameters without a place are none. */
function uniqueParameters(root: JsonObject, parameters: readonly unknown[]): JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const parameter of parameters.map((one) => follow(root, one))) {
    if (!isObject(parameter) || typeof parameter.name !== 'string' || typeof parameter.in !== 'string') continue;
    found.set(`${parameter.in} ${parameter.name}`, parameter.in === 'cookie' ? asQuery(parameter) : parameter);
  }
  return [...found.values()];
}

/** The validator reads no cookies, and a cookie that is there twice is read by nobody: arrays are one, comma-separated. */
function asQuery(parameter: JsonObject): JsonObject {
  const isArray = isObject(parameter.schema) && parameter.schema.type === 'array';
  return { ...parameter, in: 'query', style: 'form', ...(isArray ? { explode: false } : {}) };
}

function follow(root: JsonObject, node: unknown): unknown {
  let found = node;
  for (let hops = 0; isObject(found) && typeof found.$ref === 'string' && hops < 16; hops += 1) {
    found = lookUp(root, found.$ref);
  }
  return found;
}

function lookUp(root: JsonObject, reference: string): unknown {
  return tokensOf(reference).reduce<unknown>(
    (node, token) => (isObject(node) || Array.isArray(node) ? (node as JsonObject)[token] : undefined),
    root,
  );
}

function tokensOf(reference: string): string[] {
  return reference
    .replace(/^#?\/?/, '')
    .split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Copies parts of a document, and then what the copies refer to, until nothing is missing. */
class DocumentCopy {
  readonly #waiting: string[] = [];
  readonly #copied = new Map<string, string>();

  constructor(
    private readonly root: JsonObject,
    private readonly into: JsonObject,
  ) {}

  /** @param isMap whether the keys are names, not keywords */
  of(node: unknown, isMap = false): unknown {
    if (Array.isArray(node)) return (node as unknown[]).map((item) => this.of(item));
    if (!isObject(node)) return node;
    if (isMap) return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, this.of(value)]));
    if (typeof node.$ref === 'string') return { $ref: this.#reference(node.$ref) };
    return Object.fromEntries(
      Object.entries(adaptSchema(node))
        .filter(([key]) => !leftOut.has(key) && !key.startsWith('x-'))
        .map(([key, value]) => [key, dataKeywords.has(key) ? value : this.of(value, mapKeywords.has(key))]),
    );
  }

  /** Of each media type, what exegesis can read a body of that type by. */
  content(content: unknown): JsonObject {
    return Object.fromEntries(
      Object.entries(isObject(content) ? content : {}).map(([type, media]) => {
        if (/json-patch\+json/i.test(type)) return [type, { schema: jsonPatch }];
        return [type, isReadable(type) ? this.of(media) : {}];
      }),
    );
  }

  finish(): void {
    const schemas: JsonObject = {};
    for (let reference = this.#waiting.shift(); reference !== undefined; reference = this.#waiting.shift()) {
      const name = this.#copied.get(reference);
      const target = lookUp(this.root, reference);
      if (name !== undefined) schemas[name] = target === undefined ? {} : this.of(target);
    }
    this.into.components = { schemas };
  }

  #reference(given: string): string {
    // exegesis loses its way where a reference leads to nothing but another one.
    let reference = given;
    for (let hops = 0; hops < 16; hops += 1) {
      const target = lookUp(this.root, reference);
      if (!isObject(target) || typeof target.$ref !== 'string') break;
      reference = target.$ref;
    }
    const known = this.#copied.get(reference);
    const name = known ?? `S${this.#copied.size}`;
    if (known === undefined) {
      this.#copied.set(reference, name);
      this.#waiting.push(reference);
    }
    return `#/components/schemas/${name}`;
  }
}

/** Defaults would be filled in, and judged: they are not what was sent. */
const leftOut: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'description', 'externalDocs']);
const dataKeywords: ReadonlySet<string> = new Set(['enum', 'const']);
const mapKeywords: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'definitions',
  '$defs',
  'encoding',
]);

/** RFC 6902: documents declare an object, or nothing, for what is always a list of objects. */
const jsonPatch = { type: 'array', items: { type: 'object' } };

/** XML, files and other texts are not read against a schema. */
function isReadable(type: string): boolean {
  return /[/+]json\b|x-www-form-urlencoded|^multipart\//i.test(type) || type.includes('*');
}

/** A parameter's text has no type: one value may well be of several variants. */
function withAnyOf(parameter: unknown): unknown {
  if (Array.isArray(parameter)) return (parameter as unknown[]).map(withAnyOf);
  if (!isObject(parameter)) return parameter;
  return Object.fromEntries(Object.entries(parameter).map(([key, value]) => [spelling(key, value), withAnyOf(value)]));
}

function spelling(key: string, value: unknown): string {
  if (key === 'oneOf' && Array.isArray(value)) return 'anyOf';
  // A parameter of any media type is text.
  return key === '*/*' ? 'text/plain' : key;
}

/** What the validator's JSON Schema (draft 7, strict about keywords) does not read as OpenAPI means it. */
function adaptSchema(node: JsonObject): JsonObject {
  const adapted = { ...node };
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof adapted[flag] !== 'boolean') continue;
    if (adapted[flag] && typeof adapted[limit] === 'number') adapted[flag] = adapted[limit];
    else delete adapted[flag];
  }
  if (adapted.nullable !== undefined && typeof adapted.type !== 'string') delete adapted.nullable;
  if (adapted.nullable === true && Array.isArray(adapted.enum)) adapted.enum = [...(adapted.enum as unknown[]), null];
  if (adapted.type === 'file') Object.assign(adapted, { type: 'string', format: 'binary' });
  if (typeof adapted.pattern === 'string' && !isRegularExpression(adapted.pattern)) delete adapted.pattern;
  if (Array.isArray(adapted.enum)) adapted.enum = unique(adapted.enum as unknown[]);
  if (Array.isArray(adapted.required)) adapted.required = unique(adapted.required as unknown[]);
  return adapted;
}

function unique(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    // The validator would not read the whole operation.
    return false;
  }
}
