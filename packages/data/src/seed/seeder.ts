import { isAppError } from '@plinth/core';
import type { Database } from '../database/database.js';
import { DATA_ERRORS } from '../errors.js';
import { text, timestamp } from '../table/columns.js';
import { table } from '../table/table.js';
import type { Seed } from './define-seed.js';

const journal = table('plinth_seeds', { name: text({ max: 190 }).primary(), ranAt: timestamp().defaultNow() });

/** A seed, and whether it has run. */
export interface SeedStatus {
  readonly name: string;
  readonly when: 'once' | 'always';
  readonly only?: 'development' | 'production';
  /** When it ran; of seeds of `once` only. */
  readonly ranAt?: Date;
}

/** Which seeds run, and where. */
export interface SeedRunOptions {
  /** Only these, in the order they are listed; default: all that are due. */
  readonly names?: readonly string[];
  /** Default: whether `NODE_ENV` is `production`. */
  readonly production?: boolean;
}

/** Runs seeds: those of `once` once per database, even if several processes start together. */
export class Seeder {
  /** @internal */
  constructor(
    private readonly db: Database,
    private readonly seeds: readonly Seed[],
  ) {
    const seen = new Set<string>();
    for (const { name } of seeds) {
      if (!/^[A-Za-z0-9._-]{1,190}$/.test(name) || seen.has(name)) throw DATA_ERRORS.SEED_NAME({ name: JSON.stringify(name) });
      seen.add(name);
    }
  }

  /**
   * Runs the seeds that are due, in the order they are listed; gives the names of those that ran. Throws `DATA_SEED_FAILED`, with the
   * cause, and `DATA_SEED_UNKNOWN`.
   */
  async run(options: SeedRunOptions = {}): Promise<string[]> {
    const chosen = this.#choose(options);
    if (chosen.length === 0) return [];
    if (chosen.some((seed) => seed.when === 'once')) await this.#createJournal();
    const ran: string[] = [];
    for (const seed of chosen) {
      if (await this.#runOne(seed)) ran.push(seed.name);
    }
    return ran;
  }

  /** Every seed, in the order they are listed. Changes nothing. */
  async status(): Promise<readonly SeedStatus[]> {
    const there = await this.db.knex.schema.hasTable('plinth_seeds');
    const rows = there ? await this.db.repository(journal).findMany() : [];
    const times = new Map(rows.map((row) => [row.name, row.ranAt]));
    return this.seeds.map(({ name, when, only }) => {
      const ranAt = times.get(name);
      return { name, when, ...(only !== undefined && { only }), ...(ranAt !== undefined && { ranAt }) };
    });
  }

  #choose({ names, production = process.env['NODE_ENV'] === 'production' }: SeedRunOptions): readonly Seed[] {
    const here = production ? 'production' : 'development';
    const refuse = (name: string, reason: string): Error =>
      DATA_ERRORS.SEED_UNKNOWN({ name: JSON.stringify(name), reason, seeds: this.seeds.map((seed) => seed.name).join(', ') || 'none' });
    for (const name of names ?? []) {
      const seed = this.seeds.find((candidate) => candidate.name === name);
      if (seed === undefined) throw refuse(name, 'it is not listed');
      if (seed.only !== undefined && seed.only !== here) throw refuse(name, `it is only for ${seed.only}`);
    }
    return this.seeds.filter(({ name, only }) => (names === undefined || names.includes(name)) && (only === undefined || only === here));
  }

  async #runOne(seed: Seed): Promise<boolean> {
    const { db } = this;
    if (seed.when === 'always') {
      await this.#inTransaction(() => seed.run(db)).catch((error: unknown) => fail(seed, error));
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
      return fail(seed, error);
    }
  }

  // Processes that seed together may deadlock on MariaDB; what was rolled back can run again.
  #inTransaction(work: () => unknown): Promise<unknown> {
    return this.db.transaction(work, this.db.inTransaction ? {} : { retries: 5 });
  }

  async #createJournal(): Promise<void> {
    const [name, time] = types[this.db.dialect];
    const columns = `plinth_seeds (name ${name} not null primary key, ran_at ${time} not null)`;
    const sql =
      this.db.dialect === 'mssql'
        ? `if object_id('plinth_seeds') is null create table ${columns}`
        : `create table if not exists ${columns}`;
    const create = () => this.db.knex.raw(sql);
    // PostgreSQL: of two processes that create it at the same moment one collides in the catalogue (23505 or 42P07), after the
    // other's commit: asked again, it finds the table.
    await create().catch(create);
  }
}

const types = {
  postgres: ['varchar(190)', 'timestamptz(3)'],
  mysql: ['varchar(190)', 'datetime(3)'],
  sqlite: ['text', 'text'],
  mssql: ['nvarchar(190)', 'datetime2(3)'],
} as const;

function fail(seed: Seed, error: unknown): never {
  const thrown = error instanceof Error ? error.message : 'it threw something that is no Error';
  throw DATA_ERRORS.SEED_FAILED({ name: seed.name, reason: isAppError(error) ? error.detail : thrown }, { cause: error });
}
