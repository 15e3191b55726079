import { Readable } from 'node:stream';
import { compileApiInterface, type ApiInterface, type ExegesisOptions } from 'exegesis';
import { isObject, type JsonObject } from '../walk-schema.js';
import { bodyParsers } from './body-parsers.js';
import { operationDocument, parametersOf, pathOnly, type OperationPlace } from './operation-document.js';
import type { ReceivedRequest } from './recording-api.js';

type Api = ApiInterface<unknown>;
type Resolved = NonNullable<NonNullable<ReturnType<Api['resolve']>>['operation']>;

/**
 * Judges requests to one operation by exegesis, an OpenAPI validator that is not ours: it reads path, query and headers
 * by their styles, the body by its media type, and checks all of it by the document's schemas.
 */
export class RequestJudge {
  readonly #api: Promise<Api>;
  readonly #parameters: readonly JsonObject[];
  readonly #place: OperationPlace;

  /**
   * @param root an OpenAPI 3 document
   * @param requests those that will be judged: of parameters that may be left out, and are, nothing is to be said
   */
  constructor(root: JsonObject, place: OperationPlace, requests: readonly ReceivedRequest[]) {
    this.#place = place;
    this.#parameters = parametersOf(root, place);
    const judged = this.#parameters.filter((parameter) => requests.some((request) => mayBeIn(request, parameter)));
    const document = operationDocument(root, place, judged);
    const options: ExegesisOptions = {
      ignoreServers: true,
      allErrors: true,
      lazyCompileValidationSchemas: true,
      defaultMaxBodySize: 2 ** 24,
      mimeTypeParsers: bodyParsers(document),
      customFormats: Object.fromEntries(formatsOf(document).map((format) => [format, () => true])),
    };
    this.#api = compileApiInterface(document as never, options);
    // Asked for by the first judgement.
    this.#api.catch(() => undefined);
  }

  /** @returns what is wrong with the request; empty where nothing is */
  async judge(request: ReceivedRequest, basePath: string): Promise<string[]> {
    const path = withCookies(
      readableNames(this.#oneSegmentEach(request.url.slice(basePath.length))),
      request.headers.cookie,
    );
    const headers = this.#headersOf(request);
    const resolved = (await this.#api).resolve(request.method, path, headers);
    if (!resolved?.operation) return [`no operation for ${request.method} ${path}`];
    return [...this.#judgeParameters(resolved.operation, request), ...(await judgeBody(resolved.operation, request))];
  }

  #judgeParameters(operation: Resolved, request: ReceivedRequest): string[] {
    const values = operation.parseParameters();
    const errors = operation.validateParameters(values) ?? [];
    return [
      ...errors.map(({ message, location }) => `${location?.in ?? ''} ${location?.name ?? ''}: ${message}`),
      ...this.#undeclaredQuery(request.url),
    ];
  }

  /** exegesis lets pass what is not declared; a misspelt name would not be noticed. */
  #undeclaredQuery(url: string): string[] {
    const declared = this.#in('query');
    const names = new Set(declared.map(({ name }) => name));
    if (declared.some(isSpread)) return [];
    const literal = new URLSearchParams(this.#place.path.split('?')[1]?.split('#')[0] ?? '');
    return [...new URLSearchParams(url.split('?')[1] ?? '').keys()]
      .filter((name) => !names.has(name) && !names.has(name.split('[')[0] ?? '') && !literal.has(name))
      .map((name) => `query ${name}: is not declared`);
  }

  /** As received, and under the names that the document spells them by. */
  #headersOf({ headers }: ReceivedRequest): ReceivedRequest['headers'] {
    const declared = { ...headers };
    for (const name of this.#in('header').map((parameter) => String(parameter.name))) {
      // exegesis takes headers for percent-encoded, which OpenAPI does not say.
      const value = headers[name.toLowerCase()]?.toString().replaceAll('%', '%25');
      if (value !== undefined) declared[name] = value;
    }
    return declared;
  }

  /** exegesis knows nothing of GitHub's `x-multi-segment`: slashes of such a value are encoded for it. */
  #oneSegmentEach(url: string): string {
    const multi = new Set(
      this.#in('path')
        .filter((one) => one['x-multi-segment'] === true)
        .map(({ name }) => name),
    );
    if (multi.size === 0) return url;
    const [path = '', ...query] = url.split('?');
    const parts = pathOnly(this.#place.path).split(/(\{[^{}]+\})/);
    const expression = parts.map((part) => {
      if (!part.startsWith('{')) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return multi.has(part.slice(1, -1)) ? '(.+)' : '([^/]+)';
    });
    const values = new RegExp(`^${expression.join('')}$`).exec(path)?.slice(1);
    if (!values) return url;
    const filled = parts.map((part) => (part.startsWith('{') ? (values.shift() ?? '').replaceAll('/', '%2F') : part));
    return [filled.join(''), ...query].join('?');
  }

  #in(place: string): JsonObject[] {
    return this.#parameters.filter((parameter) => parameter.in === place);
  }
}

function mayBeIn({ url, headers }: ReceivedRequest, parameter: JsonObject): boolean {
  const name = String(parameter.name);
  if (parameter.required === true || parameter.in === 'path' || isSpread(parameter)) return true;
  if (parameter.in === 'header') return headers[name.toLowerCase()] !== undefined;
  const queries = new URLSearchParams(`${url.split('?')[1] ?? ''}&${(headers.cookie ?? '').replaceAll('; ', '&')}`);
  return [...queries.keys()].some((key) => key === name || key.startsWith(`${name}[`));
}

/** Whether the names in a query are those of an object's properties. */
function isSpread({ in: place, schema, style, explode, content }: JsonObject): boolean {
  const isForm = style === undefined || style === 'form';
  const isQuery = place === 'query' && content === undefined;
  return isQuery && isForm && explode !== false && !(isObject(schema) && isPrimitive(schema.type));
}

function isPrimitive(type: unknown): boolean {
  return ['string', 'integer', 'number', 'boolean', 'array'].includes(String(type));
}

async function judgeBody(operation: Resolved, request: ReceivedRequest): Promise<string[]> {
  const { bodyParser, validateBody } = operation;
  if (!bodyParser || request.body.byteLength === 0) return [];
  const incoming = Object.assign(Readable.from([request.body]), {
    headers: { ...request.headers, 'content-length': String(request.body.byteLength) },
    method: request.method,
    url: request.url,
  });
  const body = await new Promise<unknown>((resolve, reject) => {
    bodyParser.parseReq(incoming as never, undefined as never, (error: unknown, result: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
      else resolve(result);
    });
  });
  const errors = validateBody?.(body).errors ?? [];
  return errors.map(
    ({ message, location, ajvError }) => `body${location?.path ?? ''}: ${message}${matchesOf(ajvError)}`,
  );
}

/** exegesis does not decode the names in a query. */
function readableNames(url: string): string {
  const [path = '', ...queries] = url.split('?');
  if (queries.length === 0) return url;
  const pairs = queries.join('?').split('&');
  return `${path}?${pairs.map((pair) => pair.replace(/^[^=]*/, (name) => name.replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%24', '$'))).join('&')}`;
}

/** exegesis does not read cookies; `operationDocument` declares them as a query, for they are written alike. */
function withCookies(url: string, cookies: string | undefined): string {
  if (cookies === undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${cookies.replaceAll('; ', '&')}`;
}

/** exegesis complains of formats that it does not know; of the others it checks what matters. */
const judgedFormats: ReadonlySet<string> = new Set(['int32', 'int64', 'double', 'float', 'byte', 'date', 'date-time']);

function formatsOf(node: unknown): string[] {
  if (Array.isArray(node)) return (node as unknown[]).flatMap(formatsOf);
  if (!isObject(node)) return [];
  const { format } = node;
  const own = typeof format === 'string' && !judgedFormats.has(format) ? [format] : [];
  return [...own, ...Object.values(node).flatMap(formatsOf)];
}

/** Of `oneOf`: whether none of the variants matches, or more than one. */
function matchesOf(error: unknown): string {
  const params = isObject(error) && isObject(error.params) ? error.params : {};
  if (!Object.hasOwn(params, 'passingSchemas')) return '';
  return params.passingSchemas === null ? ' (none does)' : ' (several do)';
}
