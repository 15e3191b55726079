import { InvalidEntry, maskedSecretIssues, mergeMasked, type Issue, type ServerEntry } from '@mcp-hub/domain';
import type { BlobStore } from '../ports/blob-store.port.js';
import type { StoredEntry } from '../ports/registry-store.port.js';
import { missingKeyIssues, sealEntry } from '../secrets/seal-entry.js';
import type { SecretBox } from '../secrets/secret-box.js';

/** What a write asks of an entry beyond its shape. @returns every further problem; empty where it can be stored */
export type EntryPolicy = (entry: ServerEntry) => Issue[];

/**
 * Turns an accepted entry into what is stored: literal secrets sealed, the inline document kept as a blob. The blob is
 * durable before the entry that names it can be written.
 */
export class StoreEntry {
  constructor(
    private readonly blobs: BlobStore,
    private readonly secretBox: SecretBox | undefined,
    private readonly policy: EntryPolicy,
  ) {}

  /**
   * @param kept what is stored now: secrets given as `***`, and a document that the entry leaves out, stay as they are
   * @throws InvalidEntry with every problem: masks, literal secrets without a key, what the policy refuses
   */
  async execute(entry: ServerEntry, kept?: StoredEntry): Promise<StoredEntry> {
    const issues = [
      ...maskedSecretIssues(kept ? mergeMasked(entry, kept.entry) : entry),
      ...(this.secretBox ? [] : missingKeyIssues(entry)),
      ...this.policy(entry),
    ];
    if (issues.length > 0) throw new InvalidEntry(issues);
    // Sealing leaves masks alone, and what is stored is sealed already.
    const own = this.secretBox ? sealEntry(entry, this.secretBox) : entry;
    const sealed = kept ? mergeMasked(own, kept.entry) : own;
    const { openapi_config: config, ...rest } = sealed;
    if (!config) return { entry: sealed };
    const { spec, ...configWithoutSpec } = config;
    const hash =
      spec === undefined ? (config.url === undefined ? kept?.specHash : undefined) : await this.keepSpec(spec);
    return {
      entry: { ...rest, openapi_config: configWithoutSpec },
      ...(hash === undefined ? {} : { specHash: hash }),
    };
  }

  private async keepSpec(spec: unknown): Promise<string> {
    const text = typeof spec === 'string' ? spec : JSON.stringify(spec);
    return this.blobs.put(new TextEncoder().encode(text));
  }
}
