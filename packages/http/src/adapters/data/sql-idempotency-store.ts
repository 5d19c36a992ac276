import { Injectable, isAppError, provideClass, runOutsideContext, type Provider } from '@plinth/core';
import { DATABASE, sql, type Database, type Sql } from '@plinth/data';
import { HTTP_ERRORS } from '../../errors.js';
import { IDEMPOTENCY_STORE, type Claimed, type IdempotencyClaim, type IdempotencyStore } from '../../idempotency/idempotency-store.js';
import { httpIdempotencyKeys as keys } from './idempotency-table.js';
import { serverMicroseconds } from './server-time.js';

/** Milliseconds between two sweeps of expired keys, and the most rows of one sweep. */
const SWEEP_PAUSE = 60_000;
const SWEEP_ROWS = 1_000;

/**
 * Keeps idempotency keys in the application's SQL database. The handler runs in a transaction in which its reply is stored too, so
 * effect and reply are there together or not at all, wherever a process dies. `inTransaction()` around `idempotent()` works as well:
 * then the claim itself is part of the transaction, and a repeat waits for it in the database.
 */
@Injectable({ deps: [DATABASE] })
export class SqlIdempotencyStore implements IdempotencyStore {
  readonly #database: Database;
  #sweptAt = performance.now();

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(key: string, claim: IdempotencyClaim): Promise<Claimed> {
    this.#sweepNowAndThen();
    try {
      return await this.#claim(key, claim);
    } catch (error) {
      if (!isAppError(error) || !contended.has(error.code)) throw error;
      // A failed statement is the end of a transaction; outside of one the caller asks again.
      if (this.#database.inTransaction) throw HTTP_ERRORS.IDEMPOTENCY_BUSY({}, { cause: error });
      return { state: 'running', fingerprint: claim.fingerprint };
    }
  }

  async complete(key: string, owner: string, reply: string, ttl: number): Promise<boolean> {
    const done = await this.#database.sql`
      update ${keys} set reply = ${reply}, until = ${this.#now} + ${ttl} where id = ${key} and owner = ${owner} and reply is null`;
    return done.affected > 0;
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#database.sql`delete from ${keys} where id = ${key} and owner = ${owner} and reply is null`;
  }

  together<T>(work: () => Promise<T>): Promise<T> {
    return this.#database.inTransaction ? work() : this.#database.transaction(work);
  }

  /** Deletes expired keys, at most 1,000; gives how many. Happens by itself once a minute. */
  async sweep(): Promise<number> {
    const found = await this.#database.sql<{
      id: string;
    }>`select id from ${keys} where until < ${this.#now} order by until limit ${SWEEP_ROWS}`;
    if (found.length === 0) return 0;
    return (await this.#database.sql`delete from ${keys} where id in (${found.map((row) => row.id)}) and until < ${this.#now}`).affected;
  }

  async #claim(key: string, claim: IdempotencyClaim): Promise<Claimed> {
    await this.#insert(key, claim);
    const lock = this.#database.dialect === 'sqlite' ? sql`` : sql`for update`;
    // The newest state, whatever the transaction around it saw before.
    const [row] = await this.#database.sql<{ fingerprint: string; owner: string; reply: string | null }>`
      select fingerprint, owner, reply from ${keys} where id = ${key} ${this.#database.inTransaction ? lock : sql``}`;
    // Freed between the two statements: whoever asks again gets it.
    if (row === undefined) return { state: 'running', fingerprint: claim.fingerprint };
    if (row.owner === claim.owner && row.reply === null) return { state: 'claimed' };
    const { fingerprint, reply } = row;
    return reply === null ? { state: 'running', fingerprint } : { state: 'done', fingerprint, reply };
  }

  /** Writes the claim, unless somebody else's is there that has not expired. */
  async #insert(key: string, { fingerprint, owner, lock }: IdempotencyClaim): Promise<void> {
    const now = this.#now;
    const insert = sql`insert into ${keys} (id, fingerprint, owner, reply, until) values (${key}, ${fingerprint}, ${owner}, null, ${now} + ${lock})`;
    if (this.#database.dialect === 'mysql')
      // Assignments run from left to right, and each sees what those before it wrote: what tells whether it has expired comes last.
      await this.#database.sql`${insert} on duplicate key update
        fingerprint = if(until <= ${now}, values(fingerprint), fingerprint),
        owner = if(until <= ${now}, values(owner), owner),
        reply = if(until <= ${now}, null, reply),
        until = if(until <= ${now}, values(until), until)`;
    else
      await this.#database.sql`${insert} on conflict (id) do update
        set fingerprint = excluded.fingerprint, owner = excluded.owner, reply = null, until = excluded.until
        where ${keys.until} <= ${now}`;
  }

  get #now(): Sql {
    const { dialect } = this.#database;
    return dialect === 'mysql' ? sql`(${serverMicroseconds(dialect)} div 1000)` : sql`(${serverMicroseconds(dialect)} / 1000)`;
  }

  #sweepNowAndThen(): void {
    if (this.#database.inTransaction || performance.now() - this.#sweptAt < SWEEP_PAUSE) return;
    this.#sweptAt = performance.now();
    // Whatever hinders it, the next one comes in a minute.
    runOutsideContext(() => this.sweep()).catch(() => undefined);
  }
}

/** The store of idempotency keys in SQL: `IdempotencyModule.with({ store: sqlIdempotencyStore, imports: [Data] })`. Needs the migration `createHttpIdempotencyKeys`. */
export const sqlIdempotencyStore: Provider = provideClass(IDEMPOTENCY_STORE, SqlIdempotencyStore);

// Another request with the key is being served: its row is locked.
const contended: ReadonlySet<string> = new Set(['DATA_LOCK_TIMEOUT', 'DATA_DEADLOCK', 'DATA_SERIALIZATION']);
