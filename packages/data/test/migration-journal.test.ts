import { type Database, defineMigration, integer, type Migration, table } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const create = (name: string): Migration =>
  defineMigration(name, { up: ({ createTable }) => createTable(table(`t_${name}`, { id: integer().primary() })) });
const failureOf = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

await describeDialect('what up() makes of the journal', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
  });
  afterEach(() => database.drop());
  const open = (...migrations: readonly Migration[]): Database => database.open({ migrations });

  test('a journal that loses what was just written to it ends up() with DATA_MIGRATION_JOURNAL, not in a circle', async () => {
    await open(create('1')).migrate.up();
    let runs = 0;
    const db = open(create('1'), defineMigration('2', { up: () => void runs++ }));
    await losingRows(db);
    const error = await failureOf(db.migrate.up());
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_JOURNAL' });
    expect(error!.message).toContain('2, which has just been applied');
    expect(runs).toBe(1);
  });

  test('a failure at the third migration names the two that stay', async () => {
    const broken = defineMigration('3', { up: () => Promise.reject(new Error('no')) });
    const error = await failureOf(open(create('1'), create('2'), broken, create('4')).migrate.up());
    expect(error).toMatchObject({ code: 'DATA_MIGRATION_FAILED' });
    expect((error as Error & { help: string }).help).toContain('Applied before it, and still there: 1, 2.');
    const alone = await failureOf(open(create('1'), create('2'), broken).migrate.up());
    expect((alone as Error & { help: string }).help).not.toContain('Applied before it');
  });

  test('a table that is created without a column is created without the checks that speak of it, too', async () => {
    const goods = table(
      'goods',
      { id: integer().primary(), price: integer(), discountRate: integer().default(0) },
      { checks: { price_positive: 'price > 0', discount: `discount_rate < price`, named: `'discount_rate' <> 'x'` } },
    );
    const db = open(
      defineMigration('1', { up: ({ createTable }) => createTable(goods, { without: ['discountRate'] }) }),
      defineMigration('2', { up: ({ addColumn }) => addColumn(goods, 'discountRate') }),
    );
    await db.migrate.up();
    await db.repository(goods).insert({ id: 1, price: 1, discountRate: 5 });
    await expect(db.repository(goods).insert({ id: 2, price: 0 })).rejects.toMatchObject({ code: 'DATA_CHECK' });
  });

  /** As a replica or a tidy colleague might: rows are gone once they are written. */
  async function losingRows(db: Database): Promise<void> {
    if (suite.dialect === 'sqlite')
      return void (await db.knex.raw(
        `create trigger lose after update on plinth_migrations begin delete from plinth_migrations where name = new.name; end`,
      ));
    if (suite.dialect === 'mysql') {
      // MySQL lets no trigger change its own table: a view that hides what is new does the same.
      await db.knex.raw('rename table plinth_migrations to hidden_migrations');
      return void (await db.knex.raw(`create view plinth_migrations as select * from hidden_migrations where name < '2'`));
    }
    await db.knex.raw(
      `create function lose() returns trigger language plpgsql as $$ begin delete from plinth_migrations where name = new.name; return null; end $$`,
    );
    await db.knex.raw('create trigger lose after update on plinth_migrations for each row execute function lose()');
  }
});
