import { IsBoolean, IsOptional } from 'class-validator';
import { parseServerEntry, type Issue } from '@mcp-hub/domain';
import { BodyTooLarge, ReportsIssues, WholeBody } from '@mcp-hub/platform';

/** The body of `POST /v0/publish`: a server entry, with what belongs to the request beside it. */
export class PublishBody {
  @IsOptional()
  @IsBoolean()
  load_immediately?: boolean;

  /** The whole body; everything but `load_immediately` is the entry. */
  @WholeBody()
  @ReportsIssues((value) => entryIssues(value), { prefix: '' })
  document: unknown;
}

/** The body of `PUT /v0/servers/{id}`: some top-level fields of an entry; what they make together is checked later. */
export class UpdateBody {
  @WholeBody()
  @ReportsIssues((value) => patchIssues(value), { prefix: '' })
  document: unknown;
}

/** The entry without what is of the request. */
export function entryOf(document: unknown): unknown {
  if (!isObject(document)) return document;
  const { load_immediately: _request, ...entry } = document;
  return entry;
}

const entryBytes = 1024 * 1024;

/** An entry without its inline document is small (hub-api.md, section 2). */
function checkEntrySize(document: unknown): void {
  if (!isObject(document)) return;
  const small = Object.fromEntries(Object.entries(document).map(([name, value]) => [name, withoutSpec(name, value)]));
  if (Buffer.byteLength(JSON.stringify(small)) > entryBytes) throw new BodyTooLarge(entryBytes);
}

function withoutSpec(name: string, value: unknown): unknown {
  const hasDocument = name === 'openapi_config' || name === 'fastmcp_config';
  return hasDocument && isObject(value) ? { ...value, spec: undefined } : value;
}

const mustBeObject: Issue = { path: '', message: 'must be an object: a server entry, or fields of one', code: 'type' };

/** The time plays no part in what is wrong with an entry. */
const anyTime = '2000-01-01T00:00:00Z';

/** @throws BodyTooLarge */
function entryIssues(document: unknown): readonly Issue[] {
  checkEntrySize(document);
  const parsed = parseServerEntry(entryOf(document), { now: anyTime });
  return parsed.ok ? [] : parsed.issues;
}

/** @throws BodyTooLarge */
function patchIssues(document: unknown): readonly Issue[] {
  checkEntrySize(document);
  return isObject(document) ? [] : [mustBeObject];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
