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
    const filters = [
      ...(tag === undefined
        ? []
        : [sql`${articles.id} in (select ${articleTags.articleId} from ${articleTags} where ${articleTags.tag} = ${tag})`]),
      ...(author === undefined
        ? []
        : [sql`${articles.authorId} in (select ${users.id} from ${users} where ${users.username} = ${author})`]),
      ...(favorited === undefined ? [] : [likedBy(favorited)]),
    ];
    return this.page(filters, page, viewer);
  }

  /** The articles of everybody whom a user follows. */
  feed(page: Infer<typeof FeedQuery>, userId: string): Promise<Infer<typeof ArticlesReply>> {
    const followed = sql`${articles.authorId} in (select ${follows.followedId} from ${follows} where ${follows.followerId} = ${userId})`;
    return this.page([followed], page, userId);
  }

  private async page(
    filters: readonly Sql[],
    page: Infer<typeof FeedQuery>,
    viewer: string | undefined,
  ): Promise<Infer<typeof ArticlesReply>> {
    const from = filters.reduce((query, filter) => sql`${query} and ${filter}`, sql`from ${articles} where 1 = 1`);
    const counted = await this.database.sql<{ total: number | string }>`select count(*) as total ${from}`;
    const ids = await this.database.sql<{ id: string }>`
      select ${articles.id} as id ${from} order by ${articles.createdAt} desc, ${articles.id} desc
      limit ${Math.min(page.limit ?? 20, MOST)} offset ${page.offset ?? 0}`;
    const rows = ids.length === 0 ? [] : await this.database.repository(articles).findMany({ where: { id: ids.map((row) => row.id) } });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const sorted = ids.flatMap(({ id }) => byId.get(id) ?? []);
    return { articles: await this.views.of(sorted, viewer), articlesCount: Number(counted[0]!.total) };
  }
}

function likedBy(username: string): Sql {
  return sql`${articles.id} in (
    select ${favorites.articleId} from ${favorites} join ${users} on ${users.id} = ${favorites.userId} where ${users.username} = ${username})`;
}
