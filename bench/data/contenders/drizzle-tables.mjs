// Drizzle's tables: one set per database, as its packages ask for.
import { relations } from 'drizzle-orm';
import * as my from 'drizzle-orm/mysql-core';
import * as pg from 'drizzle-orm/pg-core';
import * as lite from 'drizzle-orm/sqlite-core';

// SQLite has no time: the tables hold what toISOString() gives.
const isoText = lite.customType({ dataType: () => 'text', toDriver: (value) => value.toISOString(), fromDriver: (text) => new Date(text) });

const kinds = {
  postgres: {
    table: pg.pgTable,
    key: () => pg.integer('id').primaryKey().generatedByDefaultAsIdentity(),
    integer: pg.integer,
    short: (name, length) => pg.varchar(name, { length }),
    text: pg.text,
    bool: pg.boolean,
    double: pg.doublePrecision,
    time: (name) => pg.timestamp(name, { precision: 3, withTimezone: true }),
    primaryKey: pg.primaryKey,
  },
  mysql: {
    table: my.mysqlTable,
    key: () => my.int('id').primaryKey().autoincrement(),
    integer: my.int,
    short: (name, length) => my.varchar(name, { length }),
    text: my.longtext,
    bool: my.boolean,
    double: my.double,
    time: (name) => my.datetime(name, { fsp: 3 }),
    primaryKey: my.primaryKey,
  },
  sqlite: {
    table: lite.sqliteTable,
    key: () => lite.integer('id').primaryKey({ autoIncrement: true }),
    integer: lite.integer,
    short: (name, length) => lite.text(name, { length }),
    text: lite.text,
    bool: (name) => lite.integer(name, { mode: 'boolean' }),
    double: lite.real,
    time: (name) => isoText(name),
    primaryKey: lite.primaryKey,
  },
};

/** The tables and relations of a database. */
export function drizzleTables(database) {
  const { table, key, integer, short, text, bool, double, time, primaryKey } = kinds[database];
  const authors = table('authors', { id: key(), email: short('email', 255).notNull(), name: short('name', 80).notNull() });
  const articles = table('articles', {
    id: key(),
    authorId: integer('author_id').notNull(),
    title: short('title', 200).notNull(),
    body: text('body').notNull(),
    published: bool('published').notNull(),
    views: integer('views').notNull(),
    createdAt: time('created_at').notNull(),
  });
  const tags = table('tags', { id: key(), label: short('label', 80).notNull() });
  const articleTags = table('article_tags', { articleId: integer('article_id').notNull(), tagId: integer('tag_id').notNull() }, (t) => [
    primaryKey({ columns: [t.articleId, t.tagId] }),
  ]);
  const comments = table('comments', {
    id: key(),
    articleId: integer('article_id').notNull(),
    writer: short('writer', 80).notNull(),
    body: text('body').notNull(),
  });
  return {
    authors,
    articles,
    tags,
    articleTags,
    comments,
    accounts: table('accounts', { id: key(), owner: short('owner', 80).notNull(), balance: integer('balance').notNull() }),
    notes: table('notes', {
      id: key(),
      authorId: integer('author_id').notNull(),
      body: text('body').notNull(),
      pinned: bool('pinned').notNull(),
      createdAt: time('created_at').notNull(),
    }),
    readings: table('readings', {
      id: integer('id').primaryKey(),
      device: short('device', 80).notNull(),
      metric: short('metric', 80).notNull(),
      value: double('value').notNull(),
      ok: bool('ok').notNull(),
      takenAt: time('taken_at').notNull(),
    }),
    worlds: table('worlds', { id: key(), randomNumber: integer('random_number').notNull() }),
    fortunes: table('fortunes', { id: key(), message: short('message', 200).notNull() }),
    articleRelations: relations(articles, ({ one, many }) => ({
      author: one(authors, { fields: [articles.authorId], references: [authors.id] }),
      comments: many(comments),
      articleTags: many(articleTags),
    })),
    commentRelations: relations(comments, ({ one }) => ({
      article: one(articles, { fields: [comments.articleId], references: [articles.id] }),
    })),
    articleTagRelations: relations(articleTags, ({ one }) => ({
      article: one(articles, { fields: [articleTags.articleId], references: [articles.id] }),
      tag: one(tags, { fields: [articleTags.tagId], references: [tags.id] }),
    })),
  };
}
