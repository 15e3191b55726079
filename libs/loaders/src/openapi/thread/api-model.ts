import { LoadFailed } from '@mcp-hub/domain';
import { convertDocument, loadExternalDocuments, maxAnswerBytes, type OpenApiDocument } from '@mcp-hub/openapi-mcp';
import { GuardedFetch } from '../../egress/guarded-fetch.js';
import { ApiCalls } from './api-calls.js';
import type { ParsedDocuments } from './parsed-documents.js';
import { summaryOf } from './summary.js';
import { UnfitForSharing } from './unfit-for-sharing.js';
import { withinTime } from './within-time.js';
import type { Ask, CallAnswer, ModelCall, ModelOrder, ModelSummary } from './thread-messages.js';

/** A little more than calls take, so that they are the ones who tell of it. */
const maxBodyBytes = maxAnswerBytes + 1024 * 1024;
const maxExternals = 200;
const maxLength = 64 * 1024 * 1024;

/** One API: its document, what was made of it, and the connections over which it is called. */
export class ApiModel {
  readonly #documents: ParsedDocuments;
  readonly #ask: Ask;
  readonly #underWay = new Set<AbortController>();
  #isClosed = false;
  #hash: string | undefined;
  #guarded: GuardedFetch | undefined;
  #calls: ApiCalls | undefined;

  constructor(documents: ParsedDocuments, ask: Ask) {
    this.#documents = documents;
    this.#ask = ask;
  }

  /** @throws LoadFailed, or the reason of the signal */
  async load(order: ModelOrder, signal: AbortSignal): Promise<ModelSummary> {
    const { hash, bytes } = order.document;
    const { share } = order;
    const bounded = <T>(work: () => T): T => (share ? withinTime(share.workMs, work) : work());
    const loaded = bounded(() => this.#documents.take(hash, bytes));
    this.#hash = hash;
    if (!loaded.ok) throw invalidDocument(loaded.message);
    const document = await this.#withExternals(loaded.document, order);
    signal.throwIfAborted();
    if (this.#isClosed) throw closed();
    const converted = bounded(() => convertDocument(document, order.conversion));
    if (!converted.ok) throw invalidDocument(converted.message);
    const { policy, hubOrigin, isResolvedOutside } = order.egress;
    const guarded = new GuardedFetch({
      policy,
      maxBytes: maxBodyBytes,
      redirects: 'same-origin',
      ...(hubOrigin !== undefined && { hubOrigin }),
      ...(isResolvedOutside && {
        resolveHost: (hostname: string) => this.#ask<'resolve'>({ kind: 'resolve', hostname }),
      }),
    });
    this.#guarded = guarded;
    this.#calls = new ApiCalls(converted.components, (url, options) => guarded.fetch(url, options), order.calls);
    return bounded(() => summaryOf(document, converted));
  }

  /** @throws the reason of the controller's signal, which `close` aborts too */
  async call(call: ModelCall, controller: AbortController): Promise<CallAnswer> {
    if (!this.#calls) throw new Error('The model is not loaded.');
    this.#underWay.add(controller);
    try {
      return await this.#calls.run(call, controller.signal);
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** Cancels what is under way. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const controller of this.#underWay) controller.abort(closed());
    if (this.#hash !== undefined) this.#documents.release(this.#hash);
    this.#hash = undefined;
    this.#calls = undefined;
    await this.#guarded?.close();
  }

  /** What is refused in it is known there, and told where it is referred to. */
  async #withExternals(
    document: OpenApiDocument,
    { document: { base, readsUrls, bytes }, share }: ModelOrder,
  ): Promise<OpenApiDocument> {
    if (base === undefined) return document;
    let length = 0;
    const complete = await loadExternalDocuments(document, {
      base,
      read: async (url) => {
        const text = length > (share?.externalLength ?? Infinity) ? '' : await this.#ask<'read'>({ kind: 'read', url });
        length += text.length;
        if (share && length > share.externalLength) throw new UnfitForSharing('It refers to much.');
        return text;
      },
      // A document from elsewhere has no say in what is read from this machine.
      isAllowed: (url) => (/^file:/i.test(url) ? /^file:/i.test(base) : readsUrls && /^https?:/i.test(url)),
      maxDocuments: maxExternals,
      // The document and these have the memory of one.
      maxLength: Math.max(0, maxLength - bytes.byteLength),
    });
    if (share && length > share.externalLength) throw new UnfitForSharing('It refers to much.');
    return complete;
  }
}

function closed(): Error {
  return new Error('The server was closed.');
}

function invalidDocument(message: string): LoadFailed {
  return new LoadFailed(
    'document_invalid',
    `The OpenAPI document can't be used. ${message}`,
    'Correct what the message names and publish again.',
  );
}
