/** The two eras of MCP: with a handshake (2024-11-05 to 2025-11-25), and stateless (2026-07-28). */
export const eras = ['legacy', 'modern'] as const;
export type Era = (typeof eras)[number];

/** Between the hub and a server. */
export const matrixTransports = ['memory', 'stdio', 'http', 'sse'] as const;
export type MatrixTransport = (typeof matrixTransports)[number];

/** Era of the client, era of the server. */
export const matrixCells = ['legacy/legacy', 'legacy/modern', 'modern/legacy', 'modern/modern'] as const;
export type MatrixCell = (typeof matrixCells)[number];

/** What becomes of a feature between a client and a server of certain eras. */
export type MatrixClaim =
  /** As sent. */
  | { kind: 'crosses' }
  /** In the terms of the other side's revision, with the same meaning. */
  | { kind: 'translated'; how: string }
  /** Answered with this JSON-RPC error, which the specification has for it; `to` says who gets it. */
  | { kind: 'refused'; code: number; to: 'client' | 'server'; why: string }
  /** A revision does not define it, so that there is nothing to carry, or nobody who could be told. */
  | { kind: 'absent'; why: string };

/** One claim for all transports, or some of its own for a few of them. */
export type MatrixEntry = MatrixClaim | ({ others: MatrixClaim } & Partial<Record<MatrixTransport, MatrixClaim>>);

export interface MatrixRow {
  /** Names the row for its test. */
  id: string;
  feature: string;
  /** A sentence for the documentation. */
  note: string;
  cells: Readonly<Record<MatrixCell, MatrixEntry>>;
}

export interface MatrixSection {
  title: string;
  rows: readonly MatrixRow[];
}

/** The transports that a server of the era can be reached by: HTTP+SSE is older than 2026-07-28, and not for it. */
export function transportsOf(server: Era): readonly MatrixTransport[] {
  return server === 'legacy' ? matrixTransports : matrixTransports.filter((transport) => transport !== 'sse');
}

/** The eras of a cell's client and server. */
export function erasOf(cell: MatrixCell): { client: Era; server: Era } {
  const [client, server] = cell.split('/') as [Era, Era];
  return { client, server };
}

export function claimOf({ cells }: MatrixRow, cell: MatrixCell, transport: MatrixTransport): MatrixClaim {
  const entry = cells[cell];
  return 'kind' in entry ? entry : (entry[transport] ?? entry.others);
}
