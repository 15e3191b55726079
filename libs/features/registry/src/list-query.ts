import { runtimeStatuses, type Issue, type RuntimeStatus } from '@mcp-hub/domain';
import type { ListFilter } from '@mcp-hub/application';
import { InvalidParameters } from '@mcp-hub/platform';

export interface ListParameters {
  limit: number;
  afterId?: string;
  filter: ListFilter;
}

const defaultLimit = 30;
const mostLimit = 100;

/**
 * Reads the query of `GET /v0/servers` (hub-api.md, section 2). `tags` and `status` may be repeated or comma-separated.
 * @throws InvalidParameters with every bad value
 */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListParameters {
  const issues: Issue[] = [];
  const report = (path: string, message: string): void => {
    issues.push({ path, message, code: 'invalid_value' });
  };
  const limit = query['limit'] === undefined ? defaultLimit : readNumber(single(query['limit']));
  if (!(limit >= 1 && limit <= mostLimit)) {
    report('limit', `must be a whole number from 1 to ${mostLimit}`);
  }
  const afterId = query['cursor'] === undefined || query['cursor'] === '' ? undefined : readCursor(query['cursor']);
  if (query['cursor'] && afterId === undefined) report('cursor', 'must be a next_cursor that an earlier page gave');
  const enabled = single(query['enabled']);
  if (enabled !== undefined && enabled !== 'true' && enabled !== 'false') report('enabled', 'must be true or false');
  const statuses = listOf(query['status']);
  if (statuses.some((status) => !isRuntimeStatus(status))) {
    report('status', `must be among ${runtimeStatuses.join(', ')}`);
  }
  if (issues.length > 0) throw new InvalidParameters(issues);
  const tags = listOf(query['tags']);
  return {
    limit,
    ...(afterId === undefined ? {} : { afterId }),
    filter: {
      ...(tags.length > 0 ? { tags } : {}),
      ...(enabled === undefined ? {} : { enabled: enabled === 'true' }),
      ...(statuses.length > 0 ? { statuses: statuses.filter(isRuntimeStatus) } : {}),
    },
  };
}

export function writeCursor(afterId: string): string {
  return Buffer.from(afterId, 'utf8').toString('base64url');
}

function readCursor(cursor: unknown): string | undefined {
  const id = Buffer.from(single(cursor) ?? '', 'base64url').toString('utf8');
  return /^[a-z0-9][a-z0-9._-]*$/.test(id) && writeCursor(id) === cursor ? id : undefined;
}

/** NaN for anything but digits. */
function readNumber(text: string | undefined): number {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : Number.NaN;
}

function isRuntimeStatus(text: string): text is RuntimeStatus {
  return runtimeStatuses.some((status) => status === text);
}

function single(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

function listOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values
    .filter((item): item is string => typeof item === 'string')
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
