import { Injectable, isAppError, provideClass, type Provider, type OnListen } from '@plinth/core';
import { DATABASE, type Database, type Row } from '@plinth/data';
import {
  SECURITY_LOG_STORE,
  type SecurityLogAnchor,
  type SecurityLogRecord,
  type SecurityLogStore,
} from '../../protect/security-log-store.js';
import { outsideTransactions } from './outside-transactions.js';
import { authSecurityLog } from './security-log-table.js';
import { requireTable } from './require-table.js';

/** Keeps the security log in the application's SQL database. What was recorded stays when the transaction around it is rolled back. */
@Injectable({ deps: [DATABASE] })
export class SqlSecurityLogStore implements SecurityLogStore, OnListen {
  readonly #database: Database;
  readonly #outside: ReturnType<typeof outsideTransactions>;

  constructor(database: Database) {
    this.#database = database;
    this.#outside = outsideTransactions(database);
  }

  onListen(): Promise<void> {
    return requireTable(this.#database, authSecurityLog);
  }

  get blocked(): boolean {
    return this.#database.dialect === 'sqlite' && this.#database.inTransaction;
  }

  append({ data, at, sequence, ...others }: SecurityLogRecord): Promise<boolean> {
    const row = { ...others, sequence: BigInt(sequence), at: new Date(at), details: JSON.stringify(data) };
    return this.#outside('The security log is written', async () => {
      try {
        await this.#rows.insert(row);
        return true;
      } catch (error) {
        if (isAppError(error) && taken.has(error.code)) return false;
        throw error;
      }
    });
  }

  last(): Promise<SecurityLogAnchor | undefined> {
    return this.#outside('The security log is written', async () => {
      const [row] = await this.#rows.findMany({ orderBy: [{ sequence: 'desc' }], limit: 1 });
      return row && { sequence: Number(row.sequence), hash: row.hash };
    });
  }

  async read(after: number, limit: number): Promise<readonly SecurityLogRecord[]> {
    const where = { sequence: { gt: BigInt(after) } };
    return (await this.#rows.findMany({ where, orderBy: [{ sequence: 'asc' }], limit })).map(toRecord);
  }

  async recent(subject: string, limit: number, before?: number): Promise<readonly SecurityLogRecord[]> {
    const where = before === undefined ? { subject } : { subject, sequence: { lt: BigInt(before) } };
    return (await this.#rows.findMany({ where, orderBy: [{ sequence: 'desc' }], limit })).map(toRecord);
  }

  prune(through: number): Promise<number> {
    return this.#outside('The security log is pruned', () => this.#rows.deleteMany({ sequence: { lte: BigInt(through) } }));
  }

  get #rows() {
    return this.#database.repository(authSecurityLog);
  }
}

/** The store of the security log in SQL: `AuthModule.with({ securityLog: { store: sqlSecurityLogStore } })`. Needs the migration `createAuthSecurityLog`. */
export const sqlSecurityLogStore: Provider = provideClass(SECURITY_LOG_STORE, SqlSecurityLogStore);

// Another writer was first, or is writing just now: nothing was written.
const taken: ReadonlySet<string> = new Set(['DATA_UNIQUE', 'DATA_DEADLOCK', 'DATA_SERIALIZATION']);

function toRecord({ sequence, at, details, ...others }: Row<typeof authSecurityLog>): SecurityLogRecord {
  return { ...others, sequence: Number(sequence), at: at.getTime(), data: JSON.parse(details) as SecurityLogRecord['data'] };
}
