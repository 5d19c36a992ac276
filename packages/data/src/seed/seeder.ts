import { isAppError } from '@plinth/core';
import type { Database } from '../database/database.js';
import { DATA_ERRORS } from '../errors.js';
import { table } from '../table/table.js';
import { text, timestamp } from '../table/columns.js';
import type { Seed } from './define-seed.js';

const journal = table('plinth_seeds', { name: text({ max: 190 }).primary(), ranAt: timestamp().defaultNow() });

/** Runs seeds: those of `once` once per database, even if several processes start together. */
export class Seeder {
  /** @internal */
  constructor(
    private readonly db: Database,
    private readonly seeds: readonly Seed[],
  ) {
    const names = new Set(seeds.map((seed) => seed.name));
    const bad =
      seeds.find((seed) => !/^[A-Za-z0-9._-]{1,190}$/.test(seed.name)) ??
      (names.size === seeds.length
        ? undefined
        : seeds.find((seed, index) => seeds.some((other, at) => at > index && other.name === seed.name)));
    if (bad !== undefined) throw DATA_ERRORS.SEED_NAME({ name: JSON.stringify(bad.name) });
  }

  /** Runs the seeds that are due, in the order they are listed; gives the names of those that ran. */
  async run(): Promise<string[]> {
    if (this.seeds.length === 0) return [];
    await this.#createJournal();
    const ran: string[] = [];
    for (const seed of this.seeds) {
      if (await this.#runOne(seed)) ran.push(seed.name);
    }
    return ran;
  }

  async #runOne(seed: Seed): Promise<boolean> {
    const { db } = this;
    if (seed.when === 'always') {
      await this.#inTransaction(() => seed.run(db));
      return true;
    }
    const entries = db.repository(journal);
    if (await entries.exists({ name: seed.name })) return false;
    try {
      await this.#inTransaction(async () => {
        // The entry first: another process waits here for our commit, and then finds that the seed has run.
        await entries.insert({ name: seed.name });
        await seed.run(db);
      });
      return true;
    } catch (error) {
      if (isAppError(error) && error.code === 'DATA_UNIQUE' && (await entries.exists({ name: seed.name }))) return false;
      throw error;
    }
  }

  // Processes that seed together may deadlock on MariaDB; what was rolled back can run again.
  #inTransaction(work: () => unknown): Promise<unknown> {
    return this.db.transaction(work, this.db.inTransaction ? {} : { retries: 5 });
  }

  async #createJournal(): Promise<void> {
    const types = { postgres: ['varchar(190)', 'timestamptz(3)'], mysql: ['varchar(190)', 'datetime(3)'], sqlite: ['text', 'text'] }[
      this.db.dialect
    ];
    const create = () =>
      this.db.knex.raw(`create table if not exists plinth_seeds (name ${types[0]} not null primary key, ran_at ${types[1]} not null)`);
    // PostgreSQL: of two processes that create it at the same moment one collides in the catalogue (23505 or 42P07), after the
    // other's commit: asked again, it finds the table.
    await create().catch(create);
  }
}
