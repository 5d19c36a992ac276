import { isAppError } from '@plinth/core';
import type { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import { DATA_ERRORS } from '../errors.js';
import type { Connection, Result } from '../dialect/dialect.js';
import { ForeignKeyViolation } from '../failure/database-errors.js';
import { createTable } from '../table/create-table.js';
import { infoOf } from '../table/table.js';
import type { Transactions } from '../transaction/transaction.js';
import type { Migration, MigrationContext } from './define-migration.js';
import { type Applied, Journal } from './journal.js';
import { liftLimits, withMigrationLock } from './migration-lock.js';

/** A migration and where the database is with it. */
export interface MigrationStatus {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'interrupted' | 'unknown';
  /** Set of migrations that were applied together; `down()` undoes the last one. */
  readonly batch?: number;
  readonly appliedAt?: Date;
}

/** Brings the schema up and down. Any number of processes may call it together: one migrates, the others wait, all succeed. */
export class Migrator {
  readonly #migrations: readonly Migration[];

  /** @internal */
  constructor(
    private readonly db: Database,
    private readonly executor: Executor,
    private readonly transactions: Transactions,
    migrations: readonly Migration[],
    private readonly lockLimit: number,
  ) {
    this.#migrations = sortMigrations(migrations);
  }

  /** Applies every pending migration, in order; gives the names of those that this call applied. */
  async up(): Promise<string[]> {
    return this.#locked(async (connection, journal) => {
      const done: string[] = [];
      let batch: number | undefined;
      for (;;) {
        // Read again each time: on SQLite other processes may take turns.
        const step = await this.#inTransaction(connection, async () => {
          const applied = await journal.read();
          const next = this.#nextPending(applied);
          if (next === undefined) return undefined;
          batch ??= Math.max(0, ...applied.map((entry) => entry.batch)) + 1;
          await this.#apply(next, 'up', journal, batch);
          return next.name;
        });
        if (step === undefined) return done;
        done.push(step);
      }
    });
  }

  /** Undoes the last batch, or the last `steps` migrations; gives their names. Throws `DATA_MIGRATION_IRREVERSIBLE`, `DATA_MIGRATION_UNKNOWN`. */
  async down(options: { readonly steps?: number } = {}): Promise<string[]> {
    return this.#locked(async (connection, journal) => {
      const applied = await journal.read();
      const last = Math.max(0, ...applied.map((entry) => entry.batch));
      const chosen =
        options.steps === undefined
          ? applied.filter((entry) => entry.batch === last)
          : applied.slice(Math.max(0, applied.length - options.steps));
      const undone: string[] = [];
      for (const { name } of chosen.reverse()) {
        const migration = this.#migrations.find((candidate) => candidate.name === name);
        if (migration === undefined) throw DATA_ERRORS.MIGRATION_UNKNOWN({ name });
        if (migration.down === undefined) throw DATA_ERRORS.MIGRATION_IRREVERSIBLE({ name });
        await this.#inTransaction(connection, () => this.#apply(migration, 'down', journal, 0));
        undone.push(name);
      }
      return undone;
    });
  }

  /** Every migration, listed or applied, in order. Changes nothing. */
  async status(): Promise<MigrationStatus[]> {
    const run = (sql: string, bindings: readonly unknown[] = []): Promise<Result> => this.executor.run({ sql, bindings });
    const applied = new Map((await new Journal(this.executor.dialect, run).readIfThere()).map((entry) => [entry.name, entry]));
    const names = new Set([...applied.keys(), ...this.#migrations.map((migration) => migration.name)]);
    return [...names].sort(byName).map((name) => {
      const entry = applied.get(name);
      if (entry === undefined) return { name, state: 'pending' };
      if (entry.finishedAt === undefined) return { name, state: 'interrupted', batch: entry.batch };
      const known = this.#migrations.some((migration) => migration.name === name);
      return { name, state: known ? 'applied' : 'unknown', batch: entry.batch, appliedAt: entry.finishedAt };
    });
  }

  #nextPending(applied: readonly Applied[]): Migration | undefined {
    const interrupted = applied.find((entry) => entry.finishedAt === undefined);
    if (interrupted !== undefined) throw DATA_ERRORS.MIGRATION_INTERRUPTED({ name: interrupted.name });
    const names = new Set(applied.map((entry) => entry.name));
    const next = this.#migrations.find((migration) => !names.has(migration.name));
    const later = next && applied.find((entry) => byName(entry.name, next.name) > 0);
    if (next !== undefined && later !== undefined) throw DATA_ERRORS.MIGRATION_ORDER({ name: next.name, applied: later.name });
    return next;
  }

  async #apply(migration: Migration, direction: 'up' | 'down', journal: Journal, batch: number): Promise<void> {
    const { name } = migration;
    if (direction === 'up') await journal.begin(name, batch);
    try {
      await migration[direction]!(this.#context());
    } catch (error) {
      throw this.#toError(name, direction, error);
    }
    if (direction === 'up') await journal.finish(name);
    else await journal.remove(name);
  }

  /** DDL is transactional on PostgreSQL and SQLite; MySQL and MariaDB commit at each, so the journal alone tells what happened. */
  async #inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
    if (this.executor.dialect.name === 'mysql') return work();
    const { value, hooks } = await this.transactions.runOn(connection, async () => {
      const result = await work();
      await this.#checkReferences();
      return result;
    });
    await this.transactions.runHooks(hooks);
    return value;
  }

  async #checkReferences(): Promise<void> {
    if (this.executor.dialect.name !== 'sqlite') return;
    const { rows } = await this.executor.run({ sql: 'pragma foreign_key_check', bindings: [] });
    const [broken] = rows;
    if (broken !== undefined) throw new ForeignKeyViolation({ table: String(broken['table']) });
  }

  async #locked<T>(work: (connection: Connection, journal: Journal) => Promise<T>): Promise<T> {
    const { executor } = this;
    return executor.within(undefined, async () => {
      const connection = await executor.acquire();
      const { dialect } = executor;
      try {
        await liftLimits(dialect, connection, this.lockLimit);
        const run = (sql: string, bindings: readonly unknown[] = []): Promise<Result> => executor.runOn(connection, { sql, bindings });
        // In the transaction of a migration while there is one.
        const inStep = (sql: string, bindings: readonly unknown[] = []): Promise<Result> =>
          executor.scope === undefined ? run(sql, bindings) : executor.run({ sql, bindings });
        return await withMigrationLock(dialect, run, this.lockLimit, async () => {
          const journal = new Journal(dialect, inStep);
          await journal.create();
          return work(connection, journal);
        });
      } finally {
        if (dialect.name === 'sqlite') await connection.run({ sql: 'pragma foreign_keys = on', bindings: [] });
        // Its limits are lifted.
        else connection.spoil();
        executor.pool.release(connection);
      }
    });
  }

  #context(): MigrationContext {
    const { db, executor } = this;
    return {
      db,
      get schema() {
        return db.knex.schema;
      },
      createTable: (table) => createTable(db.knex, executor.dialect, infoOf(table)),
      dropTable: async (table) => {
        await db.knex.schema.dropTable(infoOf(table).name);
      },
    };
  }

  #toError(name: string, direction: 'up' | 'down', error: unknown): Error {
    const reason = isAppError(error) ? error.detail : error instanceof Error ? error.message : 'it threw something that is no Error';
    const cure =
      this.executor.dialect.name === 'mysql'
        ? 'Its statements before the failing one have taken effect: bring the schema back by hand, then delete its row from plinth_migrations.'
        : 'It was rolled back: correct it and run it again.';
    return DATA_ERRORS.MIGRATION_FAILED({ name, direction, reason, cure }, { cause: error });
  }
}

function sortMigrations(migrations: readonly Migration[]): readonly Migration[] {
  const seen = new Set<string>();
  for (const { name } of migrations) {
    if (!/^[A-Za-z0-9._-]{1,190}$/.test(name))
      throw DATA_ERRORS.MIGRATION_NAME({ name: JSON.stringify(name), reason: 'it is not well named' });
    if (seen.has(name)) throw DATA_ERRORS.MIGRATION_NAME({ name: JSON.stringify(name), reason: 'it is listed twice' });
    seen.add(name);
  }
  return [...migrations].sort((a, b) => byName(a.name, b.name));
}

// By code unit, so that every machine sorts alike.
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
