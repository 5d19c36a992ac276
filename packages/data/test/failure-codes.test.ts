import { type Database, type DatabaseFailure, type DatabaseOptions, FAILURE_CODES } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Absent, type Provocation, provocations, secret } from './support/failure-provocations.js';

await describeDialect('failure codes', { describe, test, beforeAll, afterAll }, (suite) => {
  const opened: Database[] = [];
  let db: Database;
  const open = (options: Partial<DatabaseOptions> = {}): Database => {
    const database = suite.database.open({ lockTimeout: 2_000, ...options });
    opened.push(database);
    return database;
  };
  beforeAll(async () => {
    db = open();
    const engine = suite.dialect === 'mysql' ? ' engine = InnoDB' : '';
    await db.knex.raw(`create table owners (id integer primary key, email varchar(100) not null unique)${engine}`);
    await db.knex.raw(
      `create table pets (id integer primary key, owner_id integer not null, name varchar(5), small smallint, kind varchar(10), constraint pets_owner foreign key (owner_id) references owners (id), constraint pets_kind check (kind in ('cat', 'dog')))${engine}`,
    );
  });
  beforeEach(async () => {
    await db.knex.raw('delete from pets');
    await db.knex.raw('delete from owners');
    await db.knex.raw(`insert into owners (id, email) values (1, '${secret}'), (2, 'b'), (3, 'c')`);
    await db.knex.raw(`insert into pets (id, owner_id) values (100, 3)`);
  });

  const told = new Set<string>();
  const rows = provocations[suite.dialect as 'postgres'];
  for (const row of rows.filter((one): one is Absent => 'absent' in one)) {
    told.add(row.absent);
    test(`${row.absent} does not occur`, async () => {
      const outcome = await Promise.resolve(row.instead({ db, open, suite })).then(
        () => 'it works',
        (error: unknown) => error,
      );
      expect(outcome).toBe('it works');
    });
  }
  for (const row of rows.filter((one): one is Provocation => 'code' in one)) {
    told.add(row.code);
    test(`${row.driver.map((code) => code ?? 'no code').join(' or ')} is ${row.code}, without any value`, async () => {
      const failure = (await Promise.resolve(row.run({ db, open, suite })).then(
        () => undefined,
        (error: unknown) => error,
      )) as DatabaseFailure | undefined;
      expect(failure?.code).toBe(row.code);
      expect(row.driver).toContain(failure?.driverCode);
      const text = [JSON.stringify(failure), failure?.stack, String((failure?.cause as Error | undefined)?.stack)].join();
      expect(text).not.toContain(secret);
      await db.ping();
    });
  }

  test('every code is in the table', () => {
    // A commit whose answer is lost needs a proxy that cuts the wire: it has tests of its own.
    expect([...told].sort()).toEqual(FAILURE_CODES.filter((code) => code !== 'DATA_COMMIT_UNKNOWN').sort());
  });
});
