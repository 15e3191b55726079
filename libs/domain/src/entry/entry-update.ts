import type { Issue } from '../hub-error.js';
import { own } from '../schema/object.js';
import { isRecord, kindOf } from '../schema/schema.js';
import { maskedSecretIssues, maskEntry, mergeMasked } from '../secrets/entry-secrets.js';
import type { ServerEntry } from '../server-entry.js';
import { parseServerEntry, type ParsedEntry, type ParseOptions } from './parse-server-entry.js';
import { isReverseDnsName } from './slug.js';

export interface UpdateOptions extends ParseOptions {
  /** RFC 3339, of what is stored. */
  createdAt?: string;
}

/**
 * Applies a PUT (hub-api.md, section 2): given top-level fields replace whole, the others stay, `null` takes a field
 * away; `id`, `created_at` and a reverse-DNS name can't change. Reports every problem at once.
 *
 * In the entry that it gives, secrets that stay as they are read `***`. So the caller seals it (`sealEntry`), then puts
 * the stored ones back (`mergeMasked(sealed, stored)`); that they all exist was checked here.
 *
 * @param stored as stored, its secrets sealed, without the inline document
 */
export function parseEntryUpdate(stored: ServerEntry, patch: unknown, options: UpdateOptions): ParsedEntry {
  if (!isRecord(patch)) {
    const message = `must be an object with the fields to change, not ${kindOf(patch)}`;
    return { ok: false, issues: [{ path: '', message, code: 'wrong_type' }], warnings: [] };
  }
  const fixed = immutableIssues(stored, patch, options.createdAt);
  const parsed = parseServerEntry(mergeEntryUpdate(stored, patch), options);
  if (!parsed.ok) return { ...parsed, issues: [...fixed, ...parsed.issues] };
  const issues = [...fixed, ...maskedSecretIssues(mergeMasked(parsed.entry, stored))];
  return issues.length > 0 ? { ok: false, issues, warnings: parsed.warnings } : parsed;
}

/**
 * The document that a PUT amounts to, still to be parsed. What stays of the stored entry is masked, so that its sealed
 * secrets can't be taken for text that somebody wrote.
 */
export function mergeEntryUpdate(stored: ServerEntry, patch: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...maskEntry(stored) };
  const isGiven = (name: string): boolean => (own(patch, name) ?? undefined) !== undefined;
  if (isGiven('fastmcp_config') || isGiven('openapi_url')) {
    // Other names for openapi_config: they replace the stored one instead of being merged under it.
    delete merged['openapi_config'];
  } else if (isGiven('route_maps') || isGiven('routing_rules')) {
    const config = isRecord(merged['openapi_config']) ? merged['openapi_config'] : undefined;
    if (config) merged['openapi_config'] = { ...config, route_maps: null };
  }
  const whole = { ...merged, ...patch, id: stored.id };
  keepReleaseDate(whole, stored);
  return whole;
}

/** A version that stays the same was released when it was. */
function keepReleaseDate(merged: Record<string, unknown>, stored: ServerEntry): void {
  const detail = merged['version_detail'];
  if (!isRecord(detail) || own(detail, 'version') !== stored.version_detail.version) return;
  if ((own(detail, 'release_date') ?? undefined) !== undefined) return;
  merged['version_detail'] = { ...detail, release_date: stored.version_detail.release_date };
}

function immutableIssues(stored: ServerEntry, patch: Record<string, unknown>, createdAt: string | undefined): Issue[] {
  const issues: Issue[] = [];
  const refuse = (path: string, kept: unknown, remedy: string): void => {
    const given = own(patch, path) ?? undefined;
    if (given !== undefined && kept !== undefined && given !== kept) {
      issues.push({ path, message: `can not be changed; ${remedy}`, code: 'immutable' });
    }
  };
  refuse('id', stored.id, 'publish the server under the other id, and delete this one');
  refuse('created_at', createdAt, 'leave it out');
  if (isReverseDnsName(stored.name)) refuse('name', stored.name, 'a reverse-DNS name belongs to its entry for good');
  return issues;
}
