import createKnex from 'knex';
import { attachRelated, keysOf } from './attach-related.mjs';
import { fromDriver, toDriver } from './values.mjs';
import { prepareSqlite } from './prepare-sqlite.mjs';

const ARTICLE = ['id', 'author_id as authorId', 'title', 'body', 'published', 'views', 'created_at as createdAt'];
const COMMENT = ['id', 'article_id as articleId', 'writer', 'body'];

const settings = {
  postgres: ({ url }) => ({ client: 'pg', connection: url }),
  mysql: ({ url }) => ({ client: 'mysql2', connection: { uri: url, timezone: 'Z' } }),
  sqlite: ({ url }) => ({
    client: 'better-sqlite3',
    connection: { filename: url },
    useNullAsDefault: true,
    pool: { afterCreate: (db, done) => done(null, prepareSqlite(db)) },
  }),
};

export async function open(options) {
  const { database, connections } = options;
  const { pool, ...rest } = settings[database](options);
  const knex = createKnex({ ...rest, pool: { min: 0, max: database === 'sqlite' ? 1 : connections, ...pool } });
  const toArticle = fromDriver[database];
  const toStored = toDriver[database];

  const account = (trx, id) => trx('accounts').select('id', 'owner', 'balance').where('id', id).first();

  return {
    findById: async (id) => toArticle(await knex('articles').select(ARTICLE).where('id', id).first()),
    find20: async (authorId) =>
      (await knex('articles').select(ARTICLE).where('author_id', authorId).orderBy('id').limit(20)).map(toArticle),
    async insert(note) {
      const { authorId, createdAt, ...others } = toStored(note);
      const query = knex('notes').insert({ ...others, author_id: authorId, created_at: createdAt });
      // knex has no RETURNING for MySQL and MariaDB: there it gives the key.
      const [first] = await (database === 'mysql' ? query : query.returning('id'));
      return { id: database === 'mysql' ? first : first.id, ...note };
    },
    updateInTransaction: (id, balance) => knex.transaction((trx) => trx('accounts').where('id', id).update({ balance })),
    transactionOfThree: (id) =>
      knex.transaction(async (trx) => {
        const { balance } = await account(trx, id);
        await trx('accounts')
          .where('id', id)
          .update({ balance: balance + 1 });
        return account(trx, id);
      }),
    async pageWithRelations(from, limit) {
      const articles = (await knex('articles').select(ARTICLE).where('id', '>=', from).orderBy('id').limit(limit)).map(toArticle);
      const { ids, authorIds } = keysOf(articles);
      const related = await Promise.all([
        knex('authors').select('id', 'email', 'name').whereIn('id', authorIds),
        knex('tags as t')
          .join('article_tags as at', 'at.tag_id', 't.id')
          .select('at.article_id as articleId', 't.id', 't.label')
          .whereIn('at.article_id', ids),
        knex('comments').select(COMMENT).whereIn('article_id', ids),
      ]);
      return attachRelated(articles, ...related);
    },
    bulkInsert: (rows) =>
      knex.batchInsert(
        'readings',
        rows.map((row) => {
          const { takenAt, ...others } = toStored(row);
          return { ...others, taken_at: takenAt };
        }),
        // knex's 1,000 rows are more than SQLite takes in its `select … union all select …`.
        database === 'sqlite' ? 500 : 1_000,
      ),
    world: (id) => knex('worlds').select('id', 'random_number as randomNumber').where('id', id).first(),
    updateWorld: (id, randomNumber) => knex('worlds').where('id', id).update({ random_number: randomNumber }),
    fortunes: () => knex('fortunes').select('id', 'message'),
    close: () => knex.destroy(),
  };
}
