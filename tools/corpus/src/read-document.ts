import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { loadDocument, loadExternalDocuments, type OpenApiDocument } from '@mcp-hub/openapi-mcp';

/** Files beside it are read with a document, as for an entry that lies in files. @throws Error where it is none */
export async function readWithExternals(file: string): Promise<OpenApiDocument> {
  const loaded = loadDocument(await readFile(file, 'utf8'));
  if (!loaded.ok) throw new Error(loaded.message);
  return loadExternalDocuments(loaded.document, {
    base: pathToFileURL(file).href,
    read: (url) => readFile(new URL(url), 'utf8'),
    isAllowed: (url) => url.startsWith('file:'),
    maxDocuments: 100,
    maxLength: 2 ** 26,
  });
}
