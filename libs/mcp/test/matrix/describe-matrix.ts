import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  claimOf,
  eras,
  transportsOf,
  type Era,
  type MatrixCell,
  type MatrixClaim,
  type MatrixTransport,
} from '../../src/protocol-matrix/matrix.js';
import { matrixRows } from '../../src/protocol-matrix/protocol-matrix.js';
import type { Observation } from './cell.js';
import { allChecks } from './checks/all-checks.js';
import { clientKinds } from './client/connect-client.js';
import { HostedServer } from './hosted-cell.js';

/** One test for each row and cell of the table on this transport: what the check sees is what the row claims. */
export function describeMatrix(transport: MatrixTransport): void {
  for (const server of eras.filter((era) => transportsOf(era).includes(transport))) describeServer(server, transport);
}

function describeServer(server: Era, transport: MatrixTransport): void {
  describe(`a ${server} server on ${transport}`, () => {
    let hosted: HostedServer;
    beforeAll(async () => {
      hosted = await HostedServer.start(server, transport);
    });
    afterEach(() => hosted.closeClients());
    afterAll(() => hosted.close());

    describe.each(clientKinds)('with a $era client on $transport', (client) => {
      const cell: MatrixCell = `${client.era}/${server}`;
      for (const row of matrixRows) {
        const claim = claimOf(row, cell, transport);
        const check = allChecks[row.id];
        it(`${row.id}: ${nameOf(claim)}`, async () => {
          if (!check) throw new Error(`The row ${row.id} has no check.`);
          expect(await check(hosted.cell(client))).toEqual(observationOf(claim));
        });
      }
    });
  });
}

function nameOf(claim: MatrixClaim): string {
  return claim.kind === 'refused' ? `refused with ${claim.code}` : claim.kind;
}

function observationOf(claim: MatrixClaim): Observation {
  return claim.kind === 'refused' ? { refused: claim.code, to: claim.to } : claim.kind;
}
