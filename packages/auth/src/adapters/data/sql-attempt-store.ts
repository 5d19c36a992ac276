import { Injectable, isAppError, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, sql, type Database, type Sql } from '@plinth/data';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore, type TakenAttempt } from '../../protect/attempt-store.js';
import { authAttempts } from './attempt-table.js';
import { outsideTransactions } from './outside-transactions.js';
import { requireTable } from './require-table.js';

/** Databases that lock a row and an index may find a deadlock between two takes; nothing has happened then. */
const TRIES = 8;

/** Counts attempts in the application's SQL database, for all processes together: one upsert for each. */
@Injectable({ deps: [DATABASE] })
export class SqlAttemptStore implements AttemptStore, OnListen {
  readonly #database: Database;
  readonly #outside: ReturnType<typeof outsideTransactions>;

  constructor(database: Database) {
    this.#database = database;
    this.#outside = outsideTransactions(database);
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authAttempts);
  }

  async take(key: string, policy: AttemptPolicy, now: number): Promise<TakenAttempt> {
    const row = await this.#retrying(() => this.#upsert(key, policy, Math.floor(now)));
    const given = Number(row?.given);
    return { allowed: given === 0, count: Number(row?.attempts), wait: Math.max(0, given) };
  }

  async release(key: string): Promise<void> {
    await this.#retrying(() => this.#database.sql`update ${authAttempts} set attempts = attempts - 1 where id = ${key} and attempts > 0`);
  }

  async clear(key: string): Promise<void> {
    await this.#retrying(() => this.#database.sql`delete from ${authAttempts} where id = ${key}`);
  }

  async prune(before: number): Promise<number> {
    const rows = await this.#retrying(() => this.#database.sql`delete from ${authAttempts} where ends_at <= ${Math.floor(before)}`);
    return rows.affected;
  }

  async #upsert(key: string, policy: AttemptPolicy, now: number): Promise<{ given: unknown; attempts: unknown } | undefined> {
    const { dialect } = this.#database;
    const upsert = upsertOf(dialect, key, policy, now);
    if (dialect !== 'mysql')
      return (await this.#database.sql<{ given: unknown; attempts: unknown }>`${upsert} returning given, attempts`)[0];
    // MySQL has no "returning": its row is locked until it has been read.
    return this.#database.transaction(async () => {
      await this.#database.sql`${upsert}`;
      const found = this.#database.sql<{ given: unknown; attempts: unknown }>`
        select given, attempts from ${authAttempts} where id = ${key} for update`;
      return (await found)[0];
    });
  }

  async #retrying<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++)
      try {
        return await this.#outside('Attempts are counted', run);
      } catch (error) {
        if (attempt === TRIES || !isAppError(error) || (error.code !== 'DATA_DEADLOCK' && error.code !== 'DATA_SERIALIZATION')) throw error;
      }
  }
}

/** The store of attempts in SQL: `AuthModule.with({ throttle: { store: sqlAttemptStore } })`. Needs the migration `createAuthAttempts`. */
export const sqlAttemptStore: Provider = provideClass(ATTEMPT_STORE, SqlAttemptStore);

/** One statement: decides from the row as it is what is given, and changes the row accordingly. */
function upsertOf(dialect: Database['dialect'], key: string, policy: AttemptPolicy, time: number): Sql {
  const whole = (value: number): Sql => (dialect === 'mysql' ? sql`cast(${value} as signed)` : sql`cast(${value} as bigint)`);
  const [least, row] = [dialect === 'sqlite' ? sql`min` : sql`least`, dialect === 'mysql' ? sql`` : sql`auth_attempts.`];
  const now = whole(time);
  const insert = sql`insert into ${authAttempts} (id, attempts, last_at, ends_at, given) values (${key}, 1, ${now}, ${whole(time + policy.forget)}, ${whole(0)})`;
  const last = sql`${least}(${row}last_at, ${now})`;
  const ends = sql`${least}(${row}ends_at, ${whole(time + policy.forget)})`;
  const count = sql`(case when ${ends} <= ${now} then 0 else ${row}attempts end)`;
  const left = sql`${least}(${last} + ${delayOf(sql`${row}attempts`, policy, whole)}, ${ends}) - ${now}`;
  const held = policy.limit > 0 ? sql`when ${count} >= ${policy.limit} then ${whole(-1)}` : sql``;
  const given = sql`(case ${held} when ${count} = 0 then ${whole(0)} when ${left} > 0 then ${left} else ${whole(0)} end)`;
  const renews = policy.since === 'last' ? sql`1 = 1` : sql`1 = 0`;
  if (dialect === 'mysql')
    // Assignments run from left to right here, and each sees what those before it wrote.
    return sql`${insert} on duplicate key update
      given = ${given},
      attempts = if(given = 0, ${count} + 1, ${count}),
      ends_at = if(given = 0 and (attempts = 1 or ${renews}), ${whole(time + policy.forget)}, ${ends}),
      last_at = if(given = 0, ${now}, ${last})`;
  return sql`${insert} on conflict (id) do update set
    given = ${given},
    attempts = case when ${given} = 0 then ${count} + 1 else ${count} end,
    ends_at = case when ${given} = 0 and (${count} = 0 or ${renews}) then ${whole(time + policy.forget)} else ${ends} end,
    last_at = case when ${given} = 0 then ${now} else ${last} end`;
}

function delayOf(attempts: Sql, { delays }: AttemptPolicy, whole: (value: number) => Sql): Sql {
  const longest = delays.at(-1) ?? 0;
  // Runs of the same delay are one condition.
  const steps = delays.flatMap((delay, count) => (delay === longest || delays[count + 1] === delay ? [] : [{ delay, count }]));
  if (steps.length === 0) return whole(longest);
  const cases = steps.map(({ delay, count }) => sql`when ${attempts} <= ${count} then ${whole(delay)}`);
  return sql`(case ${sql.join(cases, sql` `)} else ${whole(longest)} end)`;
}
