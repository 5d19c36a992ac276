import type { Migration } from '../migrate/define-migration.js';
import type { Seed } from '../seed/define-seed.js';
import type { QueryLogger } from './query-observer.js';

/** What a database is opened with. All times in milliseconds. */
export interface DatabaseOptions {
  /** `sqlite:./path.db`, `sqlite::memory:`, `postgres://…`, `mysql://…` or `mariadb://…`. */
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
  /** The name the server shows for its connections; default `plinth`. */
  readonly applicationName?: string;
  readonly logger?: QueryLogger;
  /** The present moment, for columns with `defaultNow()`; default: the system's. */
  readonly now?: () => Date;
}
