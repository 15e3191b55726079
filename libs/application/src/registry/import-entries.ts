import { DuplicateServer, InvalidEntry, type Issue } from '@mcp-hub/domain';
import type { PublishServer } from './publish-server.js';

export type ImportResult =
  | { outcome: 'created' | 'exists'; id: string }
  | { outcome: 'invalid'; index: number; name: string; issues: readonly Issue[] };

/** Publishes a list of entries; one bad entry never stops the rest, and what exists already stays as it is. */
export class ImportEntries {
  constructor(private readonly publish: PublishServer) {}

  /** @param documents entries as they were read, of any shape */
  async execute(documents: readonly unknown[]): Promise<ImportResult[]> {
    const results: ImportResult[] = [];
    for (const [index, document] of documents.entries()) {
      try {
        // With a fixed id, since an entry that is imported again must not become another server.
        const { record } = await this.publish.execute(document, { isIdFixed: true });
        results.push({ outcome: 'created', id: record.id });
      } catch (error) {
        if (error instanceof DuplicateServer) results.push({ outcome: 'exists', id: error.serverId });
        else if (error instanceof InvalidEntry) {
          results.push({ outcome: 'invalid', index, name: nameOf(document), issues: error.issues });
        } else throw error;
      }
    }
    return results;
  }
}

function nameOf(document: unknown): string {
  if (typeof document !== 'object' || document === null) return '';
  const { id, name } = document as { id?: unknown; name?: unknown };
  return typeof id === 'string' ? id : typeof name === 'string' ? name : '';
}
