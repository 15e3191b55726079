import { failureCodes, isTransientFailure } from '@mcp-hub/domain';
import { frameworkProblems, httpStatusOfKind, toProblem } from '@mcp-hub/platform';
import { readErrorClasses, readHttpProblems } from './error-sources.js';

const folders = ['libs/domain/src', 'libs/platform/src', 'libs/features/registry/src'];

/** The page on the errors of the REST API and on the causes of failed loads. */
export function errorsMarkdown(workspaceRoot: string): string {
  const { body: unexpected } = toProblem(new Error());
  const errors = new Map<string, { code: string; status: number; meaning: string }>();
  for (const error of [
    { code: unexpected.code, status: unexpected.status, meaning: unexpected.detail },
    ...Object.entries(frameworkProblems).map(([status, [code, meaning]]) => ({
      code,
      status: Number(status),
      meaning,
    })),
    ...readHttpProblems(workspaceRoot, folders),
    ...readErrorClasses(workspaceRoot, folders).map(({ code, kind, meaning }) => ({
      code,
      // What a client is told of an internal one is the first of these.
      status: kind === 'internal' ? undefined : httpStatusOfKind[kind],
      meaning,
    })),
  ]) {
    const { code, status, meaning } = error;
    if (status !== undefined) errors.set(code, { code, status, meaning: meaning || (errors.get(code)?.meaning ?? '') });
  }
  const rows = [...errors.values()]
    .sort((one, other) => one.status - other.status || one.code.localeCompare(other.code))
    .map(({ code, status, meaning }) => `| ${status} | \`${code}\` | ${meaning} |`);
  const causes = failureCodes.map((code) => `| \`${code}\` | ${isTransientFailure(code) ? 'yes' : 'no'} |`);
  return `# Errors

Every error of the REST API has one body, \`application/problem+json\`: \`{type, title, status, detail, error, code, errors}\`.
\`code\` is stable, decide by it; \`detail\` (again in \`error\`) names the thing and the remedy; \`errors\` has every problem of
an input as \`{path, message, code}\`.

| status | code | |
| --- | --- | --- |
${rows.join('\n')}

## Why a server is \`failed\`

\`status_detail.code\` of a server tells the cause, \`status_detail.remedy\` what to do. Those that may get better by
themselves are tried again, first as the entry's \`retry_attempts\` says, then from \`next_retry_at\` on; the others wait for
a change of the entry, or for a reload.

| code | tried again |
| --- | --- |
${causes.join('\n')}
`;
}
