// Kysely on its own dialects. Related rows as it documents them: one statement with JSON aggregates; MariaDB has no LATERAL, so there by hand.
import Sqlite from 'better-sqlite3';
import { Kysely, MysqlDialect, ParseJSONResultsPlugin, PostgresDialect, SqliteDialect } from 'kysely';
import * as postgresHelpers from 'kysely/helpers/postgres';
import * as sqliteHelpers from 'kysely/helpers/sqlite';
import mysql from 'mysql2';
import pg from 'pg';
import { attachRelated, keysOf } from './attach-related.mjs';
import { fromDriver, toDriver } from './values.mjs';
import { prepareSqlite } from './prepare-sqlite.mjs';

const ARTICLE = ['id', 'author_id as authorId', 'title', 'body', 'published', 'views', 'created_at as createdAt'];
const COMMENT = ['id', 'article_id as articleId', 'writer', 'body'];

const dialects = {
  postgres: ({ url, connections }) => new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: connections }) }),
  mysql: ({ url, connections }) => new MysqlDialect({ pool: mysql.createPool({ uri: url, connectionLimit: connections, timezone: 'Z' }) }),
  sqlite: ({ url }) => new SqliteDialect({ database: prepareSqlite(new Sqlite(url)) }),
};

export async function open(options) {
  const { database } = options;
  const db = new Kysely({ dialect: dialects[database](options) });
  const toArticle = fromDriver[database];
  const toStored = toDriver[database];
  const page = { postgres: pageAsJson(postgresHelpers), mysql: pageByHand, sqlite: pageAsJson(sqliteHelpers) }[database];
  const reading = database === 'sqlite' ? db.withPlugin(new ParseJSONResultsPlugin()) : db;

  const account = (trx, id) => trx.selectFrom('accounts').select(['id', 'owner', 'balance']).where('id', '=', id).executeTakeFirst();
  const update = (trx, id, balance) => trx.updateTable('accounts').set({ balance }).where('id', '=', id).executeTakeFirst();

  return {
    findById: async (id) => toArticle(await db.selectFrom('articles').select(ARTICLE).where('id', '=', id).executeTakeFirst()),
    find20: async (authorId) =>
      (await db.selectFrom('articles').select(ARTICLE).where('author_id', '=', authorId).orderBy('id').limit(20).execute()).map(toArticle),
    async insert(note) {
      const { authorId, createdAt, ...others } = toStored(note);
      const query = db.insertInto('notes').values({ ...others, author_id: authorId, created_at: createdAt });
      if (database === 'mysql') return { id: Number((await query.executeTakeFirst()).insertId), ...note };
      return { id: (await query.returning('id').executeTakeFirst()).id, ...note };
    },
    updateInTransaction: (id, balance) => db.transaction().execute(async (trx) => Number((await update(trx, id, balance)).numUpdatedRows)),
    transactionOfThree: (id) =>
      db.transaction().execute(async (trx) => {
        const { balance } = await account(trx, id);
        await update(trx, id, balance + 1);
        return account(trx, id);
      }),
    pageWithRelations: (from, limit) => page(reading, toArticle, from, limit),
    async bulkInsert(rows) {
      const values = rows.map((row) => {
        const { takenAt, ...others } = toStored(row);
        return { ...others, taken_at: takenAt };
      });
      await db.insertInto('readings').values(values).execute();
    },
    world: (id) => db.selectFrom('worlds').select(['id', 'random_number as randomNumber']).where('id', '=', id).executeTakeFirst(),
    updateWorld: (id, randomNumber) => db.updateTable('worlds').set({ random_number: randomNumber }).where('id', '=', id).execute(),
    fortunes: () => db.selectFrom('fortunes').select(['id', 'message']).execute(),
    close: () => db.destroy(),
  };
}

const pageAsJson =
  ({ jsonArrayFrom, jsonObjectFrom }) =>
  async (db, toArticle, from, limit) => {
    const rows = await db
      .selectFrom('articles')
      .select(ARTICLE)
      .select((eb) => [
        jsonObjectFrom(
          eb
            .selectFrom('authors')
            .select(['authors.id', 'authors.email', 'authors.name'])
            .whereRef('authors.id', '=', 'articles.author_id'),
        ).as('author'),
        jsonArrayFrom(
          eb
            .selectFrom('tags')
            .innerJoin('article_tags', 'article_tags.tag_id', 'tags.id')
            .select(['tags.id', 'tags.label'])
            .whereRef('article_tags.article_id', '=', 'articles.id'),
        ).as('tags'),
        jsonArrayFrom(
          eb
            .selectFrom('comments')
            .select(['comments.id', 'comments.article_id as articleId', 'comments.writer', 'comments.body'])
            .whereRef('comments.article_id', '=', 'articles.id'),
        ).as('comments'),
      ])
      .where('id', '>=', from)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toArticle);
  };

async function pageByHand(db, toArticle, from, limit) {
  const found = await db.selectFrom('articles').select(ARTICLE).where('id', '>=', from).orderBy('id').limit(limit).execute();
  const articles = found.map(toArticle);
  const { ids, authorIds } = keysOf(articles);
  const related = await Promise.all([
    db.selectFrom('authors').select(['id', 'email', 'name']).where('id', 'in', authorIds).execute(),
    db
      .selectFrom('tags as t')
      .innerJoin('article_tags as at', 'at.tag_id', 't.id')
      .select(['at.article_id as articleId', 't.id', 't.label'])
      .where('at.article_id', 'in', ids)
      .execute(),
    db.selectFrom('comments').select(COMMENT).where('article_id', 'in', ids).execute(),
  ]);
  return attachRelated(articles, ...related);
}
