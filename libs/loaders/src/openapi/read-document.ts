import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { LoadRequest } from '@mcp-hub/application';
import { LoadFailed, type OpenApiConfig } from '@mcp-hub/domain';
import { causeOf } from '@mcp-hub/openapi-mcp';
import { EgressRefused } from '../egress/egress.errors.js';
import { GuardedFetch, type GuardedFetchOptions, type GuardedResponse } from '../egress/guarded-fetch.js';
import { pathUnderRoots } from '../path-under-roots.js';

export interface ReadDocument {
  text: string;
  /** What relative server URLs resolve against: where it came from by HTTP, after redirects, or the hub for a file. */
  url?: string;
}

export interface DocumentSources extends Pick<GuardedFetchOptions, 'policy' | 'resolveHost'> {
  fileRoots: readonly string[];
  /** Where this hub's own API is; relative server URLs of documents from files resolve against it. */
  hubUrl?: string;
}

const maxDocumentBytes = 64 * 1024 * 1024;

/**
 * The text of an entry's OpenAPI document: inline, by URL through the egress guard, or a file under a root
 * (hub-api.md, section 1). Nothing secret is sent to where the document is.
 *
 * @throws LoadFailed
 */
export async function readDocument(
  request: LoadRequest,
  config: OpenApiConfig,
  sources: DocumentSources,
  signal: AbortSignal,
): Promise<ReadDocument> {
  if (request.spec) return { text: new TextDecoder().decode(request.spec) };
  const { url } = config;
  if (url === undefined) {
    throw new LoadFailed(
      'nothing_to_load',
      'The entry names no OpenAPI document.',
      'Set openapi_config.url, or give the document itself as openapi_config.spec.',
    );
  }
  if (/^https?:\/\//i.test(url)) {
    return fetchDocument(url, sources, AbortSignal.any([signal, AbortSignal.timeout(config.timeout * 1000)]));
  }
  const text = await readUnderRoots(url, sources.fileRoots);
  return sources.hubUrl === undefined ? { text } : { text, url: sources.hubUrl };
}

async function fetchDocument(url: string, sources: DocumentSources, signal: AbortSignal): Promise<ReadDocument> {
  const guarded = new GuardedFetch({ ...sources, maxBytes: maxDocumentBytes, redirects: 'any-origin' });
  try {
    const response = await guarded.fetch(url, {
      method: 'GET',
      headers: { accept: 'application/json, application/yaml, text/yaml, */*;q=0.8' },
      signal,
    });
    if (response.status !== 200) throw badStatus(url, response);
    return { text: new TextDecoder().decode(await response.arrayBuffer()), url: response.url };
  } catch (error) {
    if (error instanceof LoadFailed) throw error;
    if (error instanceof EgressRefused) {
      throw new LoadFailed('egress_refused', error.message, remedies.egress, { cause: error });
    }
    const cause = signal.aborted ? 'it did not answer in time' : causeOf(error);
    throw new LoadFailed(
      'document_unreachable',
      `The document at ${shown(url)} could not be read: ${cause}.`,
      remedies.url,
      {
        cause: error,
      },
    );
  } finally {
    await guarded.close();
  }
}

function badStatus(url: string, { status, statusText }: GuardedResponse): LoadFailed {
  const isTransient = status >= 500 || status === 408 || status === 429;
  const message = `The document at ${shown(url)} could not be read: HTTP ${status} ${statusText}`.trim();
  const remedy = status === 401 || status === 403 ? remedies.protected : remedies.url;
  return new LoadFailed('document_unreachable', `${message}.`, remedy, { isTransient });
}

async function readUnderRoots(path: string, roots: readonly string[]): Promise<string> {
  const wanted = /^file:\/\//i.test(path) && URL.canParse(path) ? fileURLToPath(path) : path;
  const found = await pathUnderRoots(wanted, roots);
  if (found.kind === 'outside') {
    throw new LoadFailed(
      'policy_refused',
      `The document "${path}" is not under a folder that documents may be read from.`,
      remedies.file,
    );
  }
  const text = found.kind === 'found' ? await readRegularFile(found.path) : undefined;
  if (text === undefined) {
    throw new LoadFailed('document_unreachable', `There is no document "${path}".`, remedies.file, {
      isTransient: false,
    });
  }
  return text;
}

async function readRegularFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EISDIR' || code === 'ENOENT' || code === 'EACCES') return undefined;
    throw error;
  }
}

/** A URL fit for a message: its query may hold a key. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

const remedies = {
  url: 'Check openapi_config.url, and that the document is there for everybody who can reach the hub.',
  protected: 'The document is fetched without credentials: give it inline as openapi_config.spec.',
  file: 'Put the document under a configured root and name it relative to that, or give it inline as openapi_config.spec.',
  egress: 'Use a public address, or have the operator allow this one under egress in the configuration.',
} as const;
