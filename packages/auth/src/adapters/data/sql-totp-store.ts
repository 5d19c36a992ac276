import { Injectable, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import { TOTP_STORE, type ActiveTotp, type PendingTotp, type TotpRecord, type TotpStore } from '../../mfa/totp-store.js';
import { refuseInTransaction } from './refuse-in-transaction.js';
import { authTotp } from './totp-table.js';
import { requireTable } from './require-table.js';

/** Keeps authenticators in the application's SQL database. */
@Injectable({ deps: [DATABASE] })
export class SqlTotpStore implements TotpStore, OnListen {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authTotp);
  }

  async find(userId: string): Promise<TotpRecord | undefined> {
    const row = await this.#rows.find(userId);
    return row && { active: activeOf(row), pending: pendingOf(row) };
  }

  async begin(userId: string, { id, secret, startedAt }: PendingTotp): Promise<void> {
    await this.#rows.upsert({ userId, pendingId: id, pendingSecret: secret, startedAt: new Date(startedAt) });
  }

  async confirm(userId: string, { id, secret, lastStep, confirmedAt }: ActiveTotp): Promise<boolean> {
    const active = { activeId: id, secret, lastStep, confirmedAt: new Date(confirmedAt) };
    const noPending = { pendingId: null, pendingSecret: null, startedAt: null };
    return (await this.#rows.updateMany({ userId, pendingId: id }, { ...active, ...noPending })) > 0;
  }

  async use(userId: string, id: string, step: number): Promise<boolean> {
    refuseInTransaction(this.#database, 'A code of an authenticator');
    return (await this.#rows.updateMany({ userId, activeId: id, lastStep: { lt: step } }, { lastStep: step })) > 0;
  }

  async replaceSecret(userId: string, id: string, from: string, to: string): Promise<boolean> {
    return (await this.#rows.updateMany({ userId, activeId: id, secret: from }, { secret: to })) > 0;
  }

  async remove(userId: string): Promise<boolean> {
    return (await this.#rows.deleteMany({ userId })) > 0;
  }

  get #rows() {
    return this.#database.repository(authTotp);
  }
}

/** Authenticators in SQL: `AuthModule.with({ secondFactor: { totpStore: sqlTotpStore } })`. Needs the migration `createAuthTotp`. */
export const sqlTotpStore: Provider = provideClass(TOTP_STORE, SqlTotpStore);

function activeOf({ activeId, secret, lastStep, confirmedAt }: Row<typeof authTotp>): ActiveTotp | undefined {
  if (activeId === null || secret === null || lastStep === null || confirmedAt === null) return undefined;
  return { id: activeId, secret, lastStep, confirmedAt: confirmedAt.getTime() };
}

function pendingOf({ pendingId, pendingSecret, startedAt }: Row<typeof authTotp>): PendingTotp | undefined {
  if (pendingId === null || pendingSecret === null || startedAt === null) return undefined;
  return { id: pendingId, secret: pendingSecret, startedAt: startedAt.getTime() };
}
