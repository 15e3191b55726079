import type { Issue } from '../hub-error.js';
import { Report } from '../schema/report.js';
import { isRecord } from '../schema/schema.js';
import { moveLegacyFields } from './legacy-fields.js';
import { parseServerEntry, type ParseOptions } from './parse-server-entry.js';

export interface MigratedEntry {
  /** As given, but for the fields that belong elsewhere now; no defaults are filled in. */
  entry: unknown;
  /** What was moved or dropped. */
  warnings: Issue[];
  /** Why it can't be published all the same. */
  issues: Issue[];
}

/**
 * An entry as an older registry wrote it in today's form, for a file that people go on with (hub-api.md, sections 1 and 4,
 * `migrate`): `fastmcp_config`, `openapi_url` and `routing_rules` at their places, what has no effect left out. The input
 * is not changed.
 */
export function migrateEntry(input: unknown, options: ParseOptions): MigratedEntry {
  const parsed = parseServerEntry(input, options);
  return {
    entry: isRecord(input) ? moveLegacyFields(input, new Report()) : input,
    warnings: parsed.warnings,
    issues: parsed.ok ? [] : parsed.issues,
  };
}
