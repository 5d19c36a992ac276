import { Injectable } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { ArticleViews, type Article } from '../articles/article-views.js';
import { Articles } from '../articles/articles.js';
import { favorites } from './favorites.table.js';

/** Who likes which article. Liking twice is liking once. */
@Injectable({ deps: [DATABASE, Articles, ArticleViews] })
export class Favorites {
  constructor(
    private readonly database: Database,
    private readonly articles: Articles,
    private readonly views: ArticleViews,
  ) {}

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async add(slug: string, userId: string): Promise<Article> {
    const row = await this.articles.row(slug);
    await this.database.repository(favorites).upsert({ articleId: row.id, userId });
    return this.views.one(row, userId);
  }

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async remove(slug: string, userId: string): Promise<Article> {
    const row = await this.articles.row(slug);
    await this.database.repository(favorites).deleteMany({ articleId: row.id, userId });
    return this.views.one(row, userId);
  }
}
