import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '@mcp-hub/application';
import { mayWriteFrom, type OriginRules } from '../auth/origin.js';
import { anonymousOwner, anonymousReader, hasScope, type Principal } from '../auth/principal.js';
import type { TokenAuth } from '../auth/token-auth.js';
import { isSupportedMedia } from './bodies.js';
import { BodyTooLarge, ForeignOrigin, ScopeMissing, Unauthenticated, UnsupportedMedia } from './http.errors.js';
import { answerError } from './problem-filter.js';
import { HttpProblem } from './problem.js';
import { RouteIndex } from './route-index.js';

export interface HttpAuth {
  /** Off: everybody may do everything. */
  isEnabled: boolean;
  /** Reads need a token too. */
  protectsReads: boolean;
  tokens: TokenAuth;
}

export interface GateOptions {
  auth: HttpAuth;
  /** Origins whose pages may read; `*` for any. */
  corsOrigins: readonly string[];
  origins: OriginRules;
  bodyLimitBytes: number;
  log: Log;
}

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Decides about a request by its first line and headers alone, before its body is read: origin, path and method, token
 * and scope, media type and length, in this order.
 */
export function installRequestGate(instance: FastifyInstance, options: GateOptions): void {
  const routes = new RouteIndex();
  instance.decorateRequest('principal');
  instance.addHook('onRoute', ({ url, method }) => routes.add(url, method));
  instance.addHook('onRequest', (request, reply, done) => {
    try {
      reply.raw.setHeader('x-content-type-options', 'nosniff');
      allowReadsAcrossOrigins(request, reply, options.corsOrigins);
      if (request.method === 'OPTIONS' && request.is404) {
        answerOptions(request, reply, routes);
        return;
      }
      request.principal = admit(request, routes, options);
    } catch (error) {
      // A body that is not read can't be told from the next request, and reading on would be what is to be avoided.
      if (hasBody(request)) void reply.header('connection', 'close');
      answerError(error, request, reply, options.log);
      return;
    }
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
    done();
  });
}

function admit(request: FastifyRequest, routes: RouteIndex, options: GateOptions): Principal {
  const { headers, method } = request;
  if (!readMethods.has(method) && !mayWriteFrom(headers.origin, headers.host, options.origins))
    throw new ForeignOrigin();
  // The router takes a slash at the end for an empty parameter.
  if (request.is404 || /^[^?]+\/(\?|$)/.test(request.raw.url ?? '')) throw whyNotFound(request, routes);
  const principal = identify(request, options.auth);
  if (hasBody(request)) {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new UnsupportedMedia('Send the body without a Content-Encoding.');
    }
    if (!isSupportedMedia(headers['content-type'])) {
      throw new UnsupportedMedia(
        'Send the body as application/json or application/yaml, and say which in Content-Type.',
      );
    }
    if (Number(headers['content-length'] ?? 0) > options.bodyLimitBytes) throw new BodyTooLarge(options.bodyLimitBytes);
  }
  return principal;
}

function identify(request: FastifyRequest, auth: HttpAuth): Principal {
  if (!auth.isEnabled) return anonymousOwner;
  const isRead = readMethods.has(request.method);
  const access = request.routeOptions.config.access ?? (isRead ? (auth.protectsReads ? 'read' : 'open') : 'publish');
  const outcome = auth.tokens.authenticate(request.headers.authorization);
  if (access === 'open') return outcome.kind === 'authenticated' ? outcome.principal : anonymousReader;
  if (outcome.kind !== 'authenticated') throw new Unauthenticated(outcome.kind);
  if (!hasScope(outcome.principal, access)) throw new ScopeMissing(access);
  return outcome.principal;
}

function whyNotFound(request: FastifyRequest, routes: RouteIndex): HttpProblem {
  const [path, query] = splitOnce(request.raw.url ?? '/', '?');
  const allowed = routes.methodsOf(path);
  if (allowed.length > 0 && !path.startsWith('/v0.1/')) {
    return new HttpProblem(405, 'method_not_allowed', 'This path does not take that method; see the Allow header.', {
      headers: { allow: allowed.join(', ') },
    });
  }
  const bare = path.replace(/\/+$/, '');
  if (bare !== path && bare !== '' && routes.methodsOf(bare).length > 0) {
    const location = query === undefined ? bare : `${bare}?${query}`;
    return new HttpProblem(308, 'moved', 'The path is without the slash at its end.', { headers: { location } });
  }
  return new HttpProblem(404, 'not_found', 'There is nothing at this path.');
}

function allowReadsAcrossOrigins(request: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void {
  const { origin } = request.headers;
  const { raw } = reply;
  if (allowed.includes('*')) {
    raw.setHeader('access-control-allow-origin', '*');
  } else {
    raw.setHeader('vary', 'Origin');
    if (origin === undefined || !allowed.includes(origin)) return;
    raw.setHeader('access-control-allow-origin', origin);
  }
  raw.setHeader('access-control-expose-headers', 'ETag, Location, Retry-After, WWW-Authenticate');
}

function answerOptions(request: FastifyRequest, reply: FastifyReply, routes: RouteIndex): void {
  const path = (request.raw.url ?? '/').split('?', 1)[0] ?? '/';
  const methods = routes.methodsOf(path);
  if (request.headers['access-control-request-method'] !== undefined) {
    void reply
      .header('access-control-allow-methods', 'GET, HEAD')
      .header('access-control-allow-headers', 'Authorization, Accept, If-None-Match')
      .header('access-control-max-age', '600');
  }
  void reply
    .header('allow', ['OPTIONS', ...methods].join(', '))
    .code(204)
    .send();
}

function hasBody(request: FastifyRequest): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
