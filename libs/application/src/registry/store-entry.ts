import { InvalidEntry, maskedSecretIssues, type Issue, type ServerEntry } from '@mcp-hub/domain';
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
   * @param specHash the document that stays where the entry brings none itself
   * @throws InvalidEntry with every problem: masks, literal secrets without a key, what the policy refuses
   */
  async execute(entry: ServerEntry, specHash?: string): Promise<StoredEntry> {
    const issues = [
      ...maskedSecretIssues(entry),
      ...(this.secretBox ? [] : missingKeyIssues(entry)),
      ...this.policy(entry),
    ];
    if (issues.length > 0) throw new InvalidEntry(issues);
    const sealed = this.secretBox ? sealEntry(entry, this.secretBox) : entry;
    const { openapi_config: config, ...rest } = sealed;
    if (!config) return { entry: sealed };
    const { spec, ...configWithoutSpec } = config;
    const hash = spec === undefined ? (config.url === undefined ? specHash : undefined) : await this.keepSpec(spec);
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
