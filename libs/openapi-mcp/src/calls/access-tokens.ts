import type { OAuth2Config } from '@mcp-hub/domain';
import { AccessTokenFailed } from './access-token-failed.js';
import { CallDeadline } from './call-deadline.js';
import type { CallTimers } from './call-timers.js';
import type { Fetch } from './fetch.js';
import { causeOf } from './network-causes.js';
import { defaultRetryPolicy } from './send-request.js';
import { requestToken, type ClientAuthentication } from './token-request.js';

export interface AccessTokensParts {
  fetch: Fetch;
  timers: CallTimers;
  /** From 0 up to 1. */
  random: () => number;
  /** For one request to the authorization server; 30 s unless given. */
  timeoutMs?: number;
}

export interface AccessToken {
  value: string;
  /** It was asked for earlier, so the API may have ended it by now. */
  isCached: boolean;
}

interface CachedToken {
  value: string;
  /** From when on a new one is asked for. */
  renewAt: number;
}

interface Pending {
  token: Promise<string>;
  waiting: number;
  giveUp: () => void;
}

/** Where the server does not say how long a token lives; one that ends earlier is found out by a 401. */
const unsaidLifetimeMs = 5 * 60_000;
/** Before its end: longer than a request takes to arrive. */
const maxMarginMs = 60_000;

/**
 * Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4): kept by token URL, client, scopes and audience, renewed
 * before they expire; callers who want the same one share a request.
 */
export class AccessTokens {
  readonly #cached = new Map<string, CachedToken>();
  readonly #pending = new Map<string, Pending>();
  readonly #authentication = new Map<string, ClientAuthentication>();

  constructor(private readonly parts: AccessTokensParts) {}

  /**
   * @param signal ends the wait; the request itself ends once nobody waits for it
   * @throws AccessTokenFailed, or the reason of the signal
   */
  async get(config: OAuth2Config, signal: AbortSignal): Promise<AccessToken> {
    signal.throwIfAborted();
    const key = keyOf(config);
    const cached = this.#cached.get(key);
    if (cached && this.parts.timers.now() < cached.renewAt) return { value: cached.value, isCached: true };
    const pending = this.#pending.get(key) ?? this.#ask(key, config);
    pending.waiting += 1;
    try {
      return { value: await unlessAborted(pending.token, signal), isCached: false };
    } finally {
      pending.waiting -= 1;
      if (pending.waiting === 0) pending.giveUp();
    }
  }

  /** The API has refused this token: it is not given again. */
  forget(config: OAuth2Config, value: string): void {
    const key = keyOf(config);
    if (this.#cached.get(key)?.value === value) this.#cached.delete(key);
  }

  #ask(key: string, config: OAuth2Config): Pending {
    const controller = new AbortController();
    const giveUp = (): void => {
      // Whoever comes now must not join a request that is being closed.
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
      controller.abort(new Error('Nobody waits for the access token any more.'));
    };
    const token = this.#request(key, config, controller.signal).finally(() => {
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    });
    // Each caller waits for it through a promise of its own; when all have gone, nobody is left to hear of a failure.
    token.catch(() => undefined);
    const pending: Pending = { token, waiting: 0, giveUp };
    this.#pending.set(key, pending);
    return pending;
  }

  async #request(key: string, config: OAuth2Config, signal: AbortSignal): Promise<string> {
    const host = URL.canParse(config.token_url) ? new URL(config.token_url).host : 'the token URL';
    const fail = (reason: string) => new AccessTokenFailed(`No access token from ${host}: ${reason}`);
    const timeoutMs = this.parts.timeoutMs ?? 30_000;
    const deadline = new CallDeadline(this.parts.timers, timeoutMs, signal);
    const sending = { ...this.parts, deadline, retry: defaultRetryPolicy };
    try {
      const known = this.#authentication.get(key);
      let used: ClientAuthentication = known ?? 'client_secret_basic';
      let answer = await requestToken(config, used, sending);
      if (known === undefined && answer.kind === 'refused' && answer.isInvalidClient) {
        used = 'client_secret_post';
        answer = await requestToken(config, used, sending);
      }
      if (answer.kind === 'refused') throw fail(answer.reason);
      this.#authentication.set(key, used);
      this.#cached.set(key, { value: answer.value, renewAt: this.parts.timers.now() + usableMs(answer.lifetimeMs) });
      return answer.value;
    } catch (error) {
      if (error instanceof AccessTokenFailed) throw error;
      signal.throwIfAborted();
      throw fail(deadline.isOver ? `it did not answer within ${timeoutMs / 1000} s` : causeOf(error));
    } finally {
      deadline.release();
    }
  }
}

function usableMs(lifetimeMs = unsaidLifetimeMs): number {
  return lifetimeMs - Math.min(maxMarginMs, lifetimeMs / 10);
}

function keyOf({ token_url, client_id, client_secret, scopes, audience }: OAuth2Config): string {
  return JSON.stringify([token_url, client_id, client_secret, scopes, audience]);
}

async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    stop = () => {
      signal.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}
