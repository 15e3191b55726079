import { absent, byClient, cells, crosses, everywhere, refused, translated } from './claims.js';
import type { MatrixSection } from './matrix.js';

const ownName = absent('A server that many share is told of the hub: it would keep one client for all.');

export const serverSection: MatrixSection = {
  title: 'Who is who',
  rows: [
    {
      id: 'server-info',
      feature: 'Name and instructions of the server',
      note: 'In the answer to `initialize` or `server/discover`, and in `_meta` of modern results; unknown members included.',
      cells: everywhere,
    },
    {
      id: 'server-capabilities',
      feature: 'Capabilities of the server, also unknown, experimental and extensions',
      note: 'As the server declares them; modern clients are told nothing of `tasks` (2025-11-25).',
      cells: everywhere,
    },
    {
      id: 'hello-members',
      feature: 'Unknown members and `_meta` of `initialize` and `server/discover`',
      note: 'They are the server’s, whichever of the two it is asked by.',
      cells: everywhere,
    },
    {
      id: 'client-info',
      feature: 'Name and capabilities of the client, also unknown and extensions',
      note: 'A modern server is told with each request whose it is, also when the client is a legacy one.',
      cells: cells(ownName, crosses, ownName, crosses),
    },
    {
      id: 'ping',
      feature: '`ping`',
      note: 'Asks for the other end of the connection, which is the hub; it watches the server itself.',
      cells: byClient(translated('answered by the hub'), refused(-32601, 'client', '2026-07-28 has no `ping`.')),
    },
  ],
};
