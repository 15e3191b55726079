import type { LoadContext, Loader, LoadRequest, McpBackend } from '@mcp-hub/application';
import { LoadFailed, type OpenApiConfig, type ServerEntry } from '@mcp-hub/domain';
import { systemTimers, type Timers } from '@mcp-hub/mcp';
import { DocumentRefresh } from './document-refresh.js';
import type { DocumentSources } from './document-sources.js';
import { FollowedDocument } from './followed-document.js';
import { OpenApiBackend } from './openapi-backend.js';
import { outsideAnswers } from './outside-answers.js';
import { isHttpUrl, readDocument, type ReadDocument } from './read-document.js';
import { ReferredTexts } from './referred-texts.js';
import type { ApiModelHandle } from './thread/api-model-handle.js';
import { OpenApiThreads, type OpenApiThreadsOptions } from './thread/openapi-threads.js';
import type { ModelOrder, ModelSummary } from './thread/thread-messages.js';

export interface OpenApiLoaderOptions extends DocumentSources {
  threads?: OpenApiThreadsOptions;
  timers?: Timers;
  /** In ms since the Unix epoch. */
  now?: () => number;
}

/**
 * Loads entries with an OpenAPI document: its operations become tools and resources (openapi-to-mcp.md), in threads of
 * their own (docs/decisions/0010-openapi-in-a-thread.md).
 */
export class OpenApiLoader implements Loader {
  readonly type = 'openapi';
  readonly weight = 1;
  readonly #sources: DocumentSources;
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #threads: OpenApiThreads;

  constructor({ threads, timers = systemTimers, now = Date.now, ...sources }: OpenApiLoaderOptions) {
    this.#sources = sources;
    this.#timers = timers;
    this.#now = now;
    this.#threads = new OpenApiThreads(threads);
  }

  async load(request: LoadRequest, context: LoadContext): Promise<McpBackend> {
    const { entry } = request;
    const config = entry.openapi_config;
    if (!config) {
      throw new LoadFailed(
        'nothing_to_load',
        'The entry has no openapi_config.',
        'Add openapi_config.url or openapi_config.spec.',
      );
    }
    const document = await readDocument(request, config, this.#sources, context.signal);
    if (!document) throw new Error('A document that was never read can not be the same as before.');
    const texts = this.#newTexts(config);
    const model = await this.#modelOf(document, texts, entry, config, context.signal).catch((error: unknown) => {
      throw context.signal.aborted && error === context.signal.reason ? notInTime(error) : error;
    });
    logSummary(model.summary, context);
    const { url, refresh_interval } = config;
    if (refresh_interval === undefined || url === undefined || request.spec) {
      return new OpenApiBackend({ name: entry.id, model });
    }
    const followed = new FollowedDocument(document, texts, {
      read: (signal, known) => readDocument(request, config, this.#sources, signal, known),
      newTexts: () => this.#newTexts(config),
      modelOf: async (changed, referred, signal) => {
        const next = await this.#modelOf(changed, referred, entry, config, signal);
        logSummary(next.summary, context);
        return next;
      },
    });
    const refresh = new DocumentRefresh({
      intervalMs: refresh_interval * 1000,
      timers: this.#timers,
      now: this.#now,
      tell: (line) => {
        context.log('lifecycle', line);
      },
      next: (signal) => followed.next(signal),
    });
    return new OpenApiBackend({ name: entry.id, model, refresh });
  }

  #newTexts({ timeout }: OpenApiConfig): ReferredTexts {
    return new ReferredTexts(this.#sources, timeout * 1000);
  }

  #modelOf(
    document: ReadDocument,
    texts: ReferredTexts,
    entry: ServerEntry,
    config: OpenApiConfig,
    signal: AbortSignal,
  ): Promise<ApiModelHandle> {
    return this.#threads.load(
      orderOf(document, entry, config, this.#sources),
      outsideAnswers(texts, this.#sources.resolveHost),
      signal,
    );
  }
}

function orderOf(
  { bytes, hash, base, url }: ReadDocument,
  { auth_config }: ServerEntry,
  config: OpenApiConfig,
  { policy, hubUrl, resolveHost }: DocumentSources,
): ModelOrder {
  const isFile = config.url !== undefined && !isHttpUrl(config.url);
  const { headers, timeout, max_result_bytes, external_refs, url: _, spec: __, ...conversion } = config;
  return {
    document: { hash, bytes, readsUrls: external_refs, ...(base !== undefined && { base }) },
    conversion: {
      ...conversion,
      ...(url !== undefined && { documentUrl: url }),
      ...(auth_config && { auth: auth_config }),
    },
    calls: {
      headers,
      timeoutMs: timeout * 1000,
      ...(max_result_bytes !== undefined && { maxResultBytes: max_result_bytes }),
    },
    egress: {
      policy,
      isResolvedOutside: resolveHost !== undefined,
      ...(isFile && hubUrl !== undefined && { hubOrigin: new URL(hubUrl).origin }),
    },
  };
}

function notInTime(cause: unknown): LoadFailed {
  return new LoadFailed(
    'start_timeout',
    'The OpenAPI document was not converted in time.',
    'Leave operations out with openapi_config.route_maps, or have the operator raise loader.timeout.',
    { cause },
  );
}

function logSummary({ title, version, tools, ...summary }: ModelSummary, context: LoadContext): void {
  for (const { severity, pointer, message } of summary.remarks) {
    context.log('lifecycle', `${severity} at ${pointer}: ${message}`);
  }
  const more = summary.diagnosticCount - summary.remarks.length;
  if (more > 0) context.log('lifecycle', `${more} more remarks about the document`);
  const counts = [`${tools.length} tools`];
  if (summary.resourceCount > 0) counts.push(`${summary.resourceCount} resources`);
  if (summary.templateCount > 0) counts.push(`${summary.templateCount} resource templates`);
  context.log('lifecycle', `${title} ${version}: ${counts.join(', ')}`);
}
