import { Injectable } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { Articles } from '../articles/articles.js';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { Profiles, type Profile } from '../profiles/profiles.js';
import type { Comment as CommentSchema } from './comments.schemas.js';
import { comments, type CommentRow } from './comments.table.js';

/** A comment as the specification shows it. */
export type Comment = Infer<typeof CommentSchema>;

/** Comments on articles. */
@Injectable({ deps: [DATABASE, Articles, Profiles] })
export class Comments {
  constructor(
    private readonly database: Database,
    private readonly articles: Articles,
    private readonly profiles: Profiles,
  ) {}

  /** The comments on an article, the oldest first. Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async list(slug: string, viewer: string | undefined): Promise<Comment[]> {
    const { id: articleId } = await this.articles.row(slug);
    const rows = await this.rows.findMany({ where: { articleId }, orderBy: { id: 'asc' } });
    const authors = await this.profiles.byId(
      rows.map((row) => row.authorId),
      viewer,
    );
    return rows.map((row) => toComment(row, authors.get(row.authorId)!));
  }

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`. */
  async add(slug: string, body: string, authorId: string): Promise<Comment> {
    const { id: articleId } = await this.articles.row(slug);
    const row = await this.rows.insert({ articleId, authorId, body });
    return toComment(row, (await this.profiles.byId([authorId], authorId)).get(authorId)!);
  }

  /** Throws `CONDUIT_ARTICLE_NOT_FOUND`, `CONDUIT_COMMENT_NOT_FOUND` or `CONDUIT_COMMENT_FORBIDDEN`. */
  async remove(slug: string, id: number, userId: string): Promise<void> {
    const { id: articleId } = await this.articles.row(slug);
    const row = await this.rows.findOne({ id, articleId });
    if (!row) throw CONDUIT_ERRORS.COMMENT_NOT_FOUND({ id });
    if (row.authorId !== userId) throw CONDUIT_ERRORS.COMMENT_FORBIDDEN();
    await this.rows.delete(id);
  }

  private get rows() {
    return this.database.repository(comments);
  }
}

function toComment(row: CommentRow, author: Profile): Comment {
  return { id: row.id, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(), body: row.body, author };
}
