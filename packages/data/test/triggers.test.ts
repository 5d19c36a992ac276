import { defineMigration, integer, table } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const parents = table('parents', { id: integer().primary() });
const children = table('children', { id: integer().primary(), parentId: integer().references(() => parents.id) });

await describeDialect('what a trigger refuses', { describe, test, beforeAll, afterAll }, (suite) => {
  test('is DATA_STATEMENT, on every database; a reference that is in use stays DATA_FOREIGN_KEY', async () => {
    const db = suite.database.open({
      migrations: [
        defineMigration('1', {
          steps: [
            { up: ({ createTable }) => createTable(parents) },
            { up: ({ createTable }) => createTable(children) },
            {
              async up({ db: { knex } }) {
                if (suite.dialect === 'postgres')
                  await knex.raw(
                    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$`,
                  );
                await knex.raw(
                  {
                    sqlite: `create trigger no_update before update on children begin select raise(abort, 'not this one'); end`,
                    postgres: 'create trigger no_update before update on children for each row execute function refuse()',
                    mysql: `create trigger no_update before update on children for each row signal sqlstate '45000' set message_text = 'not this one'`,
                    mssql: '',
                  }[suite.dialect],
                );
              },
            },
          ],
        }),
      ],
    });
    await db.migrate.up();
    await db.repository(parents).insert({ id: 1 });
    await db.repository(children).insert({ id: 1, parentId: 1 });
    await expect(db.sql`update ${children} set id = 2`).rejects.toMatchObject({ code: 'DATA_STATEMENT' });
    await expect(db.repository(parents).delete(1)).rejects.toMatchObject({ code: 'DATA_FOREIGN_KEY' });
  });
});
