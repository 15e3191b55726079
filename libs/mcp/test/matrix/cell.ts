import type { Era, MatrixTransport } from '../../src/protocol-matrix/matrix.js';
import type { MatrixClient } from './client/matrix-client.js';
import type { Json, Seen, Script } from './servers/script.js';
import type { ScriptedServer } from './servers/connect.js';

/** What a check has seen of a feature: the kind of a claim, with the code of a refusal. */
export type Observation = 'crosses' | 'translated' | 'absent' | { refused: number; to: 'client' | 'server' };

/** A client and a server of certain eras, on both sides of the hub. */
export interface Cell {
  client: Era;
  server: Era;
  transport: MatrixTransport;
  /** The scripted server, which all checks share. */
  scripted: ScriptedServer;
  /** A new client, which can do what is given; ended with the check. */
  connect(capabilities?: Json): Promise<MatrixClient>;
  /** A text that no other check has. */
  unique: string;
}

export type Check = (cell: Cell) => Promise<Observation>;

export type Checks = Readonly<Record<string, Check>>;

export type { Json, Script, Seen };
