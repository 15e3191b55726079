import { deepStrictEqual } from 'node:assert';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { styledOperations, type Seen, type StyledOperation } from './styled-operations.js';

/** Where a schema says how its parameter is written; `@fastify/swagger` has a place for that of queries only. */
interface Parameter {
  in: string;
  schema?: Record<string, unknown>;
  style?: string;
  explode?: boolean;
}

type Paths = Record<string, Record<string, { parameters?: Parameter[] }>>;

/**
 * A real HTTP service that publishes its own document, by `@fastify/swagger`, and uses every style of parameters and
 * bodies. Each of its operations checks what it was sent: it answers 422 with the difference where that is not what the
 * call meant.
 */
export class StylesService {
  private constructor(
    private readonly app: FastifyInstance,
    readonly url: string,
    /** How often each operation got what was meant. */
    readonly served: ReadonlyMap<string, number>,
  ) {}

  static async start(): Promise<StylesService> {
    // What comes is looked at as it is: nothing is coerced, defaulted or dropped on the way.
    const app = fastify();
    app.setValidatorCompiler(() => () => true);
    app.setSerializerCompiler(() => (data) => JSON.stringify(data));
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => {
      done(null, body);
    });
    await app.register(swagger, {
      openapi: { openapi: '3.1.0', info: { title: 'Every style', version: '1.0.0' } },
      transformObject: (given) => {
        const document = 'openapiObject' in given ? given.openapiObject : given.swaggerObject;
        moveStyles((document.paths ?? {}) as Paths);
        return document;
      },
    });
    const served = new Map<string, number>();
    await app.register((routes, _, done) => {
      for (const operation of styledOperations) addRoute(routes, operation, served);
      done();
    });
    app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    await app.listen({ port: 0, host: '127.0.0.1' });
    return new StylesService(app, `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, served);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

function addRoute(app: FastifyInstance, operation: StyledOperation, served: Map<string, number>): void {
  const { id, method, url, schema, meant, answer } = operation;
  app.route({
    method,
    url,
    schema: { operationId: id, ...schema },
    handler: async (request, reply) => {
      try {
        deepStrictEqual(await seenIn(request, meant), meant);
      } catch (error) {
        return reply.code(422).send({ difference: error instanceof Error ? error.message : String(error) });
      }
      served.set(id, (served.get(id) ?? 0) + 1);
      const { status = 200, type = 'application/json', body } = answer ?? { body: '{"ok":true}' };
      return body === undefined ? reply.code(status).send() : reply.code(status).type(type).send(body);
    },
  });
}

/** What is there of a request, as far as the operation says what it should be. */
async function seenIn(request: FastifyRequest, meant: Seen): Promise<Seen> {
  const seen: Seen = { target: request.raw.url ?? '' };
  if (meant.headers) {
    seen.headers = Object.fromEntries(Object.keys(meant.headers).map((name) => [name, request.headers[name]]));
  }
  if ('body' in meant) seen.body = await bodyOf(request);
  return seen;
}

async function bodyOf({ body, headers }: FastifyRequest): Promise<unknown> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return JSON.parse(bytes.toString());
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(bytes.toString())];
  if (type.startsWith('application/octet-stream')) return [...bytes];
  if (!type.startsWith('multipart/form-data')) return bytes.toString();
  return partsOf(bytes, /boundary="?([^";]+)/.exec(type)?.[1] ?? '');
}

/** Name, file name, media type and text of each part of a form (RFC 7578); the first alone where there is no more. */
function partsOf(bytes: Buffer, boundary: string): string[][] {
  const [, ...parts] = bytes.toString('utf8').split(`--${boundary}`);
  return parts.slice(0, -1).map((part) => {
    const end = part.indexOf('\r\n\r\n');
    const head = part.slice(0, end);
    const text = part.slice(end + 4, -2);
    const [name = '', fileName] = ['name', 'filename'].map((key) => new RegExp(`[ ;]${key}="([^"]*)"`).exec(head)?.[1]);
    const type = /content-type: *([^\r]+)/i.exec(head)?.[1] ?? '';
    return fileName === undefined ? [name, text] : [name, fileName, type, text];
  });
}

function moveStyles(paths: Paths): void {
  for (const { parameters = [] } of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const parameter of parameters) {
      const { 'x-style': style, 'x-explode': explode, ...schema } = parameter.schema ?? {};
      if (typeof style === 'string') parameter.style = style;
      if (typeof explode === 'boolean') parameter.explode = explode;
      if (parameter.schema) parameter.schema = schema;
    }
  }
}
