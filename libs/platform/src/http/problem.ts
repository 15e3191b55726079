import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { HubError, type ErrorKind, type Issue } from '@mcp-hub/domain';

/** The one body of REST errors (hub-api.md, section 2), `application/problem+json`. `error` repeats `detail`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  error: string;
  code: string;
  errors: readonly Issue[];
}

/** What each kind of failure means in HTTP. */
export const httpStatusOfKind: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  unavailable: 503,
  timeout: 504,
  upstream: 502,
  internal: 500,
};

export interface Problem {
  status: number;
  body: ProblemBody;
  headers: Readonly<Record<string, string>>;
  /** Nobody raised it on purpose: it is to be logged, and its text stays inside. */
  isUnexpected: boolean;
}

/**
 * A failure that only HTTP knows (405, 412, …), where no `HubError` has a kind for it. The detail is fit for any reader.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    options: {
      issues?: readonly Issue[];
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, 'cause' in options ? { cause: options.cause } : undefined);
    this.issues = options.issues ?? [];
    this.headers = options.headers ?? {};
  }
}

/** Code and text for statuses that the framework raises; what it says itself may repeat what was sent. */
export const frameworkProblems: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_request', 'The request cannot be understood.'],
  401: ['unauthenticated', 'This needs an Authorization: Bearer header with a token of this hub.'],
  403: ['forbidden', 'This is not allowed.'],
  404: ['not_found', 'There is nothing at this path.'],
  405: ['method_not_allowed', 'This path does not take that method; see the Allow header.'],
  408: ['request_timeout', 'The request took too long to arrive.'],
  413: ['too_large', 'The body is larger than this path takes.'],
  414: ['uri_too_long', 'The path is too long.'],
  415: ['unsupported_media', 'Send the body as application/json or application/yaml.'],
  431: ['headers_too_large', 'The headers are too large.'],
  503: ['unavailable', 'The hub is not ready to answer. Try again shortly.'],
};
const unexpected = ['internal_error', 'Something went wrong inside the hub. Its log tells what.'] as const;

/** Maps anything thrown to what a client is told. Of errors nobody raised on purpose it tells nothing but that. */
export function toProblem(error: unknown): Problem {
  if (error instanceof HubError) {
    const status = httpStatusOfKind[error.kind];
    if (error.kind === 'internal') return problem(500, error.code, unexpected[1], { isUnexpected: true });
    return problem(status, error.code, error.message, {
      issues: error.issues,
      headers: headersOfKind[error.kind],
    });
  }
  if (error instanceof HttpProblem) {
    return problem(error.status, error.code, error.message, {
      issues: error.issues,
      headers: error.headers,
    });
  }
  const status = statusOf(error);
  const known = status === undefined ? undefined : frameworkProblems[status];
  if (status === undefined || status >= 500) {
    return known && error instanceof HttpException
      ? problem(status ?? 500, ...known)
      : problem(500, ...unexpected, { isUnexpected: true });
  }
  const [code, detail] = known ?? ['request_refused', 'The request cannot be answered.'];
  return problem(status, code, detail, {
    headers: status === 401 ? headersOfKind.unauthenticated : {},
  });
}

const headersOfKind: Readonly<Partial<Record<ErrorKind, Record<string, string>>>> & {
  unauthenticated: Record<string, string>;
} = {
  unauthenticated: { 'www-authenticate': 'Bearer realm="mcp-hub-registry"' },
  unavailable: { 'retry-after': '5' },
};

function problem(
  status: number,
  code: string,
  detail: string,
  options: {
    issues?: readonly Issue[];
    headers?: Readonly<Record<string, string>> | undefined;
    isUnexpected?: boolean;
  } = {},
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  const errors = options.issues ?? [];
  return {
    status,
    body: {
      type: 'about:blank',
      title,
      status,
      detail,
      error: detail,
      code,
      errors,
    },
    headers: options.headers ?? {},
    isUnexpected: options.isUnexpected ?? false,
  };
}

/** The status of a Nest exception or of a Fastify error; undefined for any other. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined;
  const { statusCode, code } = error;
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_') ? statusCode : undefined;
}
