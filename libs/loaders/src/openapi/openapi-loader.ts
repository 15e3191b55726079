import type { LoadContext, Loader, LoadRequest, McpBackend } from '@mcp-hub/application';
import { LoadFailed, type AuthConfig, type OpenApiConfig, type ServerEntry } from '@mcp-hub/domain';
import {
  convertDocument,
  loadDocument,
  ToolCaller,
  type ConversionOptions,
  type Diagnostic,
  type OpenApiDocument,
} from '@mcp-hub/openapi-mcp';
import { GuardedFetch } from '../egress/guarded-fetch.js';
import { OpenApiBackend, type OpenApiBackendParts } from './openapi-backend.js';
import { readDocument, type DocumentSources, type ReadDocument } from './read-document.js';

const maxAnswerBytes = 32 * 1024 * 1024;
const loggedDiagnostics = 50;

/** Loads entries with an OpenAPI document: every operation becomes a tool (openapi-to-mcp.md). */
export class OpenApiLoader implements Loader {
  readonly type = 'openapi';
  readonly weight = 1;

  constructor(private readonly sources: DocumentSources) {}

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
    if (usesOAuth2(entry.auth_config)) {
      throw new LoadFailed(
        'upstream_auth',
        'auth_config of type oauth2 is not supported for OpenAPI servers.',
        'Use a token: auth_config {type: bearer, token}.',
      );
    }
    const source = await readDocument(request, config, this.sources, context.signal);
    const loaded = loadDocument(source.text);
    if (!loaded.ok) throw invalidDocument(loaded.message);
    const { document } = loaded;
    const converted = convertDocument(document, conversionOptions(entry, config, source));
    if (!converted.ok) throw invalidDocument(converted.message);
    const tools = converted.components.filter((component) => component.kind === 'tool');
    logDiagnostics(converted.diagnostics, context);
    context.log('lifecycle', `${document.title} ${document.apiVersion}: ${tools.length} tools`);
    const isFile = config.url !== undefined && !/^https?:/i.test(config.url);
    const hubOrigin = isFile && this.sources.hubUrl !== undefined ? new URL(this.sources.hubUrl).origin : undefined;
    return this.#backend(entry, config, document, {
      tools,
      diagnostics: converted.diagnostics,
      ...(hubOrigin && { hubOrigin }),
    });
  }

  #backend(
    entry: ServerEntry,
    config: OpenApiConfig,
    document: OpenApiDocument,
    { tools, diagnostics, hubOrigin }: Pick<OpenApiBackendParts, 'tools' | 'diagnostics'> & { hubOrigin?: string },
  ): OpenApiBackend {
    const guarded = new GuardedFetch({
      ...this.sources,
      maxBytes: maxAnswerBytes,
      redirects: 'same-origin',
      ...(hubOrigin && { hubOrigin }),
    });
    return new OpenApiBackend({
      serverInfo: { name: entry.id, title: document.title, version: document.apiVersion },
      tools,
      diagnostics,
      caller: new ToolCaller((url, options) => guarded.fetch(url, options), {
        headers: config.headers,
        timeoutMs: config.timeout * 1000,
      }),
      release: () => guarded.close(),
    });
  }
}

function conversionOptions(entry: ServerEntry, config: OpenApiConfig, source: ReadDocument): ConversionOptions {
  return {
    ...(source.url === undefined ? {} : { documentUrl: source.url }),
    ...(entry.auth_config === undefined ? {} : { auth: entry.auth_config }),
    ...config,
  };
}

function usesOAuth2(auth: AuthConfig | undefined): boolean {
  if (auth?.type === 'schemes') return Object.values(auth.schemes).some(usesOAuth2);
  return auth?.type === 'oauth2';
}

function invalidDocument(message: string): LoadFailed {
  return new LoadFailed(
    'document_invalid',
    `The OpenAPI document can't be used. ${message}`,
    'Correct what the message names and publish again.',
  );
}

function logDiagnostics(diagnostics: readonly Diagnostic[], context: LoadContext): void {
  for (const { severity, pointer, message } of diagnostics.slice(0, loggedDiagnostics)) {
    context.log('lifecycle', `${severity} at ${pointer}: ${message}`);
  }
  const more = diagnostics.length - loggedDiagnostics;
  if (more > 0) context.log('lifecycle', `${more} more remarks about the document`);
}
