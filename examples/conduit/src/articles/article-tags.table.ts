import { table, text, uuid } from '@plinth/data';
import { articles } from './articles.table.js';

/** The tags of articles. */
export const articleTags = table(
  'article_tags',
  {
    articleId: uuid().references(() => articles.id, { onDelete: 'cascade' }),
    tag: text({ max: 64 }).index(),
  },
  { primary: ['articleId', 'tag'] },
);
