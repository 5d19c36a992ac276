import { Injectable } from '@plinth/core';
import { DATABASE, one, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { Articles } from '../articles/articles.js';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { followedBy, toProfile } from '../profiles/profiles.js';
import { users } from '../users/users.table.js';
import type { Comment as CommentSchema } from './comments.schemas.js';
import { comments, type CommentRow } from './comments.table.js';

/** A comment as the specification shows it. */
export type Comment = Infer<typeof CommentSchema>;

/** Comments on articles. */
@Injectable({ deps: [DATABASE, Articles] })
export class Comments {
  constructor(
    private readonly database: Database,
    private readonly articles: Articles,
  ) {}

  /** The comments on an article, the oldest first. Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async list(slug: string, viewer: string | undefined): Promise<Comment[]> {
    const { id: articleId } = await this.articles.row(slug);
    return this.views(await this.rows.findMany({ where: { articleId }, orderBy: { id: 'asc' } }), viewer);
  }

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async add(slug: string, body: string, authorId: string): Promise<Comment> {
    const { id: articleId } = await this.articles.row(slug);
    return (await this.views([await this.rows.insert({ articleId, authorId, body })], authorId))[0]!;
  }

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`, `CONDUIT_COMMENT_NOT_FOUND` or `CONDUIT_COMMENT_FORBIDDEN`. */
  async remove(slug: string, id: number, userId: string): Promise<void> {
    const { id: articleId } = await this.articles.row(slug);
    const row = await this.rows.findOne({ id, articleId });
    if (!row) throw CONDUIT_ERRORS.COMMENT_NOT_FOUND({ id });
    if (row.authorId !== userId) throw CONDUIT_ERRORS.COMMENT_FORBIDDEN();
    await this.rows.delete(id);
  }

  private async views(rows: readonly CommentRow[], viewer: string | undefined): Promise<Comment[]> {
    const loaded = await this.rows.load(rows, { author: one(users, 'authorId', { with: followedBy(viewer) }) });
    return loaded.map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      author: toProfile(row.author),
    }));
  }

  private get rows() {
    return this.database.repository(comments);
  }
}
