import { table, uuid } from '@plinth/data';
import { articles } from '../articles/articles.table.js';
import { users } from '../users/users.table.js';

/** Who likes which article. */
export const favorites = table(
  'favorites',
  {
    articleId: uuid().references(() => articles.id, { onDelete: 'cascade' }),
    userId: uuid()
      .index()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  { primary: ['articleId', 'userId'] },
);
