import { Injectable } from '@plinth/core';
import { DATABASE, sql, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { favorites } from '../favorites/favorites.table.js';
import { Profiles } from '../profiles/profiles.js';
import { articleTags } from './article-tags.table.js';
import type { Article as ArticleSchema } from './articles.schemas.js';
import type { ArticleRow } from './articles.table.js';

/** An article as the specification shows it. */
export type Article = Infer<typeof ArticleSchema>;

interface Favor {
  readonly favoritesCount: number;
  readonly favorited: boolean;
}

/** Articles with all that belongs to them: four queries for a reader who is signed in, three for others, however many they are. */
@Injectable({ deps: [DATABASE, Profiles] })
export class ArticleViews {
  constructor(
    private readonly database: Database,
    private readonly profiles: Profiles,
  ) {}

  async of(rows: readonly ArticleRow[], viewer: string | undefined): Promise<Article[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const authors = await this.profiles.byId(
      rows.map((row) => row.authorId),
      viewer,
    );
    const tags = await this.tags(ids);
    const favors = await this.favors(ids, viewer);
    return rows.map((row) => ({
      slug: row.slug,
      title: row.title,
      description: row.description,
      body: row.body,
      tagList: tags.get(row.id) ?? [],
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      ...(favors.get(row.id) ?? { favoritesCount: 0, favorited: false }),
      author: authors.get(row.authorId)!,
    }));
  }

  async one(row: ArticleRow, viewer: string | undefined): Promise<Article> {
    return (await this.of([row], viewer))[0]!;
  }

  // In alphabetical order, as the specification's examples have them; sorted here, because each database has an alphabet of its own.
  private async tags(ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const rows = await this.database.repository(articleTags).findMany({ where: { articleId: ids } });
    const groups = Map.groupBy(rows, (row) => row.articleId);
    return new Map([...groups].map(([id, group]) => [id, group.map((row) => row.tag).sort()]));
  }

  private async favors(ids: readonly string[], viewer: string | undefined): Promise<ReadonlyMap<string, Favor>> {
    const { articleId, userId } = favorites;
    const mine = viewer === undefined ? sql`0` : sql`max(case when ${userId} = ${viewer} then 1 else 0 end)`;
    const rows = await this.database.sql<{ id: string; total: number | string; mine: number | string }>`
      select ${articleId} as id, count(*) as total, ${mine} as mine from ${favorites} where ${articleId} in (${ids}) group by ${articleId}`;
    return new Map(rows.map((row) => [row.id, { favoritesCount: Number(row.total), favorited: Number(row.mine) === 1 }]));
  }
}
