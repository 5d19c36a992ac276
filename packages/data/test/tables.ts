import {
  type AnyColumn,
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumOf,
  id,
  integer,
  json,
  table,
  text,
  timestamp,
  uuid,
} from '@plinth/data';

/** Tables that the suites share. */
export const users = table('users', {
  id: uuid().primary(),
  email: text().unique(),
  name: text({ max: 50 }),
  bio: text().nullable(),
  age: integer().nullable(),
  active: boolean().default(true),
  createdAt: timestamp().defaultNow(),
  updatedAt: timestamp().updateNow(),
});

export const articles = table('articles', {
  id: id(),
  authorId: uuid().references(() => users.id, { onDelete: 'cascade' }),
  editorId: uuid()
    .nullable()
    .references(() => users.id, { onDelete: 'set null' }),
  title: text(),
  views: integer().default(0),
});

export const tags = table('tags', { id: id(), label: text({ max: 30 }).unique() });

export const articleTags = table(
  'article_tags',
  {
    articleId: integer().references(() => articles.id, { onDelete: 'cascade' }),
    tagId: integer().references(() => tags.id, { onDelete: 'cascade' }),
  },
  { primary: ['articleId', 'tagId'] },
);

export const categories = table('categories', {
  id: uuid().primary(),
  parentId: uuid()
    .nullable()
    .references((): AnyColumn => categories.id),
  label: text(),
});

export const values = table('value_types', {
  id: integer().primary(),
  uuid: uuid().nullable(),
  text: text().nullable(),
  integer: integer().nullable(),
  bigint: bigint().nullable(),
  double: double().nullable(),
  decimal: decimal(12, 2).nullable(),
  boolean: boolean().nullable(),
  date: date().nullable(),
  timestamp: timestamp().nullable(),
  json: json<unknown>().nullable(),
  bytes: bytes().nullable(),
  kind: enumOf('draft', 'published').nullable(),
});
