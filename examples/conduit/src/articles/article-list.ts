import { Injectable } from '@plinth/core';
import { DATABASE, sql, type Database, type Sql } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { favorites } from '../favorites/favorites.table.js';
import { follows } from '../profiles/follows.table.js';
import { users } from '../users/users.table.js';
import { articleTags } from './article-tags.table.js';
import { ArticleViews } from './article-views.js';
import type { ArticlesQuery, ArticlesReply, FeedQuery } from './articles.schemas.js';
import { articles } from './articles.table.js';

/** More articles are not given at once, whatever `limit` says. */
const MOST = 100;

/** Lists of articles, the newest first. */
@Injectable({ deps: [DATABASE, ArticleViews] })
export class ArticleList {
  constructor(
    private readonly database: Database,
    private readonly views: ArticleViews,
  ) {}

  /** All articles, or those with a tag, of an author, or that somebody likes. */
  find({ tag, author, favorited, ...page }: Infer<typeof ArticlesQuery>, viewer: string | undefined): Promise<Infer<typeof ArticlesReply>> {
    const filters: Sql[] = [];
    if (tag !== undefined)
      filters.push(sql`${articles.id} in (select ${articleTags.articleId} from ${articleTags} where ${articleTags.tag} = ${tag})`);
    if (author !== undefined) filters.push(sql`${articles.authorId} in ${idsOf(author)}`);
    if (favorited !== undefined)
      filters.push(
        sql`${articles.id} in (select ${favorites.articleId} from ${favorites} where ${favorites.userId} in ${idsOf(favorited)})`,
      );
    return this.page(filters, page, viewer);
  }

  /** The articles of everybody whom a user follows. */
  feed(page: Infer<typeof FeedQuery>, userId: string): Promise<Infer<typeof ArticlesReply>> {
    const followed = sql`${articles.authorId} in (select ${follows.followedId} from ${follows} where ${follows.followerId} = ${userId})`;
    return this.page([followed], page, userId);
  }

  private async page(
    filters: readonly Sql[],
    { limit = 20, offset }: Infer<typeof FeedQuery>,
    viewer: string | undefined,
  ): Promise<Infer<typeof ArticlesReply>> {
    const { rows, total } = await this.database
      .repository(articles)
      .offsetPage({ where: { and: filters }, orderBy: { createdAt: 'desc', id: 'desc' }, limit: Math.min(limit, MOST), offset });
    return { articles: await this.views.of(rows, viewer), articlesCount: total };
  }
}

function idsOf(username: string): Sql {
  return sql`(select ${users.id} from ${users} where ${users.username} = ${username})`;
}
