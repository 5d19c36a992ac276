import { Injectable, isAppError, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { IDENTITY_STORE, identityKey, type IdentityRecord, type IdentityStore } from '../../oidc/identity-store.js';
import { authIdentities } from './identity-table.js';
import { isUuid } from './is-uuid.js';
import { requireTable } from './require-table.js';

/** Keeps identities at other providers in the application's SQL database. */
@Injectable({ deps: [DATABASE] })
export class SqlIdentityStore implements IdentityStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authIdentities);
  }

  async insert({ linkedAt, usedAt, ...rest }: IdentityRecord): Promise<boolean> {
    const key = identityKey(rest.issuer, rest.subject);
    try {
      const row = { ...rest, identityKey: key, linkedAt: new Date(linkedAt), usedAt: new Date(usedAt) };
      // In a transaction of the caller a savepoint: what fails must not take that with it.
      await this.#database.transaction(() => this.#rows.insert(row));
      return true;
    } catch (error) {
      if (isAppError(error) && error.code === 'DATA_UNIQUE') return false;
      throw error;
    }
  }

  async find(issuer: string, subject: string): Promise<IdentityRecord | undefined> {
    const row = await this.#rows.findOne({ identityKey: identityKey(issuer, subject) });
    return row && toRecord(row);
  }

  async findById(id: string): Promise<IdentityRecord | undefined> {
    const row = isUuid(id) ? await this.#rows.find(id) : undefined;
    return row && toRecord(row);
  }

  async list(userId: string): Promise<readonly IdentityRecord[]> {
    const rows = await this.#rows.findMany({ where: { userId }, orderBy: [{ linkedAt: 'asc' }, { id: 'asc' }] });
    return rows.map(toRecord);
  }

  async touch(id: string, { usedAt, email }: Pick<IdentityRecord, 'usedAt' | 'email'>): Promise<boolean> {
    return isUuid(id) && (await this.#rows.updateMany({ id }, { usedAt: new Date(usedAt), email })) > 0;
  }

  async replaceTokens(id: string, from: string | null, to: string | null): Promise<boolean> {
    return isUuid(id) && (await this.#rows.updateMany({ id, tokens: from }, { tokens: to })) > 0;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return isUuid(id) && (await this.#rows.deleteMany({ userId, id })) > 0;
  }

  removeAll(userId: string): Promise<number> {
    return this.#rows.deleteMany({ userId });
  }

  get #rows() {
    return this.#database.repository(authIdentities);
  }
}

/** The store of identities in SQL: `OidcModule.with({ store: sqlIdentityStore })`. Needs the migration `createAuthIdentities`. */
export const sqlIdentityStore: Provider = provideClass(IDENTITY_STORE, SqlIdentityStore);

function toRecord({ identityKey: _key, linkedAt, usedAt, ...rest }: Row<typeof authIdentities>): IdentityRecord {
  return { ...rest, linkedAt: linkedAt.getTime(), usedAt: usedAt.getTime() };
}
