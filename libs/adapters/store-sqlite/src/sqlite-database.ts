import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { DependencyUnavailable } from '@mcp-hub/domain';
import Database from 'libsql';

export interface SqliteOptions {
  /** `file:PATH`, the path relative to the working directory unless absolute, or `:memory:`. */
  url: string;
}

const busyTimeoutMs = 2_000;
const keptWalBytes = 16 * 1024 * 1024;

/** What the database can't do now, as opposed to what it was asked wrongly. */
const unavailableCodes =
  /^SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY|NOTADB|CORRUPT|PROTOCOL|INTERRUPT|NOMEM|AUTH|PERM)(_|$)/;

/**
 * One SQLite database for the stores that share it: opened when the first of them starts, closed when the last one
 * closes. A file, and the folder it is in, are created where they are missing, for the owner alone.
 */
export class SqliteDatabase {
  private connection: Database.Database | undefined;
  private users = 0;

  /** @param file undefined for a database in memory, which is gone when it is closed */
  constructor(private readonly file: string | undefined) {}

  /**
   * To be followed by one `release`, unless it throws.
   * @param schema creates the tables of the store, where they are missing
   * @throws DependencyUnavailable where it can't be opened, the reason as `cause`
   */
  acquire(schema: string): void {
    this.connection ??= translated(() => connect(this.file));
    this.users++;
    try {
      this.write((connection) => connection.exec(schema));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.users--;
    if (this.users > 0) return;
    this.connection?.close();
    this.connection = undefined;
  }

  /** @throws DependencyUnavailable */
  read<Result>(query: (connection: Database.Database) => Result): Result {
    const { connection } = this;
    if (!connection) throw new DependencyUnavailable('database');
    return translated(() => query(connection));
  }

  /**
   * Runs `change` in a transaction, which is rolled back when it throws.
   * @throws DependencyUnavailable also where another process keeps the database locked for 2 s
   */
  write<Result>(change: (connection: Database.Database) => Result): Result {
    return this.read((connection) => connection.transaction(() => change(connection)).immediate());
  }
}

/**
 * Names the database that SQLite stores are made with; nothing is opened before the first of them starts.
 * @throws TypeError where the URL is of neither form
 */
export function openSqlite({ url }: SqliteOptions): SqliteDatabase {
  if (url === ':memory:') return new SqliteDatabase(undefined);
  const file = /^file:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (file === undefined) {
    throw new TypeError('The URL of a SQLite database is "file:PATH" or ":memory:"; check database.url.');
  }
  return new SqliteDatabase(path.resolve(file));
}

function connect(file: string | undefined): Database.Database {
  if (file !== undefined) createPrivately(file);
  const connection = new Database(file ?? ':memory:', { timeout: busyTimeoutMs });
  try {
    connection.pragma('journal_mode = WAL');
    connection.pragma(`journal_size_limit = ${keptWalBytes}`);
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** SQLite itself would create the file as the umask has it; the files beside it take their mode from this one. */
function createPrivately(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw new DependencyUnavailable('database', { cause });
  }
}

function translated<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Database.SqliteError && unavailableCodes.test(cause.code)) {
      throw new DependencyUnavailable('database', { cause });
    }
    throw cause;
  }
}
