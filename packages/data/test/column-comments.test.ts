import { defineMigration, integer, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const said = `what it's \\ "for" ? 100%`;
const things = table('things', {
  id: integer().primary(),
  first: text().comment(said),
  second: text({ max: 20 }).default('x').comment(said),
  third: integer().nullable().comment(said),
});

await describeDialect(
  'the comment of a column',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    test('is in the database, be the column created with its table or added later', async () => {
      const db = suite.database.open({
        migrations: [
          defineMigration('1', { up: ({ createTable }) => createTable(things, { without: ['second', 'third'] }) }),
          defineMigration('2', {
            steps: [{ up: ({ addColumn }) => addColumn(things, 'second') }, { up: ({ addColumn }) => addColumn(things, 'third') }],
          }),
        ],
      });
      await db.migrate.up();
      const comments =
        suite.dialect === 'postgres'
          ? await db.sql<{
              text: string | null;
            }>`select col_description('things'::regclass, attnum) as text from pg_attribute where attrelid = 'things'::regclass and attnum > 0 order by attnum`
          : await db.sql<{
              text: string;
            }>`select column_comment as text from information_schema.columns where table_schema = database() and table_name = 'things' order by ordinal_position`;
      expect(comments.map(({ text: comment }) => comment ?? '')).toEqual(['', said, said, said]);
      await db.repository(things).insert({ id: 1, first: 'a' });
    });
  },
  ['postgres', 'mysql'],
);
