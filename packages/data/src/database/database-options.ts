import type { SqliteDriverName } from '../dialect/sqlite-driver.js';
import type { Migration } from '../migrate/define-migration.js';
import type { Seed } from '../seed/define-seed.js';
import type { QueryLogger } from './query-observer.js';

/** What a database is opened with. All times in milliseconds. */
export interface DatabaseOptions {
  /** `sqlite:./path.db`, `sqlite::memory:`, `postgres://…`, `mysql://…`, `mariadb://…` or `mssql://…`. */
  readonly url: string;
  /** Its name in logs, events and the health check; default `database`. */
  readonly name?: string;
  readonly migrations?: readonly Migration[];
  readonly seeds?: readonly Seed[];
  readonly pool?: {
    /** Most connections; default 10. SQLite always has one. */
    readonly max?: number;
    /** Longest wait for a connection, opening one included; default 2,500. */
    readonly acquireTimeout?: number;
    /** Most queries that wait for a connection; default 50 times `max`, at least 500. More are refused at once. */
    readonly maxWaiting?: number;
    /** Age at which a connection is replaced; default 30 minutes. */
    readonly lifetime?: number;
    /** Idle time after which a connection is closed; default 60 seconds. */
    readonly idleTimeout?: number;
  };
  /** Longest time to open a connection; default 2,000. */
  readonly connectTimeout?: number;
  /** Longest time of a statement; default 30,000. SQLite cannot interrupt one. */
  readonly statementTimeout?: number;
  /** Longest wait for a lock; default 5,000. */
  readonly lockTimeout?: number;
  /** Longest time a transaction may do nothing; default 30,000. Not on SQLite. */
  readonly idleInTransactionTimeout?: number;
  /** Longest wait for another process that migrates; default 60,000. */
  readonly migrationLockTimeout?: number;
  /** From how long on a query is logged as slow, as a warning; default 500. */
  readonly slowQuery?: number;
  /**
   * What is done when one request runs the same statement again and again, as a query per row of a list does: `warn` in the log with the
   * author's line, or `throw` `DATA_N_PLUS_ONE`, for tests. Default: `warn` in an application that is not in production, else `false`.
   */
  readonly nPlusOne?: 'warn' | 'throw' | false;
  /** From how many times on; default 10. */
  readonly nPlusOneThreshold?: number;
  /** The name the server shows for its connections; default `plinth`. */
  readonly applicationName?: string;
  /** SQLite only: the library it is reached through; default `better-sqlite3` where that is installed, else Node's own `node:sqlite`. */
  readonly driver?: SqliteDriverName;
  /**
   * SQLite only: `full` waits for the disk at each commit. Default `normal`: a commit survives the end of the process; a power cut may
   * undo the last ones, and never damages the file.
   */
  readonly synchronous?: 'normal' | 'full';
  /**
   * PostgreSQL: whether the statements of repositories and `sql` are prepared under names. `auto` (default) does, until a pooler between
   * here and the server refuses; `true` goes on regardless.
   */
  readonly prepare?: 'auto' | boolean;
  /**
   * PostgreSQL: whether reads outside of transactions share few connections, each sent without waiting for the answer to the one before.
   * `auto` (default) does while statements are prepared. A slow read holds up what was sent behind it: `false` gives each its own.
   */
  readonly pipeline?: 'auto' | false;
  readonly logger?: QueryLogger;
  /** The present moment, for columns with `defaultNow()`; default: the system's. */
  readonly now?: () => Date;
}
