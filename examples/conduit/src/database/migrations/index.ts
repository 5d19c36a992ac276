import { defineMigration, type AnyTable, type Migration } from '@plinth/data';
import { articleTags } from '../../articles/article-tags.table.js';
import { articles } from '../../articles/articles.table.js';
import { comments } from '../../comments/comments.table.js';
import { favorites } from '../../favorites/favorites.table.js';
import { follows } from '../../profiles/follows.table.js';
import { users } from '../../users/users.table.js';

// A step for each table: MySQL and MariaDB cannot undo half a migration.
const creates = (name: string, table: AnyTable): Migration =>
  defineMigration(name, { up: ({ createTable }) => createTable(table), down: ({ dropTable }) => dropTable(table) });

/** The schema, step by step. */
export const migrations: readonly Migration[] = [
  creates('2026_11_21_01_users', users),
  creates('2026_11_21_02_follows', follows),
  creates('2026_11_21_03_articles', articles),
  creates('2026_11_21_04_article_tags', articleTags),
  creates('2026_11_21_05_favorites', favorites),
  creates('2026_11_21_06_comments', comments),
];
