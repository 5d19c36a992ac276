// TypeORM's repositories, with the cheaper of its ways: insert() and update() instead of save(), relations by queries instead of joins.
import 'reflect-metadata';
import { DataSource, EntitySchema, MoreThanOrEqual } from 'typeorm';
import { prepareSqlite } from './prepare-sqlite.mjs';

const types = {
  postgres: { short: 'varchar', text: 'text', bool: 'boolean', double: 'double precision', time: { type: 'timestamptz', precision: 3 } },
  mysql: { short: 'varchar', text: 'longtext', bool: 'boolean', double: 'double', time: { type: 'datetime', precision: 3 } },
  sqlite: {
    short: 'varchar',
    text: 'text',
    bool: 'boolean',
    double: 'real',
    // Its own format of SQLite's times has a space where the tables have a T.
    time: { type: 'text', transformer: { to: (value) => value?.toISOString(), from: (text) => new Date(text) } },
  },
};

function entities(database) {
  const { short, text, bool, double, time } = types[database];
  const id = { type: 'integer', primary: true, generated: true };
  const integer = (name) => ({ type: 'integer', name });
  const entity = (name, tableName, columns, relations = {}) => new EntitySchema({ name, tableName, columns, relations });
  return {
    Author: entity('Author', 'authors', { id, email: { type: short }, name: { type: short } }),
    Article: entity(
      'Article',
      'articles',
      {
        id,
        authorId: integer('author_id'),
        title: { type: short },
        body: { type: text },
        published: { type: bool },
        views: integer(),
        createdAt: { ...time, name: 'created_at' },
      },
      {
        author: { type: 'many-to-one', target: 'Author', joinColumn: { name: 'author_id' } },
        comments: { type: 'one-to-many', target: 'Comment', inverseSide: 'article' },
        tags: {
          type: 'many-to-many',
          target: 'Tag',
          joinTable: { name: 'article_tags', joinColumn: { name: 'article_id' }, inverseJoinColumn: { name: 'tag_id' } },
        },
      },
    ),
    Tag: entity('Tag', 'tags', { id, label: { type: short } }),
    Comment: entity(
      'Comment',
      'comments',
      { id, articleId: integer('article_id'), writer: { type: short }, body: { type: text } },
      { article: { type: 'many-to-one', target: 'Article', joinColumn: { name: 'article_id' }, inverseSide: 'comments' } },
    ),
    Account: entity('Account', 'accounts', { id, owner: { type: short }, balance: integer() }),
    Note: entity('Note', 'notes', {
      id,
      authorId: integer('author_id'),
      body: { type: text },
      pinned: { type: bool },
      createdAt: { ...time, name: 'created_at' },
    }),
    Reading: entity('Reading', 'readings', {
      id: { type: 'integer', primary: true },
      device: { type: short },
      metric: { type: short },
      value: { type: double },
      ok: { type: bool },
      takenAt: { ...time, name: 'taken_at' },
    }),
    World: entity('World', 'worlds', { id, randomNumber: integer('random_number') }),
    Fortune: entity('Fortune', 'fortunes', { id, message: { type: short } }),
  };
}

const settings = {
  postgres: ({ url, connections }) => ({ type: 'postgres', url, poolSize: connections }),
  mysql: ({ url, connections }) => ({ type: 'mariadb', url, poolSize: connections, timezone: 'Z' }),
  sqlite: ({ url }) => ({ type: 'better-sqlite3', database: url, prepareDatabase: prepareSqlite }),
};

export async function open(options) {
  const { database } = options;
  const all = entities(database);
  const source = await new DataSource({
    ...settings[database](options),
    entities: Object.values(all),
    relationLoadStrategy: 'query',
  }).initialize();
  const articles = source.getRepository('Article');
  const notes = source.getRepository('Note');
  const readings = source.getRepository('Reading');
  const worlds = source.getRepository('World');
  const fortunes = source.getRepository('Fortune');
  return {
    findById: (id) => articles.findOneBy({ id }),
    find20: (authorId) => articles.find({ where: { authorId }, order: { id: 'ASC' }, take: 20 }),
    async insert(note) {
      const { identifiers } = await notes.insert(note);
      return { ...note, id: identifiers[0].id };
    },
    updateInTransaction: (id, balance) =>
      source.transaction(async (manager) => (await manager.update('Account', id, { balance })).affected),
    transactionOfThree: (id) =>
      source.transaction(async (manager) => {
        const { balance } = await manager.findOneBy('Account', { id });
        await manager.update('Account', id, { balance: balance + 1 });
        return manager.findOneBy('Account', { id });
      }),
    pageWithRelations: (from, limit) =>
      articles.find({
        where: { id: MoreThanOrEqual(from) },
        order: { id: 'ASC' },
        take: limit,
        relations: { author: true, tags: true, comments: true },
      }),
    async bulkInsert(rows) {
      await readings.insert(rows);
    },
    world: (id) => worlds.findOneBy({ id }),
    updateWorld: (id, randomNumber) => worlds.update(id, { randomNumber }),
    fortunes: () => fortunes.find(),
    close: () => source.destroy(),
  };
}
