import { STATUS_CODES } from 'node:http';
import { refusedUrlReason, type EgressPolicy } from '@mcp-hub/domain';
import type { FetchedResponse, FetchOptions } from '@mcp-hub/openapi-mcp';
import { Agent, type Dispatcher } from 'undici';
import { acceptedEncodings, decodeBody } from './decode-body.js';
import { AnswerTooLarge, EgressRefused } from './egress.errors.js';
import { guardedLookup, resolveBySystem, type ResolveHost } from './guarded-lookup.js';
import { ownBuffer } from './own-buffer.js';

export interface GuardedFetchOptions {
  policy: EgressPolicy;
  /** How host names become addresses; the system's resolver where undefined. */
  resolveHost?: ResolveHost;
  /** Of a body, as sent and once decompressed. */
  maxBytes: number;
  /** Which redirects of a GET or HEAD are followed; others are given back as they are. */
  redirects: 'same-origin' | 'any-origin';
  /** The hub's own API, for documents that the operator has put under a root: reached whatever the policy says. */
  hubOrigin?: string;
}

export interface GuardedResponse extends FetchedResponse {
  /** Where it came from, redirects followed. */
  url: string;
  /** The whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

const longestRedirectChain = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The one way from entries to the network (hosting.md, "Egress"): addresses are judged at every connection, after DNS,
 * and so is every hop of a redirect. Nothing but `Accept` crosses to another origin.
 */
export class GuardedFetch {
  readonly #options: GuardedFetchOptions;
  readonly #agent: Agent;
  readonly #hubAgent: Agent;

  constructor(options: GuardedFetchOptions) {
    this.#options = options;
    // The caller's signal is the only deadline.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
    const lookup = guardedLookup(options.policy, options.resolveHost ?? resolveBySystem);
    this.#agent = new Agent({ ...timeouts, connect: { lookup } });
    this.#hubAgent = new Agent(timeouts);
  }

  /** @throws EgressRefused, AnswerTooLarge, the reason of the signal, or what the network reports */
  async fetch(url: string, options: FetchOptions): Promise<GuardedResponse> {
    let target = url;
    let headers = options.headers;
    for (let hops = 0; ; hops += 1) {
      const response = await this.#send(target, { ...options, headers });
      const next = hops < longestRedirectChain ? this.#nextHop(target, options.method, response) : undefined;
      if (next === undefined) return this.#respond(target, response);
      await response.body.dump();
      if (new URL(next).origin !== new URL(target).origin) headers = crossingHeaders(headers);
      target = next;
    }
  }

  /** Ends connections and what is under way on them. Idempotent. */
  async close(): Promise<void> {
    const open = [this.#agent, this.#hubAgent].filter((agent) => !agent.destroyed);
    await Promise.all(open.map((agent) => agent.destroy()));
  }

  async #send(url: string, { method, headers, body, signal }: FetchOptions): Promise<Dispatcher.ResponseData> {
    signal.throwIfAborted();
    const isHub = URL.canParse(url) && new URL(url).origin === this.#options.hubOrigin;
    const refusal = isHub ? undefined : refusedUrlReason(url, this.#options.policy);
    if (refusal !== undefined) throw new EgressRefused(`${refusal} The operator decides by the egress settings.`);
    const { origin, pathname, search } = new URL(url);
    return (isHub ? this.#hubAgent : this.#agent).request({
      origin,
      path: `${pathname}${search}`,
      method,
      headers: { 'user-agent': 'mcp-hub-registry', 'accept-encoding': acceptedEncodings, ...headers },
      signal,
      ...(body === undefined ? {} : { body }),
    });
  }

  #nextHop(url: string, method: string, { statusCode, headers }: Dispatcher.ResponseData): string | undefined {
    const location = headers.location;
    if (!redirectStatuses.has(statusCode) || (method !== 'GET' && method !== 'HEAD')) return undefined;
    if (typeof location !== 'string' || !URL.canParse(location, url)) return undefined;
    const from = new URL(url);
    const to = new URL(location, url);
    if (to.origin !== from.origin) {
      const isDowngrade = from.protocol === 'https:' && to.protocol === 'http:';
      if (this.#options.redirects === 'same-origin' || isDowngrade) return undefined;
    }
    to.hash = '';
    return to.href;
  }

  #respond(url: string, { statusCode, statusText, headers, body }: Dispatcher.ResponseData): GuardedResponse {
    const valueOf = (name: string): string | null => {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    };
    const { maxBytes } = this.#options;
    const encoding = valueOf('content-encoding') ?? '';
    const whole = async () => decodeBody(await collect(body, maxBytes), encoding, maxBytes);
    return {
      url,
      status: statusCode,
      statusText: statusText === '' ? (STATUS_CODES[statusCode] ?? '') : statusText,
      headers: { get: valueOf },
      body: encoding === '' ? limited(body, maxBytes) : once(whole),
      arrayBuffer: async () => ownBuffer(await whole()),
    };
  }
}

function crossingHeaders({ accept }: Record<string, string>): Record<string, string> {
  return accept === undefined ? {} : { accept };
}

async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(body, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* limited(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and the connection with it.
    if (size > maxBytes) throw new AnswerTooLarge(maxBytes);
    yield chunk;
  }
}

async function* once(whole: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await whole();
}
