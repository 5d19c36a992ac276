import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import {
  REFRESH_STORE,
  type RefreshFilter,
  type RefreshRecord,
  type RefreshRotation,
  type RefreshStore,
} from '../../refresh/refresh-store.js';
import { isOpaqueToken } from '../../token/opaque-token.js';
import { isUuid } from './is-uuid.js';
import { authRefreshTokens } from './refresh-table.js';
import { refuseInTransaction } from './refuse-in-transaction.js';
import { requireTable } from './require-table.js';

/** Keeps refresh tokens in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlRefreshStore implements RefreshStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authRefreshTokens);
  }

  async insert(record: RefreshRecord): Promise<void> {
    await this.#rows.insert({
      ...record,
      createdAt: new Date(record.createdAt),
      rotatedAt: new Date(record.rotatedAt),
      idleUntil: new Date(record.idleUntil),
      endsAt: new Date(record.endsAt),
    });
  }

  async find(familyHash: string): Promise<RefreshRecord | undefined> {
    refuseInTransaction(this.#database, 'A refresh token');
    // Other texts are in no row, and the column refuses longer ones.
    if (!isOpaqueToken(familyHash)) return undefined;
    const row = await this.#rows.findOne({ familyHash });
    return row && toRecord(row);
  }

  async rotate(familyHash: string, from: string, { tokenHash, rotatedAt, idleUntil }: RefreshRotation): Promise<boolean> {
    refuseInTransaction(this.#database, 'A refresh token');
    if (!isOpaqueToken(familyHash) || !isOpaqueToken(from)) return false;
    const change = { tokenHash, rotatedAt: new Date(rotatedAt), idleUntil: new Date(idleUntil) };
    return (await this.#rows.updateMany({ familyHash, tokenHash: from }, change)) > 0;
  }

  async remove(familyHash: string): Promise<boolean> {
    return isOpaqueToken(familyHash) && (await this.#rows.deleteMany({ familyHash })) > 0;
  }

  async removeAll({ userId, id, clientId, sessionId }: RefreshFilter): Promise<number> {
    if (id !== undefined && !isUuid(id)) return 0;
    const named = {
      ...(id !== undefined && { id }),
      ...(clientId !== undefined && { clientId }),
      ...(sessionId !== undefined && { sessionId }),
    };
    return this.#rows.deleteMany({ userId, ...named });
  }

  async list(userId: string): Promise<readonly RefreshRecord[]> {
    const rows = await this.#rows.findMany({ where: { userId }, orderBy: [{ rotatedAt: 'desc' }, { createdAt: 'desc' }] });
    return rows.map(toRecord);
  }

  prune(before: number): Promise<number> {
    const time = new Date(before);
    return this.#rows.deleteMany({ or: [{ idleUntil: { lte: time } }, { endsAt: { lte: time } }] });
  }

  get #rows() {
    return this.#database.repository(authRefreshTokens);
  }
}

/** The store of refresh tokens in SQL: `AuthModule.with({ refresh: { store: sqlRefreshStore } })`. Needs the migration `createAuthRefreshTokens`. */
export const sqlRefreshStore: Provider = provideClass(REFRESH_STORE, SqlRefreshStore);

function toRecord({ createdAt, rotatedAt, idleUntil, endsAt, ...rest }: Row<typeof authRefreshTokens>): RefreshRecord {
  return {
    ...rest,
    createdAt: createdAt.getTime(),
    rotatedAt: rotatedAt.getTime(),
    idleUntil: idleUntil.getTime(),
    endsAt: endsAt.getTime(),
  };
}
