import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Principal, Scope } from './principal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What `RequiresScope` and `OpenToAll` declare; the request gate enforces it before a body is read. */
    access?: Scope | 'open';
  }
  interface FastifyRequest {
    /** Set by the request gate for every request that reaches a handler. */
    principal: Principal;
  }
}

/**
 * The scope that a handler needs of a token, even where reads are open to all. Handlers that say nothing need `publish`
 * for writes, and `read` for reads where `api.auth_reads` is on.
 */
export const RequiresScope = (scope: Scope): MethodDecorator => RouteConfig({ access: scope });

/** A handler that needs no token whatever the configuration says. */
export const OpenToAll = (): MethodDecorator => RouteConfig({ access: 'open' });

/** A handler's parameter: the `Principal` that makes the request. */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<FastifyRequest>().principal,
);
