import type { Issue } from '../hub-error.js';
import { Report } from '../schema/report.js';
import { invalid, isRecord, kindOf } from '../schema/schema.js';
import type { ServerEntry } from '../server-entry.js';
import { entrySchema, loaderNeeds, type WrittenEntry } from './entry-schema.js';
import { moveLegacyFields } from './legacy-fields.js';
import { slugFromName } from './slug.js';

export interface ParseOptions {
  /** RFC 3339; the release date of an entry that names none. */
  now: string;
  /** The inline document of this entry is stored already, so `openapi_config` may name neither `url` nor `spec`. */
  hasStoredSpec?: boolean;
}

export type ParsedEntry =
  /** `idIsDerived`: none was given; the id comes from the name, and its uniqueness is for the caller to establish. */
  | { ok: true; entry: ServerEntry; idIsDerived: boolean; warnings: Issue[] }
  | { ok: false; issues: Issue[]; warnings: Issue[] };

/**
 * The one validator of server entries, for HTTP, import, seed and command line (hub-api.md, section 1). Takes whatever a
 * JSON or YAML parser made of a document; gives the entry with its own defaults filled in and legacy fields moved, or
 * every problem at once. An inline document stays at `openapi_config.spec`, as given and not looked at; secrets stay as
 * given too, a mask (`***`) among them: see `maskedSecretIssues`.
 *
 * Not judged here, for it takes more than the document: whether the id and the name are free, and whether URLs name
 * forbidden addresses.
 */
export function parseServerEntry(input: unknown, options: ParseOptions): ParsedEntry {
  const report = new Report();
  if (!isRecord(input)) {
    report.issue('', 'wrong_type', `must be one server entry, an object, not ${kindOf(input)}`);
    return { ok: false, issues: report.issues, warnings: [] };
  }
  const parsed = entrySchema(options.now).parse(moveLegacyFields(input, report), '', report);
  if (parsed !== invalid) checkLoading(parsed, options.hasStoredSpec === true, report);
  const { issues, warnings } = report;
  if (parsed === invalid || issues.length > 0) return { ok: false, issues, warnings };
  const { id, ...rest } = parsed;
  return { ok: true, entry: { id: id ?? slugFromName(rest.name), ...rest }, idIsDerived: id === undefined, warnings };
}

function checkLoading(entry: WrittenEntry, hasStoredSpec: boolean, report: Report): void {
  const { openapi_config: config, loader_type: loader } = entry;
  if (config && config.url === undefined && config.spec === undefined && !hasStoredSpec) {
    report.issue(
      'openapi_config',
      'required',
      'must have the url of the OpenAPI document, or the document itself as spec',
    );
  }
  if (loader && !loaderNeeds[loader].has(entry)) {
    report.issue('loader_type', 'conflict', `needs ${loaderNeeds[loader].needs} in the same entry`);
  }
}
