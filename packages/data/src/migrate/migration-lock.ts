import { createHash } from 'node:crypto';
import { DATA_ERRORS } from '../errors.js';
import type { Connection, Dialect, Result } from '../dialect/dialect.js';

type Run = (sql: string, bindings?: readonly unknown[]) => Promise<Result>;

/**
 * Runs `work` while no other process migrates the same database. PostgreSQL: an advisory lock; MariaDB and MySQL: a named lock,
 * both on the given connection, so that they end with it. SQLite: each migration takes the file's write lock by itself.
 * Throws `DATA_MIGRATION_LOCK` after `limit` milliseconds.
 */
export async function withMigrationLock<T>(dialect: Dialect, run: Run, limit: number, work: () => Promise<T>): Promise<T> {
  if (dialect.name === 'sqlite') return work();
  const lock = dialect.name === 'postgres' ? postgresLock : await mysqlLock(run);
  // Asked for again and again rather than waited for: waiting would run into the limits for statements and locks.
  const started = performance.now();
  while (!(await lock.try(run))) {
    if (performance.now() - started > limit) throw DATA_ERRORS.MIGRATION_LOCK({ ms: limit });
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
  }
  try {
    return await work();
  } finally {
    await lock.release(run).catch(() => undefined);
  }
}

interface Lock {
  try(run: Run): Promise<boolean>;
  release(run: Run): Promise<unknown>;
}

// Two numbers of 32 bits that nobody else is likely to use; the lock is per database by itself.
const [first, second] = [0x706c696e, 0x74680001];

const postgresLock: Lock = {
  try: async (run) => (await run(`select pg_try_advisory_lock(${first}, ${second}) as locked`)).rows[0]?.['locked'] === true,
  release: (run) => run(`select pg_advisory_unlock(${first}, ${second})`),
};

// Named locks belong to the whole server, so the database's name is part of it; names have 64 characters at most.
async function mysqlLock(run: Run): Promise<Lock> {
  const database = String((await run('select database() as name')).rows[0]?.['name']);
  const name = `plinth_migrate_${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  return {
    try: async (ask) => Number((await ask('select get_lock(?, 0) as locked', [name])).rows[0]?.['locked']) === 1,
    release: (ask) => ask('select release_lock(?)', [name]),
  };
}

/** A connection for schema changes, without the limits that are meant for requests. Close it afterwards; do not reuse it. */
export async function liftLimits(dialect: Dialect, connection: Connection, lockLimit: number): Promise<void> {
  const statements = {
    postgres: ['set statement_timeout = 0', 'set idle_in_transaction_session_timeout = 0'],
    mysql: [
      `set session lock_wait_timeout = ${Math.max(1, Math.round(lockLimit / 1000))}`,
      ...(dialect.variant === 'mariadb' ? ['set session max_statement_time = 0'] : []),
    ],
    // A table is rebuilt by dropping it, which would delete what refers to it; the migrator checks the references before COMMIT.
    sqlite: ['pragma foreign_keys = off'],
  }[dialect.name];
  for (const sql of statements) await connection.run({ sql, bindings: [] });
}
