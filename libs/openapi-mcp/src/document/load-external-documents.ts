import { absoluteUrl, selfUrl, withoutFragment } from './external-documents.js';
import { isObject, own, ownObject } from './json.js';
import { readText, type OpenApiDocument } from './load-document.js';
import { isNameOfSchema } from './reference-repairs.js';
import { walkDocument } from './walk-document.js';

export interface ExternalDocumentOptions {
  /** The absolute URL of the document itself, after redirects; `file:` for a file. */
  base: string;
  /** The text behind an absolute URL that is allowed; what it throws becomes the reason in the diagnostic. */
  read: (url: string) => Promise<string>;
  /** Of the URLs that are allowed, the caller decides; a refused one is not read. */
  isAllowed: (url: string) => boolean;
  maxDocuments: number;
  /** Of all texts together, in UTF-16 units. */
  maxLength: number;
}

/** Read at the same time. */
const batchSize = 8;

/**
 * Reads what a document refers to in files and URLs, and what those refer to in turn, each once (openapi-to-mcp.md,
 * section 1). Pure but for `read`; nothing is read that `isAllowed` refuses or that is beyond the limits.
 *
 * @returns the document with its `externals`; what can't be read is known there with its reason
 */
export async function loadExternalDocuments(
  document: OpenApiDocument,
  options: ExternalDocumentOptions,
): Promise<OpenApiDocument> {
  const base = withoutFragment(options.base);
  const documents = new Map<string, unknown>();
  const failures = new Map<string, string>();
  const self = selfUrl(document.root, base) ?? base;
  const known = new Set([base, self]);
  const pending = outsideOf(document.root, self);
  let attempts = 0;
  let length = 0;
  for (let done = 0; done < pending.length;) {
    const next = pending.slice(done, done + batchSize);
    done += next.length;
    const batch = [...new Set(next)].filter((url) => !known.has(url));
    for (const url of batch) known.add(url);
    const reads = batch.map(async (url): Promise<ReadText> => {
      if (!options.isAllowed(url)) return { ok: false, url, reason: 'it is not allowed' };
      if (length > options.maxLength) return tooLong(url, options);
      attempts += 1;
      if (attempts <= options.maxDocuments) return readOne(url, options);
      return { ok: false, url, reason: `there are more than ${options.maxDocuments} documents` };
    });
    for (const read of await Promise.all(reads)) {
      length += read.ok ? read.text.length : 0;
      const parsed = read.ok && length <= options.maxLength ? readText(read.text) : undefined;
      if (parsed?.ok === true) {
        documents.set(read.url, parsed.value);
        for (const url of outsideOf(parsed.value, read.url)) pending.push(url);
      } else {
        failures.set(read.url, parsed?.message ?? (read.ok ? tooLong(read.url, options).reason : read.reason));
      }
    }
  }
  return { ...document, externals: { base, documents, failures } };
}

type Unread = { ok: false; url: string; reason: string };
type ReadText = { ok: true; url: string; text: string } | Unread;

async function readOne(url: string, { read }: ExternalDocumentOptions): Promise<ReadText> {
  try {
    return { ok: true, url, text: await read(url) };
  } catch (error) {
    return { ok: false, url, reason: error instanceof Error ? error.message : 'it failed' };
  }
}

function tooLong(url: string, { maxLength }: ExternalDocumentOptions): Unread {
  return { ok: false, url, reason: `the documents have more than ${maxLength} characters together` };
}

/** The URLs of other documents that a document refers to, in its order. */
function outsideOf(root: unknown, base: string): string[] {
  const found = new Set<string>();
  const note = (reference: unknown): void => {
    if (typeof reference !== 'string' || reference === '' || reference.startsWith('#')) return;
    if (isObject(root) && isNameOfSchema(root, reference)) return;
    const url = absoluteUrl(reference, base);
    if (url !== undefined) found.add(url);
  };
  walkDocument(root, (node) => {
    note(own(node, '$ref'));
    const mapping = ownObject(ownObject(node, 'discriminator'), 'mapping');
    for (const target of Object.values(mapping)) {
      if (typeof target === 'string' && target.includes('.')) note(target);
    }
  });
  return [...found];
}
