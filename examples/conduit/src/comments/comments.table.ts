import { id, table, text, timestamp, uuid, type Row } from '@plinth/data';
import { articles } from '../articles/articles.table.js';
import { users } from '../users/users.table.js';

/** Comments on articles. Their ids are whole numbers because the specification says so. */
export const comments = table('comments', {
  id: id(),
  body: text(),
  articleId: uuid()
    .index()
    .references(() => articles.id, { onDelete: 'cascade' }),
  authorId: uuid().references(() => users.id, { onDelete: 'cascade' }),
  createdAt: timestamp().defaultNow(),
  updatedAt: timestamp().updateNow(),
});

export type CommentRow = Row<typeof comments>;
