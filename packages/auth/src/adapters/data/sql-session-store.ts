import { Injectable, provideClass, type Provider } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { SESSION_STORE, type SessionChange, type SessionRecord, type SessionStore } from '../../session/session-store.js';
import { authSessions } from './session-table.js';

/** Keeps sessions in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlSessionStore implements SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(record: SessionRecord): Promise<void> {
    const { id, tokenHash, userId, data, ...times } = record;
    await this.#rows.insert({ id, tokenHash, userId, data, ...toDates(times) });
  }

  async find(tokenHash: string): Promise<SessionRecord | undefined> {
    // Longer texts are in no row, and the column refuses them.
    if (tokenHash.length !== 43) return undefined;
    const row = await this.#rows.findOne({ tokenHash });
    return row && toRecord(row);
  }

  async update(tokenHash: string, change: SessionChange): Promise<boolean> {
    const { tokenHash: next, data, ...times } = change;
    const patch = { ...toDates(times), ...(next !== undefined && { tokenHash: next }), ...(data !== undefined && { data }) };
    return (await this.#rows.updateMany({ tokenHash }, patch)) > 0;
  }

  async list(userId: string): Promise<readonly SessionRecord[]> {
    const rows = await this.#rows.findMany({ where: { userId }, orderBy: [{ seenAt: 'desc' }, { createdAt: 'desc' }] });
    return rows.map(toRecord);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.#rows.deleteMany({ userId, id })) > 0;
  }

  async removeByToken(tokenHash: string): Promise<boolean> {
    return (await this.#rows.deleteMany({ tokenHash })) > 0;
  }

  removeAll(userId: string, except?: string): Promise<number> {
    return this.#rows.deleteMany(except === undefined ? { userId } : { userId, id: { ne: except } });
  }

  prune(before: number): Promise<number> {
    const time = new Date(before);
    return this.#rows.deleteMany({ or: [{ idleUntil: { lte: time } }, { endsAt: { lte: time } }] });
  }

  get #rows() {
    return this.#database.repository(authSessions);
  }
}

/** The session store in SQL: `AuthModule.with({ sessions: { store: sqlSessionStore } })`. Needs the migration `createAuthSessions`. */
export const sqlSessionStore: Provider = provideClass(SESSION_STORE, SqlSessionStore);

type Times<T> = { [Name in keyof T]: T[Name] extends number | undefined ? Date : never };

function toDates<T extends { readonly [name: string]: number | undefined }>(times: T): Times<T> {
  const known = Object.entries(times).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, time]) => [name, new Date(time)])) as Times<T>;
}

function toRecord(row: Row<typeof authSessions>): SessionRecord {
  const { id, tokenHash, userId, data } = row;
  return {
    id,
    tokenHash,
    userId,
    createdAt: row.createdAt.getTime(),
    seenAt: row.seenAt.getTime(),
    idleUntil: row.idleUntil.getTime(),
    endsAt: row.endsAt.getTime(),
    data,
  };
}
