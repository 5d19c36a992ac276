// Drizzle as its guide begins: each statement built when it runs.
import { asc, eq, gte } from 'drizzle-orm';
import { affectedBy, cannot, connect, withRelations, withTags } from './drizzle-connect.mjs';
import { drizzleTables } from './drizzle-tables.mjs';

export async function open(options) {
  const { database } = options;
  const t = drizzleTables(database);
  const { db, close } = connect(options, t);
  const affected = affectedBy[database];

  const account = (tx, id) => tx.select().from(t.accounts).where(eq(t.accounts.id, id));
  const update = (tx, id, balance) => tx.update(t.accounts).set({ balance }).where(eq(t.accounts.id, id));

  const transactions =
    database === 'sqlite'
      ? {
          updateInTransaction: (id, balance) => db.transaction((tx) => affected(update(tx, id, balance).run()), { behavior: 'immediate' }),
          transactionOfThree: (id) =>
            db.transaction(
              (tx) => {
                update(tx, id, account(tx, id).get().balance + 1).run();
                return account(tx, id).get();
              },
              { behavior: 'immediate' },
            ),
        }
      : {
          updateInTransaction: (id, balance) => db.transaction(async (tx) => affected(await update(tx, id, balance))),
          transactionOfThree: (id) =>
            db.transaction(async (tx) => {
              const [{ balance }] = await account(tx, id);
              await update(tx, id, balance + 1);
              return (await account(tx, id))[0];
            }),
        };

  return {
    ...transactions,
    findById: async (id) => (await db.select().from(t.articles).where(eq(t.articles.id, id)))[0],
    find20: (authorId) => db.select().from(t.articles).where(eq(t.articles.authorId, authorId)).orderBy(asc(t.articles.id)).limit(20),
    async insert(note) {
      const query = db.insert(t.notes).values(note);
      if (database === 'mysql') return { ...note, id: (await query.$returningId())[0].id };
      return (await query.returning())[0];
    },
    pageWithRelations: async (from, limit) =>
      withTags(
        await db.query.articles.findMany({ where: gte(t.articles.id, from), orderBy: asc(t.articles.id), limit, with: withRelations }),
      ),
    async bulkInsert(rows) {
      await db.insert(t.readings).values(rows);
    },
    world: async (id) => (await db.select().from(t.worlds).where(eq(t.worlds.id, id)))[0],
    updateWorld: (id, randomNumber) => db.update(t.worlds).set({ randomNumber }).where(eq(t.worlds.id, id)),
    fortunes: () => db.select().from(t.fortunes),
    cannot: cannot[database],
    close,
  };
}
