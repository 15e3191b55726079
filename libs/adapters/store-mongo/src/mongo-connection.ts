import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailable } from '@mcp-hub/domain';
import type { Connection, ConnectOptions } from 'mongoose';
import { isUnavailable } from './mongo-errors.js';

/** MongoDB did not answer at start; the next attempt follows after `delayMs`. */
export interface MongoAwaited {
  /** 1-based. */
  attempt: number;
  delayMs: number;
  error: unknown;
}

export interface MongoConnectionOptions {
  /** A connection string (`mongodb://…` or `mongodb+srv://…`); what it sets of pools and write concerns holds. */
  uri: string;
  databaseName: string;
  /** Told at each attempt to connect that failed, for the log. */
  onAwaited?: (awaited: MongoAwaited) => void;
}

const firstDelayMs = 200;
const lastDelayMs = 5_000;
const operationMs = 4_000;
const pingMs = 1_800;

/**
 * One connection for the stores that share it: opened when the first of them starts, closed when the last one closes.
 * After that the driver itself connects again whenever it has to.
 */
export class MongoConnection {
  private readonly users = new Set<object>();
  private opening: Promise<void> | undefined;
  private isOpen = false;
  private stop = new AbortController();

  /** @param connection that nobody else opens or closes; its models are the ones whose indexes are made */
  constructor(
    private readonly connection: Connection,
    private readonly options: MongoConnectionOptions,
  ) {
    // An attempt to connect that fails must not end the process as an unhandled rejection.
    connection.on('error', () => undefined);
  }

  /**
   * Resolves once there is a connection and the indexes are made; waits with backoff while MongoDB is not there.
   * @throws DependencyUnavailable where it was released before; what MongoDB says where it refuses (credentials, indexes)
   */
  async acquire(user: object): Promise<void> {
    this.users.add(user);
    this.opening ??= this.open(this.stop.signal);
    try {
      await this.opening;
    } catch (error) {
      this.users.delete(user);
      if (this.users.size === 0) this.opening = undefined;
      throw error;
    }
  }

  async release(user: object): Promise<void> {
    if (!this.users.delete(user) || this.users.size > 0) return;
    const { opening } = this;
    this.stop.abort();
    await opening?.catch(() => undefined);
    this.stop = new AbortController();
    // Somebody came while it waited.
    if (this.users.size > 0) return;
    this.opening = undefined;
    this.isOpen = false;
    await this.connection.close();
  }

  /**
   * One operation of the database, which has 4 s.
   * @throws DependencyUnavailable where MongoDB does not answer in time, or `user` has not acquired the connection
   */
  async run<Result>(user: object, operation: () => PromiseLike<Result>, withinMs = operationMs): Promise<Result> {
    if (!this.isOpen || !this.users.has(user)) throw new DependencyUnavailable('database');
    try {
      return await within(withinMs, operation());
    } catch (cause) {
      throw isUnavailable(cause) ? new DependencyUnavailable('database', { cause }) : cause;
    }
  }

  /** Resolves where MongoDB answers, within 2 s. @throws DependencyUnavailable */
  async ping(user: object): Promise<void> {
    await this.run(user, async () => this.connection.db?.command({ ping: 1 }), pingMs);
  }

  private async open(signal: AbortSignal): Promise<void> {
    let isConnected = false;
    for (let attempt = 1; ; attempt++) {
      try {
        // Once there was a connection the driver keeps it up; opening again would make another client.
        if (!isConnected) await this.connect();
        isConnected = true;
        for (const model of Object.values(this.connection.models)) await within(operationMs, model.createIndexes());
        this.isOpen = true;
        return;
      } catch (error) {
        if (!isUnavailable(error) && !(error instanceof DependencyUnavailable)) throw error;
        const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), lastDelayMs);
        this.options.onAwaited?.({ attempt, delayMs, error });
        await delay(delayMs, undefined, { signal }).catch((cause: unknown) => {
          throw new DependencyUnavailable('database', { cause });
        });
      }
    }
  }

  private async connect(): Promise<void> {
    await this.connection.openUri(this.options.uri, connectOptionsOf(this.options));
    // `openUri` does not wait for an attempt that is under way already.
    await this.connection.asPromise();
  }
}

/** How stores want to be connected; a write is on disk when it is acknowledged. */
export function connectOptionsOf({ databaseName }: MongoConnectionOptions): ConnectOptions {
  return {
    dbName: databaseName,
    serverSelectionTimeoutMS: 3_000,
    connectTimeoutMS: 3_000,
    // An operation that was given up ends with its socket, rather than never.
    socketTimeoutMS: 10_000,
    writeConcern: { journal: true },
    bufferCommands: false,
    autoCreate: false,
    autoIndex: false,
  };
}

/** The driver has no deadline of its own for an operation with its retries. */
async function within<Result>(ms: number, operation: PromiseLike<Result>): Promise<Result> {
  const settled = new AbortController();
  const deadline = delay(ms, undefined, { signal: settled.signal }).then(() => {
    throw new DependencyUnavailable('database');
  });
  try {
    return await Promise.race([operation, deadline]);
  } finally {
    settled.abort();
  }
}
