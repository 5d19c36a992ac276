// MikroORM with a fork of the entity manager for each operation, as a request has; writes by its native calls, which skip the unit of work.
import { defineEntity, p, Type, wrap } from '@mikro-orm/core';
import { MikroORM as MariaDb } from '@mikro-orm/mariadb';
import { MikroORM as PostgreSql } from '@mikro-orm/postgresql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { prepareSqlite } from './prepare-sqlite.mjs';

// Its own times of SQLite are numbers; the tables hold what toISOString() gives.
class IsoText extends Type {
  convertToDatabaseValue(value) {
    return value instanceof Date ? value.toISOString() : value;
  }
  convertToJSValue(value) {
    return typeof value === 'string' ? new Date(value) : value;
  }
  getColumnType() {
    return 'text';
  }
}

function entities(database) {
  const time = (name) => (database === 'sqlite' ? p.type(IsoText).name(name) : p.datetime(3).name(name));
  const id = () => p.integer().primary();
  const Author = defineEntity({ name: 'Author', tableName: 'authors', properties: { id: id(), email: p.string(), name: p.string() } });
  const Tag = defineEntity({ name: 'Tag', tableName: 'tags', properties: { id: id(), label: p.string() } });
  const Article = defineEntity({
    name: 'Article',
    tableName: 'articles',
    properties: {
      id: id(),
      author: () => p.manyToOne(Author).joinColumn('author_id'),
      title: p.string(),
      body: p.text(),
      published: p.boolean(),
      views: p.integer(),
      createdAt: time('created_at'),
      tags: () => p.manyToMany(Tag).pivotTable('article_tags').joinColumn('article_id').inverseJoinColumn('tag_id'),
      comments: () => p.oneToMany(Comment).mappedBy('article'),
    },
  });
  const Comment = defineEntity({
    name: 'Comment',
    tableName: 'comments',
    properties: { id: id(), article: () => p.manyToOne(Article).joinColumn('article_id'), writer: p.string(), body: p.text() },
  });
  return {
    Author,
    Tag,
    Article,
    Comment,
    Account: defineEntity({ name: 'Account', tableName: 'accounts', properties: { id: id(), owner: p.string(), balance: p.integer() } }),
    Note: defineEntity({
      name: 'Note',
      tableName: 'notes',
      properties: { id: id(), authorId: p.integer().name('author_id'), body: p.text(), pinned: p.boolean(), createdAt: time('created_at') },
    }),
    Reading: defineEntity({
      name: 'Reading',
      tableName: 'readings',
      properties: {
        id: p.integer().primary().autoincrement(false),
        device: p.string(),
        metric: p.string(),
        value: p.double(),
        ok: p.boolean(),
        takenAt: time('taken_at'),
      },
    }),
    World: defineEntity({ name: 'World', tableName: 'worlds', properties: { id: id(), randomNumber: p.integer().name('random_number') } }),
    Fortune: defineEntity({ name: 'Fortune', tableName: 'fortunes', properties: { id: id(), message: p.string() } }),
  };
}

const orms = {
  postgres: ({ url, connections }) => [PostgreSql, { clientUrl: url, pool: { max: connections } }],
  mysql: ({ url, connections }) => [MariaDb, { clientUrl: url, pool: { max: connections }, timezone: 'Z' }],
  sqlite: ({ url }) => [SqliteOrm, { dbName: url }],
};

export async function open(options) {
  const { database } = options;
  const all = entities(database);
  const [Orm, settings] = orms[database](options);
  const orm = await Orm.init({ ...settings, entities: Object.values(all), metadataCache: { enabled: false } });
  if (database === 'sqlite') prepareSqlite(await orm.em.getConnection().getNativeClient());
  const fork = () => orm.em.fork();
  return {
    findById: (id) => fork().findOne(all.Article, id),
    find20: (authorId) => fork().find(all.Article, { author: authorId }, { orderBy: { id: 'asc' }, limit: 20 }),
    insert: async (note) => ({ ...note, id: await fork().insert(all.Note, note) }),
    updateInTransaction: (id, balance) => fork().transactional((em) => em.nativeUpdate(all.Account, { id }, { balance })),
    transactionOfThree: (id) =>
      fork().transactional(async (em) => {
        const account = await em.findOne(all.Account, id);
        await em.nativeUpdate(all.Account, { id }, { balance: account.balance + 1 });
        return em.refresh(account);
      }),
    pageWithRelations: (from, limit) =>
      fork().find(all.Article, { id: { $gte: from } }, { orderBy: { id: 'asc' }, limit, populate: ['author', 'tags', 'comments'] }),
    async bulkInsert(rows) {
      await fork().insertMany(all.Reading, rows);
    },
    world: (id) => fork().findOne(all.World, id),
    updateWorld: (id, randomNumber) => fork().nativeUpdate(all.World, { id }, { randomNumber }),
    fortunes: () => fork().find(all.Fortune, {}),
    plain,
    close: () => orm.close(),
  };
}

/** Entities as the others give rows: a relation that was not loaded is its key. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (wrap(value, true)?.toPOJO === undefined) return value;
  const row = wrap(value).toPOJO();
  if ('author' in row) {
    const { author, ...others } = row;
    const { tags, comments, ...columns } = others;
    const authorId = typeof author === 'object' ? author.id : author;
    if (typeof author !== 'object') return { ...columns, authorId };
    return {
      ...columns,
      authorId,
      author,
      tags,
      comments: comments.map(({ article, ...comment }) => ({ ...comment, articleId: article.id ?? article })),
    };
  }
  return row;
}
