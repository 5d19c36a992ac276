import { Injectable } from '@plinth/core';
import { DATABASE, UniqueViolation, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { articleTags } from './article-tags.table.js';
import { ArticleViews, type Article } from './article-views.js';
import type { ArticleChange, NewArticle } from './articles.schemas.js';
import { articles, type ArticleRow } from './articles.table.js';
import { toDistinctSlug, toSlug } from './slug.js';

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

  async create({ tagList, ...texts }: Infer<typeof NewArticle>['article'], authorId: string): Promise<Article> {
    const row = await this.withSlug(texts.title, (slug) =>
      this.database.transaction(async () => {
        const inserted = await this.database.repository(articles).insert({ ...texts, slug, authorId });
        await this.addTags(inserted.id, tagList ?? []);
        return inserted;
      }),
    );
    return this.views.one(row, authorId);
  }

  /** A new title gives a new slug. Throws `CONDUIT_ARTICLE_NOT_FOUND` or `CONDUIT_ARTICLE_FORBIDDEN`. */
  async change(slug: string, change: Infer<typeof ArticleChange>['article'], userId: string): Promise<Article> {
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

  private update(old: ArticleRow, { tagList, ...texts }: Infer<typeof ArticleChange>['article'], slug: string): Promise<ArticleRow> {
    return this.database.transaction(async () => {
      if (tagList !== undefined) {
        await this.database.repository(articleTags).deleteMany({ articleId: old.id });
        await this.addTags(old.id, tagList);
      }
      const row = await this.database.repository(articles).update(old.id, { ...texts, slug });
      if (!row) throw CONDUIT_ERRORS.ARTICLE_NOT_FOUND({ slug: old.slug });
      return row;
    });
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
    if (tags.length > 0) await this.database.repository(articleTags).insertMany(tags.map((tag) => ({ articleId, tag })));
  }
}
