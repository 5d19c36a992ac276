import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { RECOVERY_CODE_STORE, type RecoveryCodeStore } from '../../mfa/recovery-code-store.js';
import { authRecoveryCodes } from './recovery-code-table.js';
import { refuseInTransaction } from './refuse-in-transaction.js';
import { requireTable } from './require-table.js';

const HASH_LENGTH = 43;

/** Keeps the hashes of recovery codes in the application's SQL database. */
@Injectable({ deps: [DATABASE] })
export class SqlRecoveryCodeStore implements RecoveryCodeStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authRecoveryCodes);
  }

  async replace(userId: string, hashes: readonly string[]): Promise<void> {
    await this.#database.transaction(async () => {
      // The rows in the same order for everybody: who has the first place has them all.
      await this.#rows.upsertMany(hashes.map((codeHash, place) => ({ userId, place, codeHash })));
      await this.#rows.deleteMany({ userId, place: { gte: hashes.length } });
    });
  }

  async take(userId: string, hash: string): Promise<boolean> {
    refuseInTransaction(this.#database, 'A recovery code');
    // Longer texts are in no row, and the column refuses them.
    return hash.length === HASH_LENGTH && (await this.#rows.deleteMany({ userId, codeHash: hash })) > 0;
  }

  count(userId: string): Promise<number> {
    return this.#rows.count({ userId });
  }

  remove(userId: string): Promise<number> {
    return this.#rows.deleteMany({ userId });
  }

  get #rows() {
    return this.#database.repository(authRecoveryCodes);
  }
}

/** Recovery codes in SQL: `AuthModule.with({ secondFactor: { recoveryCodeStore: sqlRecoveryCodeStore } })`. Needs `createAuthRecoveryCodes`. */
export const sqlRecoveryCodeStore: Provider = provideClass(RECOVERY_CODE_STORE, SqlRecoveryCodeStore);
