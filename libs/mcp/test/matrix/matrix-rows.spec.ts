import { expect, it } from 'vitest';
import { claimOf, erasOf, matrixCells, transportsOf, type MatrixClaim } from '../../src/protocol-matrix/matrix.js';
import { matrixRows } from '../../src/protocol-matrix/protocol-matrix.js';
import { allChecks } from './checks/all-checks.js';

function textOf(claim: MatrixClaim): string {
  switch (claim.kind) {
    case 'crosses':
      return 'as sent';
    case 'translated':
      return claim.how;
    case 'refused':
    case 'absent':
      return claim.why;
  }
}

it('has one check for each row, and no other', () => {
  expect(Object.keys(allChecks).sort()).toEqual(matrixRows.map(({ id }) => id).sort());
});

it.each(matrixRows.map((row) => [row.id, row] as const))('says of %s how or why, wherever it goes', (_, row) => {
  const claims = matrixCells.flatMap((cell) =>
    transportsOf(erasOf(cell).server).map((transport) => claimOf(row, cell, transport)),
  );
  expect(claims).toHaveLength(14);
  expect(claims.map(textOf)).not.toContain('');
  expect(row.note).toMatch(/^[`A-Z0-9-].*[.]$/);
});
