import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '@mcp-hub/application';
import { toProblem, type Problem } from './problem.js';

/** The error edge of REST: everything thrown anywhere ends here, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.log);
  }
}

/** Answers with the problem that an error is, and logs it where nobody raised it on purpose. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const problem = toProblem(error);
  if (problem.isUnexpected) {
    log.error('http.request_failed', {
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
  } else if (problem.status >= 500) {
    log.warn('http.request_failed', {
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
  }
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  sendProblem(reply, problem);
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.body));
}
