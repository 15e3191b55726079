import type { MatrixCell, MatrixClaim, MatrixEntry } from './matrix.js';

type Cells = Readonly<Record<MatrixCell, MatrixEntry>>;

export const crosses: MatrixClaim = { kind: 'crosses' };

export function translated(how: string): MatrixClaim {
  return { kind: 'translated', how };
}

export function refused(code: number, to: 'client' | 'server', why: string): MatrixClaim {
  return { kind: 'refused', code, to, why };
}

export function absent(why: string): MatrixClaim {
  return { kind: 'absent', why };
}

/** In the order of the cells: legacy/legacy, legacy/modern, modern/legacy, modern/modern. */
export function cells(first: MatrixEntry, second: MatrixEntry, third: MatrixEntry, fourth: MatrixEntry): Cells {
  return { 'legacy/legacy': first, 'legacy/modern': second, 'modern/legacy': third, 'modern/modern': fourth };
}

export const everywhere: Cells = cells(crosses, crosses, crosses, crosses);

/** The same whatever the server's era. */
export function byClient(legacy: MatrixEntry, modern: MatrixEntry): Cells {
  return cells(legacy, legacy, modern, modern);
}

/** The same whatever the client's era. */
export function byServer(legacy: MatrixEntry, modern: MatrixEntry): Cells {
  return cells(legacy, modern, legacy, modern);
}

/** As sent within an era; between the two, in the other side's terms. */
export function joined(toModernServer: string, toModernClient: string): Cells {
  return cells(crosses, translated(toModernServer), translated(toModernClient), crosses);
}
