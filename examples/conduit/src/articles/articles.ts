import { Injectable } from '@plinth/core';
import { DATABASE, Transactional, UniqueViolation, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { articleTags } from './article-tags.table.js';
import { ArticleViews, type Article } from './article-views.js';
import type { ArticleChange, NewArticle } from './articles.schemas.js';
import { articles, type ArticleRow } from './articles.table.js';
import { toDistinctSlug, toSlug } from './slug.js';

type New = Infer<typeof NewArticle>['article'];
type Change = Infer<typeof ArticleChange>['article'];

/** Articles one by one. */
@Injectable({ deps: [DATABASE, ArticleViews] })
export class Articles {
  constructor(
    private readonly database: Database,
    private readonly views: ArticleViews,
  ) {}

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async find(slug: string, viewer: string | undefined): Promise<Article> {
    return this.views.one(await this.row(slug), viewer);
  }

  /** The stored article. Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async row(slug: string): Promise<ArticleRow> {
    const row = await this.database.repository(articles).findOne({ slug });
    if (!row) throw CONDUIT_ERRORS.ARTICLE_NOT_FOUND({ slug });
    return row;
  }

  async create(article: New, authorId: string): Promise<Article> {
    return this.views.one(await this.withSlug(article.title, (slug) => this.insert(article, authorId, slug)), authorId);
  }

  /** A new title gives a new slug. Throws `CONDUIT_ARTICLE_NOT_FOUND` or `CONDUIT_ARTICLE_FORBIDDEN`. */
  async change(slug: string, change: Change, userId: string): Promise<Article> {
    const old = await this.ownRow(slug, userId);
    const renamed = change.title !== undefined && change.title !== old.title;
    const row = renamed
      ? await this.withSlug(change.title!, (next) => this.update(old, change, next))
      : await this.update(old, change, slug);
    return this.views.one(row, userId);
  }

  /** Its comments, tags and favourites go with it. Throws `CONDUIT_ARTICLE_NOT_FOUND` or `CONDUIT_ARTICLE_FORBIDDEN`. */
  async remove(slug: string, userId: string): Promise<void> {
    const { id } = await this.ownRow(slug, userId);
    await this.database.repository(articles).delete(id);
  }

  private async ownRow(slug: string, userId: string): Promise<ArticleRow> {
    const row = await this.row(slug);
    if (row.authorId !== userId) throw CONDUIT_ERRORS.ARTICLE_FORBIDDEN();
    return row;
  }

  @Transactional()
  private async insert({ tagList = [], ...texts }: New, authorId: string, slug: string): Promise<ArticleRow> {
    const row = await this.database.repository(articles).insert({ ...texts, slug, authorId });
    await this.addTags(row.id, tagList);
    return row;
  }

  @Transactional()
  private async update(old: ArticleRow, { tagList, ...texts }: Change, slug: string): Promise<ArticleRow> {
    const row = await this.database.repository(articles).update(old.id, { ...texts, slug });
    if (!row) throw CONDUIT_ERRORS.ARTICLE_NOT_FOUND({ slug: old.slug });
    if (tagList === undefined) return row;
    await this.database.repository(articleTags).deleteMany({ articleId: old.id });
    await this.addTags(old.id, tagList);
    return row;
  }

  // The slug of the title if it is free, else one with a random ending. Asking first would not help against two at the same time.
  private async withSlug<T>(title: string, write: (slug: string) => Promise<T>): Promise<T> {
    try {
      return await write(toSlug(title));
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      return write(toDistinctSlug(title));
    }
  }

  private async addTags(articleId: string, tagList: readonly string[]): Promise<void> {
    const tags = [...new Set(tagList.map((tag) => tag.trim()))];
    await this.database.repository(articleTags).insertMany(tags.map((tag) => ({ articleId, tag })));
  }
}
