import { LoadFailed } from '@mcp-hub/domain';
import { causeOf } from '@mcp-hub/openapi-mcp';
import { AnswerTooLarge, EgressRefused } from '../egress/egress.errors.js';
import { GuardedFetch, type GuardedResponse } from '../egress/guarded-fetch.js';
import type { DocumentSources } from './document-sources.js';

/** `ETag` and `Last-Modified` (RFC 9110, 8.8). */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

export interface FetchedText {
  bytes: Uint8Array;
  /** Where it came from, after redirects. */
  url: string;
  validators: Validators;
}

const maxDocumentBytes = 64 * 1024 * 1024;

/**
 * A document by HTTP, through the egress guard.
 *
 * @param known of what is there already
 * @returns undefined where the origin says that it is still the same
 * @throws LoadFailed
 */
export async function fetchText(
  url: string,
  { policy, resolveHost }: Pick<DocumentSources, 'policy' | 'resolveHost'>,
  signal: AbortSignal,
  known: Validators = {},
): Promise<FetchedText | undefined> {
  const guarded = new GuardedFetch({
    policy,
    ...(resolveHost && { resolveHost }),
    maxBytes: maxDocumentBytes,
    redirects: 'any-origin',
  });
  try {
    const response = await guarded.fetch(url, { method: 'GET', headers: requestHeaders(known), signal });
    if (response.status === 304 && (known.etag ?? known.lastModified) !== undefined) return undefined;
    if (response.status !== 200) throw badStatus(url, response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes, url: response.url, validators: validatorsOf(response) };
  } catch (error) {
    throw failureOf(url, error, signal);
  } finally {
    await guarded.close();
  }
}

function requestHeaders({ etag, lastModified }: Validators): Record<string, string> {
  return {
    accept: 'application/json, application/yaml, text/yaml, */*;q=0.8',
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}

function validatorsOf({ headers }: GuardedResponse): Validators {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

function failureOf(url: string, error: unknown, signal: AbortSignal): LoadFailed {
  if (error instanceof LoadFailed) return error;
  if (error instanceof EgressRefused) {
    return new LoadFailed('egress_refused', error.message, remedies.egress, { cause: error });
  }
  const cause = signal.aborted ? 'it did not answer in time' : causeOf(error);
  const message = `The document at ${shown(url)} could not be read: ${cause}.`;
  // What is too large now is too large at the next attempt.
  const isTransient = !(error instanceof AnswerTooLarge);
  return new LoadFailed('document_unreachable', message, remedies.url, { cause: error, isTransient });
}

function badStatus(url: string, { status, statusText }: GuardedResponse): LoadFailed {
  const isTransient = status >= 500 || status === 408 || status === 429;
  const message = `The document at ${shown(url)} could not be read: HTTP ${status} ${statusText}`.trim();
  const remedy = status === 401 || status === 403 ? remedies.protected : remedies.url;
  return new LoadFailed('document_unreachable', `${message}.`, remedy, { isTransient });
}

/** A URL fit for a message: its query may hold a key. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

const remedies = {
  url: 'Check openapi_config.url, and that the document is there for everybody who can reach the hub.',
  protected: 'The document is fetched without credentials: give it inline as openapi_config.spec.',
  egress: 'Use a public address, or have the operator allow this one under egress in the configuration.',
} as const;
