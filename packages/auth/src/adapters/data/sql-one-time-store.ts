import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { ONE_TIME_STORE, type OneTimeRecord, type OneTimeStore } from '../../one-time/one-time-store.js';
import { isOpaqueToken } from '../../token/opaque-token.js';
import { authOneTimeTokens } from './one-time-table.js';
import { refuseInTransaction } from './refuse-in-transaction.js';
import { requireTable } from './require-table.js';

/** Keeps one-time tokens in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlOneTimeStore implements OneTimeStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authOneTimeTokens);
  }

  async put(record: OneTimeRecord): Promise<void> {
    const { issuedAt, expiresAt, ...rest } = record;
    const row = { ...rest, issuedAt: new Date(issuedAt), expiresAt: new Date(expiresAt) };
    const update = ['tokenHash', 'codeHash', 'tries', 'issuedAt', 'expiresAt', 'data'] as const;
    const put = () => this.#rows.upsert(row, { on: ['subject', 'purpose'], update });
    // Several at the same time for one subject: MariaDB locks two unique indexes in turn, and may find a deadlock. Nothing has happened then.
    await (this.#database.inTransaction ? put() : this.#database.transaction(put, { retries: 10 }));
  }

  async find(tokenHash: string): Promise<OneTimeRecord | undefined> {
    // Other texts are in no row, and the column refuses longer ones.
    if (!isOpaqueToken(tokenHash)) return undefined;
    const row = await this.#rows.findOne({ tokenHash });
    return row && toRecord(row);
  }

  async take(tokenHash: string): Promise<OneTimeRecord | undefined> {
    const record = await this.find(tokenHash);
    // What is taken never changes but for its tries, so the delete alone decides who has it.
    return record && (await this.#rows.deleteMany({ tokenHash })) > 0 ? record : undefined;
  }

  async countTry(tokenHash: string, limit: number): Promise<OneTimeRecord | undefined> {
    refuseInTransaction(this.#database, 'A code');
    if (!isOpaqueToken(tokenHash)) return undefined;
    const counted = await this.#rows.updateMany({ tokenHash, tries: { lt: limit } }, { tries: { increment: 1 } });
    return counted > 0 ? this.find(tokenHash) : undefined;
  }

  removeAll(subject: string, purpose?: string): Promise<number> {
    return this.#rows.deleteMany(purpose === undefined ? { subject } : { subject, purpose });
  }

  prune(before: number): Promise<number> {
    return this.#rows.deleteMany({ expiresAt: { lte: new Date(before) } });
  }

  get #rows() {
    return this.#database.repository(authOneTimeTokens);
  }
}

/** The store of one-time tokens in SQL: `AuthModule.with({ oneTime: { store: sqlOneTimeStore } })`. Needs the migration `createAuthOneTimeTokens`. */
export const sqlOneTimeStore: Provider = provideClass(ONE_TIME_STORE, SqlOneTimeStore);

function toRecord({ issuedAt, expiresAt, ...rest }: Row<typeof authOneTimeTokens>): OneTimeRecord {
  return { ...rest, issuedAt: issuedAt.getTime(), expiresAt: expiresAt.getTime() };
}
