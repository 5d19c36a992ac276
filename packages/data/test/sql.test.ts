import { type Database, defineMigration, id, integer, openDatabase, sql, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const people = table('people', { id: id(), name: text(), age: integer() });

await describeDialect('sql templates', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [defineMigration('1', { up: ({ createTable }) => createTable(people) })] });
    await db.migrate.up();
    await db.repository(people).insertMany([
      { name: 'Ann', age: 30 },
      { name: "B'; drop table people; --", age: 40 },
    ]);
  });

  test('conditions are joined, nested, and their values bound', async () => {
    const conditions = [sql`${people.age} > ${10}`, sql`${people.name} in (${['Ann', "B'; drop table people; --"]})`, sql`1 = 1`];
    const rows = await db.sql<{
      name: string;
    }>`select ${people.name} from ${people} where ${sql.join(conditions, sql` and `)} order by ${people.age}`;
    expect(rows.map((row) => row.name)).toEqual(['Ann', "B'; drop table people; --"]);
    const tuples = [
      ['Cid', 1],
      ['Dan', 2],
    ].map(([name, age]) => sql`(${name!}, ${age!})`);
    expect((await db.sql`insert into ${people} (name, age) values ${sql.join(tuples)}`).affected).toBe(2);
    expect(await db.repository(people).count({ name: ['Cid', 'Dan'] })).toBe(2);
  });

  test('the same template runs again with other values, and with lists of another length', async () => {
    const older = async (age: number) =>
      (await db.sql<{ name: string }>`select ${people.name} from ${people} where ${people.age} > ${age}`).length;
    expect([await older(0), await older(30), await older(100)]).toEqual([4, 1, 0]);
    for (const names of [['Ann'], ['Ann', 'Cid'], ['x', 'y', 'z']])
      expect(await db.sql`select ${people.id} from ${people} where ${people.name} in (${names})`).toHaveLength(
        Math.min(names.length, 3) % 3,
      );
  });
});

test('an empty join is DATA_SQL, and text that stands for a table is a value', async () => {
  const db = openDatabase({ url: 'sqlite::memory:' });
  expect(() => sql.join([])).toThrow(expect.objectContaining({ code: 'DATA_SQL' }) as Error);
  await expect(db.sql`select * from ${'people'}`).rejects.toMatchObject({ code: expect.stringMatching(/^DATA_/) as string });
  await db.close();
});
