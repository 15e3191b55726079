import type { ServerRecord } from '@mcp-hub/application';
import { HttpProblem } from '@mcp-hub/platform';

/** The `ETag` of what is stored of a server; its runtime status plays no part. */
export function entityTagOf(record: ServerRecord): string {
  return `"${record.generation}"`;
}

/** @throws HttpProblem 412 where `If-Match` names another state than the stored one (RFC 9110, section 13.1.1) */
export function checkIfMatch(ifMatch: string | undefined, record: ServerRecord): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes('*') || tags.includes(entityTagOf(record))) return;
  throw new HttpProblem(
    412,
    'stale_if_match',
    'The server was changed since you read it. Read it again and repeat the change.',
  );
}
