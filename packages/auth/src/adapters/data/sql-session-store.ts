import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { SESSION_STORE, type SessionChange, type SessionRecord, type SessionStore } from '../../session/session-store.js';
import { isUuid } from './is-uuid.js';
import { authSessions } from './session-table.js';
import { requireTable } from './require-table.js';

/** Keeps sessions in the application's SQL database: they outlive the process, and every process sees them. */
@Injectable({ deps: [DATABASE] })
export class SqlSessionStore implements SessionStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authSessions);
  }

  async insert(record: SessionRecord): Promise<void> {
    const { createdAt, seenAt, idleUntil, endsAt, ...others } = record;
    await this.#rows.insert({ ...others, ...toDates({ createdAt, seenAt, idleUntil, endsAt }) });
  }

  async find(tokenHash: string): Promise<SessionRecord | undefined> {
    // Longer texts are in no row, and the column refuses them.
    if (tokenHash.length !== 43) return undefined;
    const row = await this.#rows.findOne({ tokenHash });
    return row && toRecord(row);
  }

  async findByFamily(familyHash: string): Promise<SessionRecord | undefined> {
    if (familyHash.length !== 43) return undefined;
    const row = await this.#rows.findOne({ familyHash });
    return row && toRecord(row);
  }

  async update(tokenHash: string, change: SessionChange): Promise<boolean> {
    const { seenAt, idleUntil, endsAt, ...others } = change;
    return (await this.#rows.updateMany({ tokenHash }, { ...others, ...toDates({ seenAt, idleUntil, endsAt }) })) > 0;
  }

  async list(userId: string): Promise<readonly SessionRecord[]> {
    const rows = await this.#rows.findMany({ where: { userId }, orderBy: [{ seenAt: 'desc' }, { createdAt: 'desc' }] });
    return rows.map(toRecord);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.deleteMany({ userId, id })) > 0;
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

/** The session store in SQL: `AuthModule.with({ sessions: { store: sqlSessionStore } })`. Needs the migrations `createAuthSessions` and `addAuthSessionFacts`. */
export const sqlSessionStore: Provider = provideClass(SESSION_STORE, SqlSessionStore);

type Times<T> = { [Name in keyof T]: undefined extends T[Name] ? Date | undefined : Date };

function toDates<T extends { readonly [name: string]: number | undefined }>(times: T): Times<T> {
  return Object.fromEntries(
    Object.entries(times).map(([name, time]) => [name, time === undefined ? undefined : new Date(time)]),
  ) as Times<T>;
}

function toRecord({ createdAt, seenAt, idleUntil, endsAt, ...others }: Row<typeof authSessions>): SessionRecord {
  return {
    ...others,
    createdAt: createdAt.getTime(),
    seenAt: seenAt.getTime(),
    idleUntil: idleUntil.getTime(),
    endsAt: endsAt.getTime(),
  };
}
