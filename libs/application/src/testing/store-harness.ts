/** What only some stores can do; a contract suite leaves out what is declared absent here, and nothing else. */
export interface StoreAbilities {
  /** Several stores may be open on one database, and what one wrote outlives it. */
  sharesDatabase: boolean;
  /** There is a connection that can drop. */
  canLoseConnection: boolean;
}

/** The way to the database of all stores that a harness opened. */
export interface StoreConnection {
  /** Ends what is connected, and refuses new connections. */
  cut(): Promise<void>;
  /** Keeps connections, and lets nothing through. */
  stall(): Promise<void>;
  /** Undoes either. */
  mend(): Promise<void>;
}

/** One empty database of its own for one test. */
export interface StoreHarness<Store> {
  /** A store on it, started. Called again only where the database is shared. */
  open(): Promise<Store>;
  /** Present where the connection can be lost. */
  connection?: StoreConnection;
  /** Closes what was opened, and removes the database. */
  dispose(): Promise<void>;
}

export function connectionOf({ connection }: StoreHarness<unknown>): StoreConnection {
  if (!connection) throw new Error('This harness declares that its connection can be lost, but offers none.');
  return connection;
}
