import { createHash } from 'node:crypto';
import { isAppError } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Dialect } from '../dialect/dialect.js';
import type { Run } from './journal.js';

/**
 * Runs `work` while no other process migrates the same database. PostgreSQL: an advisory lock; MariaDB and MySQL: a named lock; SQL
 * Server: an application lock; all on the given connection, so that they end with it, also when the process dies. SQLite: each migration
 * takes the file's write lock by itself, see `untilFree`. Throws `DATA_MIGRATION_LOCK` after `limit` milliseconds.
 */
export async function withMigrationLock<T>(dialect: Dialect, run: Run, limit: number, work: () => Promise<T>): Promise<T> {
  if (dialect.name === 'sqlite') return work();
  const lock = await lockOf(dialect, run);
  // Asked for again and again rather than waited for: waiting would run into the limits for statements and locks, and keep a snapshot
  // open, for which CREATE INDEX CONCURRENTLY waits.
  const started = performance.now();
  while (!(await lock.try(run))) {
    if (performance.now() - started > limit) throw DATA_ERRORS.MIGRATION_LOCK({ ms: limit });
    await pause();
  }
  try {
    return await work();
  } finally {
    await lock.release(run).catch(() => undefined);
  }
}

/** Whether another connection holds the lock. */
export async function isMigrationLocked(dialect: Dialect, run: Run): Promise<boolean> {
  if (dialect.name === 'sqlite') return false;
  return (await lockOf(dialect, run)).isHeld(run);
}

/** SQLite: takes `work` up again while another process writes to the file; it fails before it has begun. Throws `DATA_MIGRATION_LOCK`. */
export async function untilFree<T>(dialect: Dialect, limit: number, work: (begun: () => void) => Promise<T>): Promise<T> {
  const started = performance.now();
  for (;;) {
    let begun = false;
    try {
      return await work(() => (begun = true));
    } catch (error) {
      if (dialect.name !== 'sqlite' || begun || !isAppError(error) || error.code !== 'DATA_LOCK_TIMEOUT') throw error;
      if (performance.now() - started > limit) throw DATA_ERRORS.MIGRATION_LOCK({ ms: limit }, { cause: error });
    }
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
}

interface Lock {
  try(run: Run): Promise<boolean>;
  isHeld(run: Run): Promise<boolean>;
  release(run: Run): Promise<unknown>;
}

async function lockOf(dialect: Dialect, run: Run): Promise<Lock> {
  if (dialect.name === 'postgres') return postgresLock;
  return dialect.name === 'mssql' ? mssqlLock : mysqlLock(run);
}

// Two numbers of 32 bits that nobody else is likely to use; the lock is per database by itself.
const [first, second] = [0x706c696e, 0x74680001];

const postgresLock: Lock = {
  try: async (run) => (await run(`select pg_try_advisory_lock(${first}, ${second}) as locked`)).rows[0]?.['locked'] === true,
  isHeld: async (run) => {
    const database = '(select oid from pg_database where datname = current_database())';
    const lock = `locktype = 'advisory' and classid = ${first} and objid = ${second} and database = ${database}`;
    return (await run(`select 1 as one from pg_locks where ${lock}`)).rows.length > 0;
  },
  release: (run) => run(`select pg_advisory_unlock(${first}, ${second})`),
};

// Owned by the session, so that it ends with the connection; 0 and 1 mean that it was granted.
const mssqlLock: Lock = {
  async try(run) {
    const options = `@Resource = 'plinth_migrate', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0`;
    const { rows } = await run(`declare @locked int; exec @locked = sp_getapplock ${options}; select @locked as locked`);
    return Number(rows[0]?.['locked']) >= 0;
  },
  async isHeld(run) {
    const { rows } = await run(`select applock_test('public', 'plinth_migrate', 'Exclusive', 'Session') as free`);
    return Number(rows[0]?.['free']) === 0;
  },
  release: (run) => run(`exec sp_releaseapplock @Resource = 'plinth_migrate', @LockOwner = 'Session'`),
};

// Named locks belong to the whole server, so the database's name is part of it; names have 64 characters at most.
async function mysqlLock(run: Run): Promise<Lock> {
  const database = String((await run('select database() as name')).rows[0]?.['name']);
  const name = `plinth_migrate_${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  return {
    try: async (ask) => Number((await ask('select get_lock(?, 0) as locked', [name])).rows[0]?.['locked']) === 1,
    isHeld: async (ask) => (await ask('select is_used_lock(?) as holder', [name])).rows[0]?.['holder'] !== null,
    release: (ask) => ask('select release_lock(?)', [name]),
  };
}

/** A connection for schema changes, without the limits that are meant for requests. Close it afterwards; do not reuse it. */
export async function liftLimits(dialect: Dialect, run: Run, lockLimit: number): Promise<void> {
  const statements = {
    postgres: ['set statement_timeout = 0', 'set idle_in_transaction_session_timeout = 0'],
    mysql: [
      `set session lock_wait_timeout = ${Math.max(1, Math.round(lockLimit / 1000))}`,
      ...(dialect.variant === 'mariadb' ? ['set session max_statement_time = 0'] : []),
    ],
    // A table is rebuilt by dropping it, which would delete what refers to it; the migrator checks the references before COMMIT.
    sqlite: ['pragma foreign_keys = off'],
    mssql: ['set lock_timeout -1'],
  }[dialect.name];
  for (const sql of statements) await untilFree(dialect, lockLimit, () => run(sql));
}
