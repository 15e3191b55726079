import { HubError } from '@mcp-hub/domain';
import { buildRequest, type UpstreamRequest } from '../request/build-request.js';
import type { ToolComponent } from '../components/component.js';
import type { FixedCredential } from '../components/security.js';
import type { Fetch } from './fetch.js';
import type { JsonObject } from '../document/json.js';
import { errorResult, mapResponse, type CallResult } from '../response/map-response.js';
import { ArgumentValidator } from '../arguments/validate-arguments.js';

export interface CallerOptions {
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
}

export interface ToolCall {
  args: JsonObject;
  /** Headers of the client's request that the entry lets through. */
  forwardedHeaders: Readonly<Record<string, string>>;
  /** Aborting it closes the connection to the API at once. */
  signal: AbortSignal;
}

/**
 * Calls the tools of a document: validates, sends, maps the answer. What goes wrong on the way to the API, or there,
 * is a result with `isError` (openapi-to-mcp.md, sections 4 and 7).
 */
export class ToolCaller {
  readonly #validator = new ArgumentValidator();

  constructor(
    private readonly fetch: Fetch,
    private readonly options: CallerOptions,
  ) {}

  /** @throws the reason of `signal` once that is aborted */
  async call(component: ToolComponent, call: ToolCall): Promise<CallResult> {
    const validated = this.#validator.validate(component, call.args);
    if (!validated.ok) return refusal(validated.problems);
    const built = buildRequest(component, validated.args, {
      configured: this.options.headers,
      forwarded: call.forwardedHeaders,
      credentials: fixed(component),
    });
    if (!built.ok) return refusal(built.problems);
    return this.#send(component, built.request, call.signal);
  }

  async #send(component: ToolComponent, request: UpstreamRequest, signal: AbortSignal): Promise<CallResult> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const { url, ...options } = request;
    try {
      const response = await this.fetch(url, {
        ...options,
        signal: AbortSignal.any([signal, timeout]),
      });
      const body = new Uint8Array(await response.arrayBuffer());
      return mapResponse(component.name, response, body, this.#secretsOf(component));
    } catch (error) {
      signal.throwIfAborted();
      const host = new URL(url).host;
      if (timeout.aborted) {
        return errorResult(
          `${host} did not answer within ${this.options.timeoutMs / 1000} s. Whether it acted on the request is not known.`,
        );
      }
      return errorResult(`${host} could not be called: ${causeOf(error)}`);
    }
  }

  #secretsOf(component: ToolComponent): string[] {
    const fromCredentials = fixed(component).flatMap(({ value }) => [value, value.replace(/^(Bearer|Basic) /, '')]);
    return [...fromCredentials, ...Object.values(this.options.headers)];
  }
}

function fixed({ credentials }: ToolComponent): FixedCredential[] {
  return credentials.filter((credential) => 'value' in credential);
}

function refusal(problems: readonly string[]): CallResult {
  const title = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return errorResult(
    [`Nothing was sent: ${title} with the arguments.`, ...problems.map((one) => `- ${one}`)].join('\n'),
  );
}

/** Text by code for what the network reports; messages of other errors may hold a URL with a key in it. */
const networkCauses: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved just now',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate could not be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** @returns in words why a request got no answer, without anything of the request in them */
export function causeOf(error: unknown): string {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause instanceof HubError) return `${cause.message} (${cause.code})`;
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string') return networkCauses[code] ?? code;
    if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0]);
  }
  return 'the request failed';
}
