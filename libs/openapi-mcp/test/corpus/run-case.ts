import { parseServerEntry, type ServerEntry } from '@mcp-hub/domain';
import { setTimeout as wait } from 'node:timers/promises';
import {
  convertDocument,
  loadDocument,
  loadExternalDocuments,
  type Component,
  type Conversion,
  type OpenApiDocument,
} from '../../src/index.js';
import { CaseCaller, type CaseOutcome } from './case-caller.js';
import type { CaseCall, CorpusCase } from './corpus-case.js';
import { asJson, compare, compareComponents, compareRequests, textOf, type Mismatch } from './mismatch.js';
import { RecordingServer } from './recording-server.js';

/** How long a case waits for anything. */
const deadlineMs = 10_000;

/**
 * Converts the document of a case, lists its components and makes its calls through a real HTTP server.
 * @returns everything that is not as the case says; empty where all of it holds
 */
export async function runCase(one: CorpusCase): Promise<Mismatch[]> {
  const parsed = entryOf(one);
  const converted: Conversion =
    typeof parsed === 'string' ? { ok: false, message: parsed } : await convert(one, parsed);
  if (one.refused !== undefined || !converted.ok) {
    const message = converted.ok ? undefined : converted.message;
    const isAsSaid = one.refused !== undefined && message?.includes(one.refused) === true;
    return isAsSaid ? [] : [{ what: 'refused', expected: one.refused, actual: message }];
  }
  const mismatches = [
    ...(one.components ? compareComponents(one.components, converted.components) : []),
    ...compareDiagnostics(one, converted.diagnostics),
  ];
  if (one.calls.length === 0 || typeof parsed === 'string') return mismatches;
  return [...mismatches, ...(await runCalls(one, parsed, converted.components))];
}

/** The configuration goes the way that a published entry goes. */
function entryOf({ config, auth, forward_headers }: CorpusCase): ServerEntry | string {
  const parsed = parseServerEntry(
    {
      id: 'case',
      name: 'case',
      description: '',
      openapi_config: { spec: {}, ...config },
      ...(auth && { auth_config: auth }),
      ...(forward_headers && { forward_headers }),
    },
    { now: '2026-01-01T00:00:00Z' },
  );
  return parsed.ok ? parsed.entry : parsed.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
}

async function convert(one: CorpusCase, entry: ServerEntry): Promise<Conversion> {
  const loaded = loadDocument(one.text ?? one.document);
  if (!loaded.ok) return loaded;
  const config = entry.openapi_config;
  if (!config) return { ok: false, message: 'The entry has no openapi_config.' };
  const document = one.files ? await withFiles(loaded.document, one.files, one, config.external_refs) : loaded.document;
  return convertDocument(document, {
    ...config,
    ...(one.document_url !== undefined && { documentUrl: one.document_url }),
    ...(entry.auth_config && { auth: entry.auth_config }),
  });
}

/** The files of a case lie beside its document; those that are named by a URL are read where the entry says so. */
function withFiles(
  document: OpenApiDocument,
  files: Record<string, unknown>,
  { document_url = 'file:///cases/openapi.yaml' }: CorpusCase,
  readsUrls: boolean,
): Promise<OpenApiDocument> {
  const byUrl = new Map(Object.entries(files).map(([name, file]) => [new URL(name, document_url).href, file]));
  return loadExternalDocuments(document, {
    base: document_url,
    isAllowed: (url) => url.startsWith('file:') || readsUrls,
    read: (url) => {
      const file = byUrl.get(url);
      if (file === undefined) return Promise.reject(new Error('there is no such file'));
      return Promise.resolve(typeof file === 'string' ? file : JSON.stringify(file));
    },
    maxDocuments: 10,
    maxLength: 100_000,
  });
}

function compareDiagnostics(one: CorpusCase, actual: (Conversion & { ok: true })['diagnostics']): Mismatch[] {
  const expected = one.diagnostics ?? [];
  const matches = (wanted: (typeof expected)[number], found: (typeof actual)[number]): boolean =>
    Object.entries(wanted).every(([key, value]) => found[key as keyof typeof found] === value);
  const missing = expected.filter((wanted) => !actual.some((found) => matches(wanted, found)));
  const others =
    one.exact_diagnostics === true ? actual.filter((found) => !expected.some((wanted) => matches(wanted, found))) : [];
  return missing.length + others.length === 0 ? [] : [{ what: 'diagnostics', expected, actual }];
}

async function runCalls(one: CorpusCase, entry: ServerEntry, components: readonly Component[]): Promise<Mismatch[]> {
  const server = new RecordingServer();
  await server.start();
  try {
    const caller = new CaseCaller(components, entry, server.fetch);
    const mismatches: Mismatch[] = [];
    for (const [index, call] of one.calls.entries()) {
      mismatches.push(...(await runCall(`calls[${index}]`, call, caller, server)));
    }
    return mismatches;
  } finally {
    await server.close();
  }
}

async function runCall(at: string, call: CaseCall, caller: CaseCaller, server: RecordingServer): Promise<Mismatch[]> {
  const { received, closed } = server.expect(call.answers ?? (call.answer ? [call.answer] : []));
  const abort = new AbortController();
  const pending = caller.call(call, abort.signal);
  if (call.cancel === true) {
    await within(received, `${at}: no request arrived`);
    abort.abort(new Error('cancelled'));
    await within(closed, `${at}: the connection stays open`);
  }
  const outcome = await within(pending, `${at}: no result`);
  return [
    ...(call.requests ? compareRequests(`${at}.requests`, call.requests, server.requests) : []),
    ...compareOutcome(at, call, outcome),
  ];
}

function compareOutcome(at: string, call: CaseCall, outcome: CaseOutcome): Mismatch[] {
  if (call.cancel === true) return compare(`${at}.cancel`, 'cancelled', outcome.kind);
  if (call.error) {
    const { code, message } = call.error;
    const isAsSaid =
      outcome.kind === 'error' && outcome.message.includes(message) && (code === undefined || code === outcome.code);
    return isAsSaid ? [] : [{ what: `${at}.error`, expected: call.error, actual: outcome }];
  }
  if (outcome.kind !== 'result') return [{ what: at, expected: 'a result', actual: outcome }];
  const text = textOf(outcome.result);
  return [
    ...(Object.hasOwn(call, 'result') ? compare(`${at}.result`, call.result, asJson(outcome.result)) : []),
    ...(call.result_text_contains ?? [])
      .filter((part) => !text.includes(part))
      .map((part) => ({ what: `${at}.result_text_contains`, expected: part, actual: text })),
  ];
}

async function within<T>(promise: Promise<T>, problem: string): Promise<T> {
  const ended = new AbortController();
  const deadline = wait(deadlineMs, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`${problem} within ${deadlineMs / 1000} s`);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    deadline.catch(() => undefined);
    ended.abort();
  }
}
