import type { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import type { Connection, Result } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import type { Transactions } from '../transaction/transaction.js';
import { type Migration, sortMigrations } from './define-migration.js';
import { dryRun, type MigrationSql } from './dry-run.js';
import { type Entry, Journal, type Run as RunSql } from './journal.js';
import { isMigrationLocked, liftLimits, untilFree, withMigrationLock } from './migration-lock.js';
import { type MigrationStatus, readStatus } from './migration-status.js';
import { chooseDown, type DownOptions, findKnown, nextPending } from './plan.js';
import { MigrationRunner, type MigrationSession, type Run } from './run-migration.js';
import { findChanges, fingerprintNow } from './verify.js';

/** How far `up()` goes. */
export interface UpOptions {
  /** The name of the last migration to apply; default: all. */
  readonly to?: string;
  /** Whether to compare what is applied with what is listed first; runs the `up` of applied migrations without the database. */
  readonly verify?: boolean;
}

/** Brings the schema up and down. Any number of processes may call it together: one migrates, the others wait, all succeed. */
export class Migrator {
  readonly #migrations: readonly Migration[];
  readonly #runner: MigrationRunner;

  /** @internal */
  constructor(
    db: Database,
    private readonly executor: Executor,
    private readonly transactions: Transactions,
    migrations: readonly Migration[],
    private readonly lockLimit: number,
  ) {
    this.#migrations = sortMigrations(migrations);
    this.#runner = new MigrationRunner(db, executor, transactions);
  }

  /**
   * Applies every pending migration, in order; gives the names of those that this call applied. Where nothing is pending it only reads.
   * Throws `DATA_MIGRATION_FAILED`, `DATA_MIGRATION_INTERRUPTED`, `DATA_MIGRATION_ORDER`, `DATA_MIGRATION_CHANGED` (with `verify`),
   * `DATA_MIGRATION_TARGET`, `DATA_MIGRATION_LOCK`, `DATA_MIGRATION_JOURNAL`.
   */
  async up(options: UpOptions = {}): Promise<string[]> {
    if (options.verify === true) await this.#refuseChanged();
    if (await this.#isUpToDate(options)) return [];
    return this.#locked((session) => this.#applyPending(session, options.to));
  }

  /**
   * Undoes migrations, last first; gives their names. All are looked at before the first is undone. Throws `DATA_MIGRATION_IRREVERSIBLE`,
   * `DATA_MIGRATION_UNKNOWN` and what `up` throws.
   */
  async down(options: DownOptions = {}): Promise<string[]> {
    return this.#locked((session) => this.#undo(session, options));
  }

  /** Undoes the last migration, or the last `steps`, and applies them again; gives the names of those applied again. */
  async redo(options: { readonly steps?: number } = {}): Promise<string[]> {
    return this.#locked(async (session) => {
      const undone = await this.#undo(session, { steps: options.steps ?? 1 });
      return undone.length === 0 ? [] : this.#applyPending(session, undone[0]);
    });
  }

  /** Every migration, listed or applied, in order. Changes nothing. `verify`: says too which are not what was applied. */
  async status(options: { readonly verify?: boolean } = {}): Promise<readonly MigrationStatus[]> {
    const entries = await this.#read();
    const unfinished = entries.some((entry) => entry.finishedAt === undefined);
    const running = unfinished && (await isMigrationLocked(this.executor.dialect, this.#ask));
    const changes = options.verify === true ? await this.#changes(entries) : [];
    return readStatus(this.#migrations, entries, { running, changed: new Map(changes.map(({ name, now }) => [name, now])) });
  }

  /** The SQL that `up` or `down` would run. Nothing stays changed. */
  async dryRun(direction: 'up', options?: Pick<UpOptions, 'to'>): Promise<readonly MigrationSql[]>;
  async dryRun(direction: 'down', options?: DownOptions): Promise<readonly MigrationSql[]>;
  async dryRun(direction: 'up' | 'down', options: Pick<UpOptions, 'to'> | DownOptions = {}): Promise<readonly MigrationSql[]> {
    return this.#locked((session) =>
      untilFree(this.executor.dialect, this.lockLimit, async (begun) => {
        const entries = await session.journal.readIfThere();
        const runs =
          direction === 'up'
            ? this.#pending(entries, options.to)
            : chooseDown(this.#migrations, entries, options as DownOptions).map((next) => ({ ...next, direction, batch: 0 }));
        return dryRun({ executor: this.executor, transactions: this.transactions, runner: this.#runner }, session, runs, begun);
      }),
    );
  }

  /**
   * Says how a migration that was cut off stands, after you have looked: whether the step it was at is in the schema (`applied`) or not
   * (`rolled-back`). `up()` goes on from there. Throws `DATA_MIGRATION_TARGET` if it was not cut off.
   */
  async resolve(name: string, outcome: 'applied' | 'rolled-back'): Promise<void> {
    await this.#locked(async ({ journal }) => {
      const entry = (await journal.readIfThere()).find((candidate) => candidate.name === name);
      if (entry === undefined || entry.finishedAt !== undefined || entry.statement === undefined)
        throw DATA_ERRORS.MIGRATION_TARGET({ reason: `the migration ${JSON.stringify(name)} was not cut off on this database` });
      const before = entry.direction === 'up' ? entry.steps : entry.steps - 1;
      const steps = outcome === 'applied' ? before + 1 : before;
      const total = this.#migrations.find((migration) => migration.name === name)?.steps.length ?? 1;
      if (steps <= 0) await journal.remove(name);
      else if (steps >= total) await journal.finish(name, steps, undefined);
      else await journal.stand(name, steps);
    });
  }

  /** Takes an applied migration as it is now for what was applied, so that `verify` finds no change. Throws `DATA_MIGRATION_TARGET`. */
  async accept(name: string): Promise<void> {
    const migration = findKnown(this.#migrations, name);
    await this.#locked(async ({ journal, connection }) => {
      const entry = (await journal.readIfThere()).find((candidate) => candidate.name === name);
      if (entry?.finishedAt === undefined)
        throw DATA_ERRORS.MIGRATION_TARGET({ reason: `the migration ${JSON.stringify(name)} is not applied on this database` });
      const { executor } = this;
      await journal.setChecksums(name, await fingerprintNow({ executor, runner: this.#runner, connection }, migration));
    });
  }

  async #applyPending(session: MigrationSession, to?: string): Promise<string[]> {
    await this.#createJournal(session);
    const done: string[] = [];
    let batch: number | undefined;
    let before: string | undefined;
    for (;;) {
      // Read again each time: on SQLite other processes take turns.
      const entries = await session.journal.read();
      const next = nextPending(this.#migrations, entries, to);
      if (next === undefined) return done;
      const { name } = next.migration;
      if (name === before)
        throw DATA_ERRORS.MIGRATION_JOURNAL({ done: 'trusted', reason: `it does not hold ${name}, which has just been applied` });
      before = name;
      batch ??= Math.max(0, ...entries.map((entry) => entry.batch)) + 1;
      if (await this.#run(session, { ...next, direction: 'up', batch, applied: done })) done.push(name);
    }
  }

  async #undo(session: MigrationSession, options: DownOptions): Promise<string[]> {
    await this.#createJournal(session);
    const undone: string[] = [];
    for (const next of chooseDown(this.#migrations, await session.journal.read(), options))
      if (await this.#run(session, { ...next, direction: 'down', batch: 0 })) undone.push(next.migration.name);
    return undone;
  }

  // Looked for first: creating it takes SQLite's write lock, and rights that not everybody has.
  async #createJournal({ journal }: MigrationSession): Promise<void> {
    if (!(await journal.exists())) await untilFree(this.executor.dialect, this.lockLimit, () => journal.create());
  }

  async #run(session: MigrationSession, run: Run): Promise<boolean> {
    const partly = run.entry !== undefined && run.entry.finishedAt === undefined;
    if (!partly && this.#runner.isTransactional(run.migration))
      return untilFree(this.executor.dialect, this.lockLimit, (begun) => this.#runner.runInTransaction(session, run, begun));
    await this.#runner.runStepwise(session, run);
    return true;
  }

  /** Every pending migration, as they would be applied one after the other. */
  #pending(entries: readonly Entry[], to?: string): readonly Run[] {
    const runs: Run[] = [];
    let known = entries;
    for (;;) {
      const next = nextPending(this.#migrations, known, to);
      if (next === undefined) return runs;
      const { name, steps } = next.migration;
      runs.push({ ...next, direction: 'up', batch: 0 });
      const finished: Entry = { name, batch: 1, steps: steps.length, direction: 'up', finishedAt: new Date(0) };
      known = [...known.filter((entry) => entry.name !== name), finished];
    }
  }

  /** Asked without the lock, and by users who may only read: processes that start where nothing is to be done wait for nobody. */
  async #isUpToDate({ to }: UpOptions): Promise<boolean> {
    const entries = await this.#read();
    if (entries.some((entry) => entry.finishedAt === undefined)) return false;
    return nextPending(this.#migrations, entries, to) === undefined;
  }

  async #refuseChanged(): Promise<void> {
    const [change, ...others] = await this.#changes(await this.#read());
    if (change === undefined) return;
    const also = others.length === 0 ? '' : ` So are ${others.map(({ name }) => name).join(', ')}.`;
    throw DATA_ERRORS.MIGRATION_CHANGED({ ...change, also });
  }

  async #changes(entries: readonly Entry[]) {
    const { executor } = this;
    return executor.within(undefined, async () => {
      const connection = await executor.acquire();
      try {
        return await findChanges({ executor, runner: this.#runner, connection }, this.#migrations, entries);
      } finally {
        executor.pool.release(connection);
      }
    });
  }

  #read(): Promise<Entry[]> {
    return this.executor.within(undefined, () => new Journal(this.executor.dialect, this.#ask).readIfThere());
  }

  readonly #ask: RunSql = (sql, bindings = []) => this.executor.run({ sql, bindings });

  async #locked<T>(work: (session: MigrationSession) => Promise<T>): Promise<T> {
    const { executor } = this;
    const hooks: (() => unknown)[] = [];
    const value = await executor.within(undefined, async () => {
      const connection = await executor.acquire();
      const { dialect } = executor;
      const run = (sql: string, bindings: readonly unknown[] = []): Promise<Result> => executor.runOn(connection, { sql, bindings });
      try {
        await liftLimits(dialect, run, this.lockLimit);
        return await withMigrationLock(dialect, run, this.lockLimit, async () => {
          const journal = new Journal(dialect, run);
          return work({ connection, journal, hooks });
        });
      } finally {
        await this.#giveBack(connection, run);
      }
    });
    await this.transactions.runHooks(hooks);
    return value;
  }

  async #giveBack(connection: Connection, run: RunSql): Promise<void> {
    const { dialect, pool } = this.executor;
    try {
      // Its limits are lifted. SQLite has no other connection, so they come back.
      if (dialect.name === 'sqlite') await run('pragma foreign_keys = on');
      else connection.spoil();
    } finally {
      pool.release(connection);
    }
  }
}
