import { Injectable } from '@plinth/core';
import { DATABASE, many, one, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { favorites } from '../favorites/favorites.table.js';
import { followedBy, toProfile } from '../profiles/profiles.js';
import { users } from '../users/users.table.js';
import { articleTags } from './article-tags.table.js';
import type { Article as ArticleSchema } from './articles.schemas.js';
import { articles, type ArticleRow } from './articles.table.js';

/** An article as the specification shows it. */
export type Article = Infer<typeof ArticleSchema>;

/** Articles with all that belongs to them: five queries for a reader who is signed in, three for others, however many they are. */
@Injectable({ deps: [DATABASE] })
export class ArticleViews {
  constructor(private readonly database: Database) {}

  async of(rows: readonly ArticleRow[], viewer: string | undefined): Promise<Article[]> {
    if (rows.length === 0) return [];
    const loaded = await this.database.repository(articles).load(rows, {
      author: one(users, 'authorId', { with: followedBy(viewer) }),
      tags: many(articleTags, 'articleId'),
      likes: viewer === undefined ? undefined : many(favorites, 'articleId', { where: { userId: viewer } }),
    });
    const favors = await this.database
      .repository(favorites)
      .groupBy({ by: ['articleId'], where: { articleId: rows.map((row) => row.id) } });
    const counts = new Map(favors.map(({ by, count }) => [by.articleId, count]));
    return loaded.map(({ author, tags, likes = [], ...row }) => ({
      ...row,
      // In alphabetical order, as the specification's examples have them; sorted here, because each database has an alphabet of its own.
      tagList: tags.map(({ tag }) => tag).sort(),
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      favorited: likes.length > 0,
      favoritesCount: counts.get(row.id) ?? 0,
      author: toProfile(author),
    }));
  }

  async one(row: ArticleRow, viewer: string | undefined): Promise<Article> {
    return (await this.of([row], viewer))[0]!;
  }
}
