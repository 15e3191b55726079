import {
  erasOf,
  matrixCells,
  protocolMatrix,
  revisionFeatures,
  transportsOf,
  type MatrixCell,
  type MatrixClaim,
  type MatrixEntry,
  type MatrixRow,
  type RevisionFeature,
} from '@mcp-hub/mcp/protocol-matrix';

/** The page on what crosses between clients and servers of all revisions. */
export function protocolMarkdown(): string {
  const rows = protocolMatrix.flatMap((section) => section.rows);
  return `# Protocol

Any client joins any server: the hub speaks both eras of MCP to both sides. _Legacy_ are the revisions with a handshake
(2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25), _modern_ is the stateless 2026-07-28. What this page says of a feature is
proved by a test for each cell, each transport that a server can be reached by, and each that its clients use; the page and
the tests are made from one table (\`libs/mcp/src/protocol-matrix\`).

## Transports

- Clients of both eras: Streamable HTTP at \`/servers/<id>/mcp\`. The era is what a request says of itself.
- Clients that know HTTP+SSE only (2024-11-05): \`/servers/<id>/sse\`.
- Clients that know standard streams only: \`mcp-hub-registry stdio <id>\`.
- Servers of both eras: in memory (modules), stdio (packages), Streamable HTTP (remote). HTTP+SSE for legacy servers.

A server is shared by all its callers. On Streamable HTTP and in memory a legacy server says which request a message of its
own belongs to; on stdio and HTTP+SSE it can't, so what it says goes to the caller in flight if there is exactly one.

## Legacy revisions

Each client gets what its revision defines. Optional members that came later pass through, since every revision lets unknown
members be.

| feature | revisions | otherwise |
| --- | --- | --- |
${Object.entries(revisionFeatures)
  .map(([name, feature]) => revisionRow(name, feature))
  .join('\n')}

## What crosses

\`yes\`: as sent. A number is the JSON-RPC error that whoever tried is answered with: the specification's, or
-32000 where that leaves it to implementations.
\`—\`: a revision does not define it.
${protocolMatrix.map(({ title, rows: shown }) => `\n### ${title}\n\n${tableOf(shown)}`).join('\n')}

## What can't cross

Answered with an error, not with silence:

${listOf(rows, 'refused')}

Not defined where it would have to go, or nobody there who could be told:

${listOf(rows, 'absent')}
`;
}

function revisionRow(name: string, { since, until, otherwise }: RevisionFeature): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('url ', 'URL ');
  return `| ${words} | ${until === undefined ? `since ${since}` : `${since} only`} | ${otherwise} |`;
}

function tableOf(rows: readonly MatrixRow[]): string {
  const heads = matrixCells.map((cell) => nameOf(cell));
  const lines = rows.map(({ id, feature, note, cells }) => {
    const entries = matrixCells.map((cell) => entryText(cells[cell]));
    return `| ${[feature, ...entries, note, `\`${id}\``].join(' | ')} |`;
  });
  const columns = ['', ...heads, '', 'test'];
  return [`| ${columns.join(' | ')} |`, `| ${columns.map(() => '---').join(' | ')} |`, ...lines].join('\n');
}

function nameOf(cell: MatrixCell): string {
  const { client, server } = erasOf(cell);
  return `${client} client, ${server} server`;
}

function entryText(entry: MatrixEntry): string {
  if ('kind' in entry) return claimText(entry);
  const { others, ...own } = entry;
  const named = Object.entries(own).map(([transport, claim]) => `${transport}: ${claimText(claim)}`);
  return [claimText(others), ...named].join('; ');
}

function claimText(claim: MatrixClaim): string {
  switch (claim.kind) {
    case 'crosses':
      return 'yes';
    case 'translated':
      return claim.how;
    case 'refused':
      return `${claim.code} to the ${claim.to}`;
    case 'absent':
      return '—';
  }
}

/** Each reason once, with the cells and transports that it is for. */
function listOf(rows: readonly MatrixRow[], kind: 'refused' | 'absent'): string {
  return rows.flatMap((row) => itemsOf(row, kind)).join('\n');
}

function itemsOf({ feature, cells }: MatrixRow, kind: 'refused' | 'absent'): string[] {
  const places = new Map<string, string[]>();
  for (const cell of matrixCells) {
    for (const [claim, where] of claimsOf(cells[cell], cell)) {
      if (claim.kind !== kind) continue;
      const text = claim.kind === 'refused' ? `${claim.code} to the ${claim.to}. ${claim.why}` : claim.why;
      places.set(text, [...(places.get(text) ?? []), where]);
    }
  }
  return [...places].map(([text, where]) => {
    const isEverywhere = where.length === matrixCells.length && where.every((place) => !place.includes(' on '));
    return `- ${feature}${isEverywhere ? '' : ` (${where.join('; ')})`}: ${text}`;
  });
}

function claimsOf(entry: MatrixEntry, cell: MatrixCell): [MatrixClaim, string][] {
  if ('kind' in entry) return [[entry, nameOf(cell)]];
  const named = transportsOf(erasOf(cell).server).filter((transport) => entry[transport] !== undefined);
  const own = named.map((transport): [MatrixClaim, string] => [
    entry[transport] ?? entry.others,
    `${nameOf(cell)} on ${transport}`,
  ]);
  return [[entry.others, `${nameOf(cell)} on other transports`], ...own];
}
