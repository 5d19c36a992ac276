import { type Database, Deadlock, defineMigration, integer, table, Transactional } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const entries = table('entries', { id: integer().primary(), amount: integer() });
const schema = defineMigration('001', { up: ({ createTable }) => createTable(entries) });

class Ledger {
  attempts = 0;

  constructor(private readonly db: Database) {}

  @Transactional()
  async write(ids: readonly number[], fail = false): Promise<number> {
    for (const id of ids) await this.db.repository(entries).insert({ id, amount: 1 });
    if (fail) throw new Error('no');
    return ids.length;
  }

  @Transactional()
  async writeTwice(first: number, second: number): Promise<void> {
    await this.write([first]);
    await this.write([second], true).catch(() => undefined);
  }

  @Transactional({ retries: 2 })
  async flaky(failure: Error): Promise<boolean> {
    this.attempts++;
    if (this.attempts < 3) throw failure;
    return this.db.inTransaction;
  }
}

class Several {
  constructor(
    readonly first: Database,
    readonly second: Database,
  ) {}

  @Transactional()
  async unclear(): Promise<void> {}

  @Transactional({ database: 'second' })
  async clear(): Promise<boolean[]> {
    return [this.first.inTransaction, this.second.inTransaction];
  }
}

class Nothing {
  @Transactional()
  async run(): Promise<void> {}
}

await describeDialect(
  '@Transactional()',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    let db: Database;
    beforeAll(async () => {
      db = suite.database.open({ migrations: [schema] });
      await db.migrate.up();
    });
    const ids = async () => (await db.repository(entries).findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

    test('a method commits as a whole or not at all; inside another one it is a savepoint', async () => {
      const ledger = new Ledger(db);
      expect(await ledger.write([1, 2])).toBe(2);
      await expect(ledger.write([3, 4], true)).rejects.toThrow('no');
      await ledger.writeTwice(5, 6);
      expect(await ids()).toEqual([1, 2, 5]);
    });

    test('its options are those of a transaction', async () => {
      const ledger = new Ledger(db);
      const failure = await db
        .transaction(() => db.transaction(async () => undefined, { retries: 1 }))
        .catch((error: { code: string }) => error.code);
      expect(failure).toBe('DATA_TRANSACTION_OPTIONS');
      expect(await ledger.flaky(new Deadlock())).toBe(true);
      expect(ledger.attempts).toBe(3);
    });

    test('the database is found, or named, or its absence is said [DATA_TRANSACTIONAL]', async () => {
      const other = suite.database.open();
      await expect(async () => new Several(db, other).unclear()).rejects.toMatchObject({
        code: 'DATA_TRANSACTIONAL',
        message: expect.stringContaining('Several.unclear'),
      });
      expect(await new Several(db, other).clear()).toEqual([false, true]);
      await expect(async () => new Nothing().run()).rejects.toMatchObject({ code: 'DATA_TRANSACTIONAL' });
    });

    test('only asynchronous methods can be decorated', () => {
      class Wrong {
        // @ts-expect-error a method that gives no promise cannot be in a transaction
        @Transactional()
        count(): number {
          return 1;
        }
      }
      expect(new Wrong()).toBeDefined();
    });
  },
  ['sqlite', 'postgres'],
);
