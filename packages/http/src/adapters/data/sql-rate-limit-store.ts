import { createHash } from 'node:crypto';
import { Injectable, isAppError, provideClass, runOutsideContext, runUninterrupted, type Provider } from '@plinth/core';
import { DATABASE, sql, type Database, type Sql } from '@plinth/data';
import { RATE_LIMIT_STORE, type RateLimitPolicy, type RateLimitStore } from '../../rate-limit/rate-limit-store.js';
import { httpRateLimits } from './rate-limit-table.js';
import { serverMicroseconds } from './server-time.js';

/** Milliseconds between two sweeps of rows that say nothing any more, and the most rows of one sweep. */
const SWEEP_PAUSE = 60_000;
const SWEEP_ROWS = 1_000;
/** Databases that lock a row and an index may find a deadlock between two takes; nothing has happened then. */
const TRIES = 5;

/** Counts in the application's SQL database, for all processes together: one upsert for each take, by the server's clock. */
@Injectable({ deps: [DATABASE] })
export class SqlRateLimitStore implements RateLimitStore {
  readonly #database: Database;
  #returns: boolean | undefined;
  #sweptAt = performance.now();

  constructor(database: Database) {
    this.#database = database;
  }

  async take(key: string, cost: number, policy: RateLimitPolicy): Promise<number> {
    const need = cost * policy.interval;
    const { capacity } = policy;
    // A first take would write it; it can never pass.
    if (need > capacity) return capacity - need;
    this.#sweepNowAndThen();
    const id = createHash('sha256').update(`${policy.name}\0${key}`, 'utf16le').digest('base64url');
    for (let attempt = 1; ; attempt++)
      try {
        // A client that leaves meanwhile says nothing about the store.
        return await runUninterrupted(() => this.#upsert(id, need, capacity));
      } catch (error) {
        if (attempt === TRIES || !isAppError(error) || (error.code !== 'DATA_DEADLOCK' && error.code !== 'DATA_SERIALIZATION')) throw error;
      }
  }

  /** Deletes rows that say nothing any more, at most 1,000; gives how many. Happens by itself once a minute. */
  async sweep(): Promise<number> {
    const database = this.#database;
    const now = serverMicroseconds(database.dialect);
    // Found without locks, then deleted by their keys: whoever takes meanwhile waits for one row at most.
    const found = await database.sql<{ id: string }>`
      select id from ${httpRateLimits} where instant < ${now} order by instant limit ${SWEEP_ROWS}`;
    if (found.length === 0) return 0;
    const ids = found.map((row) => row.id);
    return (await database.sql`delete from ${httpRateLimits} where id in (${ids}) and instant < ${now}`).affected;
  }

  async #upsert(id: string, need: number, capacity: number): Promise<number> {
    const { dialect } = this.#database;
    if (dialect === 'mysql' && !(await this.#hasReturning())) return this.#upsertAndRead(id, need, capacity);
    const [row] = await this.#database.sql<{ given: unknown }>`${upsert(dialect, id, need, capacity)} returning given`;
    return Number(row?.given);
  }

  // MySQL has no "returning": its row is locked until it has been read.
  #upsertAndRead(id: string, need: number, capacity: number): Promise<number> {
    return this.#database.transaction(async () => {
      await this.#database.sql`${upsert('mysql', id, need, capacity)}`;
      const [row] = await this.#database.sql<{ given: unknown }>`select given from ${httpRateLimits} where id = ${id} for update`;
      return Number(row?.given);
    });
  }

  async #hasReturning(): Promise<boolean> {
    if (this.#returns === undefined) {
      const [row] = await this.#database.sql<{ version: string }>`select version() as version`;
      this.#returns = /mariadb/i.test(row?.version ?? '');
    }
    return this.#returns;
  }

  #sweepNowAndThen(): void {
    if (performance.now() - this.#sweptAt < SWEEP_PAUSE) return;
    this.#sweptAt = performance.now();
    // Whatever hinders it, the next one comes in a minute; a database that is down says so to those who take.
    runOutsideContext(() => this.sweep()).catch(() => undefined);
  }
}

/** The store of rate limits in SQL: list it in the providers of the root module, next to `DataModule` in its imports. Needs the migration `createHttpRateLimits`. */
export const sqlRateLimitStore: Provider = provideClass(RATE_LIMIT_STORE, SqlRateLimitStore);

/**
 * One statement: a new key begins with what is taken; a known one counts from its instant, between now and now plus the capacity.
 * `now` of the conflict is that of the row that was to be inserted, so that the clock is read once.
 */
function upsert(dialect: Database['dialect'], id: string, need: number, capacity: number): Sql {
  const insert = sql`insert into ${httpRateLimits} (id, instant, given) select ${id}, clock.now + ${number(need, dialect)}, ${number(need, dialect)} from (select ${serverMicroseconds(dialect)} as now) as clock`;
  if (dialect === 'mysql') {
    const backlog = sql`(greatest(least(instant, values(instant) - ${need} + ${capacity}), values(instant) - ${need}) + ${need} - (values(instant) - ${need}))`;
    // Assignments run from left to right here, and each sees what those before it wrote: `given` first, from the old instant.
    return sql`${insert} on duplicate key update
      given = if(${backlog} > ${capacity}, ${capacity} - ${backlog}, ${backlog}),
      instant = if(given < 0, least(instant, values(instant) - ${need} + ${capacity}), values(instant) - ${need} + given)`;
  }
  const [least, greatest] = dialect === 'sqlite' ? [sql`min`, sql`max`] : [sql`least`, sql`greatest`];
  const now = sql`(excluded.instant - ${number(need, dialect)})`;
  const capped = sql`${least}(${httpRateLimits.instant}, ${now} + ${number(capacity, dialect)})`;
  const backlog = sql`(${greatest}(${capped}, ${now}) + ${number(need, dialect)} - ${now})`;
  const passes = sql`${backlog} <= ${number(capacity, dialect)}`;
  // The first condition of "on conflict" on SQLite would be read as one of the join without "where true".
  return sql`${insert} where true on conflict (id) do update set
    given = case when ${passes} then ${backlog} else ${number(capacity, dialect)} - ${backlog} end,
    instant = case when ${passes} then ${now} + ${backlog} else ${capped} end`;
}

// PostgreSQL takes an untyped parameter for a 32-bit number where it stands next to one.
function number(value: number, dialect: Database['dialect']): Sql {
  return dialect === 'postgres' ? sql`cast(${value} as bigint)` : sql`${value}`;
}
