import { table, text, timestamp, uuid, type Row } from '@plinth/data';
import { users } from '../users/users.table.js';

/** The ids are UUIDs of version 7, which sort by time: they decide between articles of the same millisecond. */
export const articles = table(
  'articles',
  {
    id: uuid().primary(),
    slug: text({ max: 200 }).unique(),
    title: text({ max: 250 }),
    description: text({ max: 1_000 }),
    body: text(),
    authorId: uuid()
      .index()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: timestamp().defaultNow(),
    updatedAt: timestamp().updateNow(),
  },
  { index: [['createdAt', 'id']] },
);

export type ArticleRow = Row<typeof articles>;
