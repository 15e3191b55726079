import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimOf, type MatrixRow } from '../../src/protocol-matrix/matrix.js';
import { matrixRows } from '../../src/protocol-matrix/protocol-matrix.js';
import { clientKinds, connectClient, type TestClient } from '../support/clients.js';
import { SharedHub, type Worker } from '../support/http-hub.js';
import { Refused, sdkChecks } from './checks/sdk-checks.js';
import { connectSdkServer, sdkServers } from './sdk-servers.js';

/** Rows that the SDKs' own clients and servers can show, each with the check. */
const shown = Object.entries(sdkChecks).map(([id, check]) => {
  const row: MatrixRow | undefined = matrixRows.find((one) => one.id === id);
  if (!row) throw new Error(`There is no row ${id}.`);
  return { row, check };
});

describe.each(sdkServers)('a $era server of SDK $sdk on $transport', (server) => {
  const hub = new SharedHub();
  let close: () => Promise<void>;
  let worker: Worker;
  const clients: TestClient[] = [];
  beforeAll(async () => {
    const connected = await connectSdkServer(server);
    close = connected.close;
    worker = await hub.worker('w1', connected.backend);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });
  afterAll(async () => {
    await hub.close();
    await close();
  });

  describe.each(clientKinds)('with a client %s', (kind) => {
    const era = kind === 'v2-modern' ? 'modern' : 'legacy';
    for (const { row, check } of shown) {
      if (!check.servers.includes(server.era) || !check.clients.includes(era)) continue;
      it(row.id, async () => {
        const client = await connectClient(kind, worker.url, check.isBare ? { capabilities: {} } : {});
        clients.push(client);
        const claim = claimOf(row, `${era}/${server.era}`, server.transport);
        if (claim.kind !== 'refused') {
          await check.run(client);
          return;
        }
        const by = claim.to === 'client' ? claim.code : claim.to;
        await expect(check.run(client)).rejects.toEqual(new Refused(by));
      });
    }
  });
});
