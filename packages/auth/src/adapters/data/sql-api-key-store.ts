import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { API_KEY_STORE, type ApiKeyRecord, type ApiKeyStore } from '../../api-key/api-key-store.js';
import { isOpaqueToken } from '../../token/opaque-token.js';
import { authApiKeys } from './api-key-table.js';
import { isUuid } from './is-uuid.js';
import { requireTable } from './require-table.js';

/** Keeps API keys in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlApiKeyStore implements ApiKeyStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authApiKeys);
  }

  async insert({ createdAt, expiresAt, usedAt, ...rest }: ApiKeyRecord): Promise<void> {
    await this.#rows.insert({ ...rest, createdAt: new Date(createdAt), expiresAt: toDate(expiresAt), usedAt: toDate(usedAt) });
  }

  async find(keyHash: string): Promise<ApiKeyRecord | undefined> {
    // Other texts are in no row, and the column refuses longer ones.
    if (!isOpaqueToken(keyHash)) return undefined;
    const row = await this.#rows.findOne({ keyHash });
    return row && toRecord(row);
  }

  async touch(keyHash: string, usedAt: number): Promise<boolean> {
    const time = new Date(usedAt);
    return (await this.#rows.updateMany({ keyHash, or: [{ usedAt: null }, { usedAt: { lt: time } }] }, { usedAt: time })) > 0;
  }

  async list(owner: string): Promise<readonly ApiKeyRecord[]> {
    const rows = await this.#rows.findMany({ where: { owner }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
    return rows.map(toRecord);
  }

  async remove(owner: string, id: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.deleteMany({ owner, id })) > 0;
  }

  removeAll(owner: string): Promise<number> {
    return this.#rows.deleteMany({ owner });
  }

  get #rows() {
    return this.#database.repository(authApiKeys);
  }
}

/** The store of API keys in SQL: `AuthModule.with({ apiKeys: { store: sqlApiKeyStore } })`. Needs the migration `createAuthApiKeys`. */
export const sqlApiKeyStore: Provider = provideClass(API_KEY_STORE, SqlApiKeyStore);

function toDate(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}

function toRecord({ createdAt, expiresAt, usedAt, ...rest }: Row<typeof authApiKeys>): ApiKeyRecord {
  return { ...rest, createdAt: createdAt.getTime(), expiresAt: expiresAt?.getTime() ?? null, usedAt: usedAt?.getTime() ?? null };
}
