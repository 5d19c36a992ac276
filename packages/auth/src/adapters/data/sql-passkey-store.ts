import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, UniqueViolation, type Database, type Row } from '@plinth/data';
import { PASSKEY_STORE, type PasskeyRecord, type PasskeyStore, type PasskeyUse } from '../../passkeys/passkey-store.js';
import { hashOpaqueToken } from '../../token/opaque-token.js';
import { isUuid } from './is-uuid.js';
import { authPasskeys } from './passkey-table.js';
import { refuseInTransaction } from './refuse-in-transaction.js';
import { requireTable } from './require-table.js';

/** Keeps passkeys in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlPasskeyStore implements PasskeyStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authPasskeys);
  }

  async insert({ counter, createdAt, usedAt, ...rest }: PasskeyRecord): Promise<boolean> {
    const times = { createdAt: new Date(createdAt), usedAt: usedAt === null ? null : new Date(usedAt) };
    const row = { ...rest, ...times, credentialHash: hashOpaqueToken(rest.credentialId), counter: BigInt(counter) };
    try {
      // In a transaction of the caller a savepoint: what fails must not take that with it.
      await this.#database.transaction(() => this.#rows.insert(row));
      return true;
    } catch (error) {
      if (error instanceof UniqueViolation) return false;
      throw error;
    }
  }

  async find(credentialId: string): Promise<PasskeyRecord | undefined> {
    const row = await this.#rows.findOne({ credentialHash: hashOpaqueToken(credentialId) });
    return row && toRecord(row);
  }

  async list(userId: string): Promise<readonly PasskeyRecord[]> {
    const rows = await this.#rows.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    return rows.map(toRecord);
  }

  count(userId: string): Promise<number> {
    return this.#rows.count({ userId });
  }

  async use(credentialId: string, { counter, backedUp, usedAt }: PasskeyUse): Promise<boolean> {
    refuseInTransaction(this.#database, 'A passkey');
    const before = counter === 0 ? 0n : { lt: BigInt(counter) };
    const change = { counter: BigInt(counter), backedUp, usedAt: new Date(usedAt) };
    return (await this.#rows.updateMany({ credentialHash: hashOpaqueToken(credentialId), counter: before }, change)) > 0;
  }

  async rename(userId: string, id: string, name: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.updateMany({ userId, id }, { name })) > 0;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.deleteMany({ userId, id })) > 0;
  }

  removeAll(userId: string): Promise<number> {
    return this.#rows.deleteMany({ userId });
  }

  get #rows() {
    return this.#database.repository(authPasskeys);
  }
}

/** The store of passkeys in SQL: `PasskeysModule.with({ store: sqlPasskeyStore })`. Needs the migration `createAuthPasskeys`. */
export const sqlPasskeyStore: Provider = provideClass(PASSKEY_STORE, SqlPasskeyStore);

function toRecord({ credentialHash: _hash, counter, createdAt, usedAt, ...rest }: Row<typeof authPasskeys>): PasskeyRecord {
  return { ...rest, counter: Number(counter), createdAt: createdAt.getTime(), usedAt: usedAt?.getTime() ?? null };
}
