import type { ArgumentValidator } from '../arguments/validate-arguments.js';
import type { ComponentBase } from '../components/component.js';
import type { FixedCredential, TokenCredential } from '../components/security.js';
import type { JsonObject } from '../document/json.js';
import { buildRequest, type UpstreamRequest } from '../request/build-request.js';
import type { AnswerHead } from '../response/map-failure.js';
import { mediaTypeOf } from '../response/media-type.js';
import { AccessTokenFailed } from './access-token-failed.js';
import type { AccessToken, AccessTokens } from './access-tokens.js';
import { CallDeadline } from './call-deadline.js';
import type { CallTimers } from './call-timers.js';
import type { Fetch, FetchedResponse } from './fetch.js';
import { causeOf } from './network-causes.js';
import { readBody } from './read-body.js';
import { secretsIn } from './sent-secrets.js';
import { defaultRetryPolicy, isRepeatable, maxDiscardedBytes, sendRequest, type RetryPolicy } from './send-request.js';

export interface ExchangeParts {
  fetch: Fetch;
  timers: CallTimers;
  /** From 0 up to 1, for the jitter of retries. */
  random: () => number;
  tokens: AccessTokens;
  validator: ArgumentValidator;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  retry?: RetryPolicy;
}

export interface CallContext {
  /** Headers of the client's request that the entry lets through. */
  forwardedHeaders: Readonly<Record<string, string>>;
  /** Aborting it closes the connection to the API at once. */
  signal: AbortSignal;
}

/** What came of sending a component's request. */
export type Exchange =
  /** The arguments are not what they must be: nothing was sent. */
  | { kind: 'refused'; problems: string[] }
  /** There is no answer, or none that can be taken; the message says why. */
  | { kind: 'failed'; message: string }
  /** `secrets` went with the request; a stream may have been broken off. */
  | { kind: 'answered'; head: AnswerHead; body: Uint8Array; isWhole: boolean; secrets: string[] };

/** Of a body, decoded: what is larger is not read, so that no answer takes more memory. */
export const maxAnswerBytes = 32 * 1024 * 1024;

interface IssuedToken {
  credential: TokenCredential;
  token: AccessToken;
}

/** From arguments to the API's answer: validated, built, sent with what proves who calls, read up to a limit. */
export class ApiExchange {
  constructor(private readonly parts: ExchangeParts) {}

  /** @throws the reason of the context's signal once that is aborted */
  async send(component: ComponentBase, given: JsonObject, context: CallContext): Promise<Exchange> {
    const validated = this.parts.validator.validate(component, given);
    if (!validated.ok) return { kind: 'refused', problems: validated.problems };
    // Before a token is asked for: what can't be sent needs none.
    const draft = this.#build(component, validated.args, [], context);
    if (!draft.ok) return { kind: 'refused', problems: draft.problems };
    const deadline = new CallDeadline(this.parts.timers, this.parts.timeoutMs, context.signal);
    try {
      return await this.#answer(component, validated.args, context, deadline);
    } catch (error) {
      context.signal.throwIfAborted();
      return { kind: 'failed', message: this.#reasonOf(error, new URL(draft.request.url).host, deadline) };
    } finally {
      deadline.release();
    }
  }

  async #answer(
    component: ComponentBase,
    args: JsonObject,
    context: CallContext,
    deadline: CallDeadline,
  ): Promise<Exchange> {
    const build = (issued: readonly IssuedToken[]): UpstreamRequest => {
      const built = this.#build(component, args, issued, context);
      if (!built.ok) throw new AccessTokenFailed('The access token can not be sent.');
      return built.request;
    };
    let issued = await this.#tokensFor(component, deadline);
    let response = await this.#send(build(issued), deadline);
    const doubtful = issued.filter(({ token }) => token.isCached);
    if (response.status === 401 && doubtful.length > 0) {
      // The API has done nothing but refuse a token that it may have ended early.
      for (const { credential, token } of doubtful) this.parts.tokens.forget(credential.oauth2, token.value);
      await readBody(response, maxDiscardedBytes);
      issued = await this.#tokensFor(component, deadline);
      response = await this.#send(build(issued), deadline);
    }
    const { status, statusText, headers } = response;
    const isStream = mediaTypeOf(headers.get('content-type')).type === 'text/event-stream';
    const { bytes, isWhole } = await readBody(response, maxAnswerBytes, () => isStream && deadline.isOver);
    if (!isWhole && !(isStream && deadline.isOver)) return { kind: 'failed', message: tooLarge(response) };
    const secrets = this.#secretsOf(component, issued);
    return { kind: 'answered', head: { status, statusText, headers }, body: bytes, isWhole, secrets };
  }

  #build(component: ComponentBase, args: JsonObject, issued: readonly IssuedToken[], context: CallContext) {
    return buildRequest(component, args, {
      configured: this.parts.headers,
      forwarded: context.forwardedHeaders,
      credentials: [...fixed(component), ...issued.map(asCredential)],
    });
  }

  #send(request: UpstreamRequest, deadline: CallDeadline): Promise<FetchedResponse> {
    const { fetch, timers, random, retry = defaultRetryPolicy } = this.parts;
    return sendRequest(request, {
      fetch,
      timers,
      random,
      deadline,
      retry,
      isRepeatable: isRepeatable(request.method),
    });
  }

  async #tokensFor({ credentials }: ComponentBase, { signal }: CallDeadline): Promise<IssuedToken[]> {
    const wanted = credentials.filter((credential) => 'oauth2' in credential);
    return Promise.all(
      wanted.map(async (credential) => ({
        credential,
        token: await this.parts.tokens.get(credential.oauth2, signal),
      })),
    );
  }

  #secretsOf(component: ComponentBase, issued: readonly IssuedToken[]): string[] {
    const credentials = [...fixed(component), ...issued.map(asCredential)].map(({ value }) => value);
    // Short values of other headers are words like `en` or `true`.
    const headers = Object.values(this.parts.headers).filter(({ length }) => length > 3);
    return [...credentials, ...headers].flatMap(secretsIn);
  }

  #reasonOf(error: unknown, host: string, deadline: CallDeadline): string {
    if (error instanceof AccessTokenFailed) return error.message;
    if (deadline.isOver) {
      return `${host} did not answer within ${this.parts.timeoutMs / 1000} s. Whether it acted on the request is not known.`;
    }
    return `${host} could not be called: ${causeOf(error)}`;
  }
}

function fixed({ credentials }: ComponentBase): FixedCredential[] {
  return credentials.filter((credential) => 'value' in credential);
}

function asCredential({ credential: { place, name }, token }: IssuedToken): FixedCredential {
  return { place, name, value: `Bearer ${token.value}` };
}

function tooLarge({ status, headers }: FetchedResponse): string {
  const declared = Number(headers.get('content-length') ?? Number.NaN);
  const size = declared > maxAnswerBytes ? `${declared} bytes` : `more than ${maxAnswerBytes} bytes`;
  return `HTTP ${status}: the answer has ${size}, which is more than is read. Ask for less with the arguments of the call (filters, fields, pages).`;
}
