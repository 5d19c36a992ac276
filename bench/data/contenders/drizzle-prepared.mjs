// Drizzle with each statement prepared by hand. On PostgreSQL and MariaDB a prepared statement belongs to the pool, so that one of a
// transaction is built in it; its name still spares PostgreSQL the parsing.
import { asc, eq, gte, sql } from 'drizzle-orm';
import { affectedBy, cannot, connect, withRelations, withTags } from './drizzle-connect.mjs';
import { drizzleTables } from './drizzle-tables.mjs';

export async function open(options) {
  const { database } = options;
  const t = drizzleTables(database);
  const { db, close } = connect(options, t);
  const affected = affectedBy[database];
  const { placeholder } = sql;

  const account = (tx) =>
    tx
      .select()
      .from(t.accounts)
      .where(eq(t.accounts.id, placeholder('id')))
      .prepare('account');
  const update = (tx) => tx.update(t.accounts).set({ balance: placeholder('balance') }).where(eq(t.accounts.id, placeholder('id'))).prepare('update'); // prettier-ignore

  const find = db.select().from(t.articles).where(eq(t.articles.id, placeholder('id'))).prepare('find'); // prettier-ignore
  const list = db
    .select()
    .from(t.articles)
    .where(eq(t.articles.authorId, placeholder('authorId')))
    .orderBy(asc(t.articles.id))
    .limit(20)
    .prepare('list');
  const note = ['authorId', 'body', 'pinned', 'createdAt'].map((name) => [name, placeholder(name)]);
  const inserting = db.insert(t.notes).values(Object.fromEntries(note));
  const insert = (database === 'mysql' ? inserting.$returningId() : inserting.returning()).prepare('insert');
  const page = db.query.articles
    .findMany({
      where: gte(t.articles.id, placeholder('from')),
      orderBy: asc(t.articles.id),
      limit: placeholder('limit'),
      with: withRelations,
    })
    .prepare('page');
  const world = db.select().from(t.worlds).where(eq(t.worlds.id, placeholder('id'))).prepare('world'); // prettier-ignore
  const updateWorld = db
    .update(t.worlds)
    .set({ randomNumber: placeholder('randomNumber') })
    .where(eq(t.worlds.id, placeholder('id')))
    .prepare('updateWorld');
  const fortunes = db.select().from(t.fortunes).prepare('fortunes');

  return {
    ...(database === 'sqlite' ? onOneConnection() : onPool()),
    findById: async (id) => (await find.execute({ id }))[0],
    find20: (authorId) => list.execute({ authorId }),
    async insert(row) {
      const [stored] = await insert.execute(row);
      return database === 'mysql' ? { ...row, id: stored.id } : stored;
    },
    pageWithRelations: async (from, limit) => withTags(await page.execute({ from, limit })),
    // Its number of rows is not known before.
    async bulkInsert(rows) {
      await db.insert(t.readings).values(rows);
    },
    world: async (id) => (await world.execute({ id }))[0],
    updateWorld: (id, randomNumber) => updateWorld.execute({ id, randomNumber }),
    fortunes: () => fortunes.execute(),
    cannot: cannot[database],
    close,
  };

  function onPool() {
    return {
      updateInTransaction: (id, balance) => db.transaction(async (tx) => affected(await update(tx).execute({ id, balance }))),
      transactionOfThree: (id) =>
        db.transaction(async (tx) => {
          const found = account(tx);
          const [{ balance }] = await found.execute({ id });
          await update(tx).execute({ id, balance: balance + 1 });
          return (await found.execute({ id }))[0];
        }),
    };
  }

  function onOneConnection() {
    const found = account(db);
    const changed = update(db);
    return {
      updateInTransaction: (id, balance) => db.transaction(() => affected(changed.run({ id, balance })), { behavior: 'immediate' }),
      transactionOfThree: (id) =>
        db.transaction(
          () => {
            changed.run({ id, balance: found.get({ id }).balance + 1 });
            return found.get({ id });
          },
          { behavior: 'immediate' },
        ),
    };
  }
}
