import { Injectable } from '@plinth/core';
import { Controller, created, type Reply } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { SlugParams } from '../articles/articles.schemas.js';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { signedIn, visitor } from '../users/guards.js';
import type { User } from '../users/users.table.js';
import { CommentParams, CommentReply, CommentsReply, NewComment } from './comments.schemas.js';
import { Comments } from './comments.js';

const unknown = [CONDUIT_ERRORS.ARTICLE_NOT_FOUND];
const refused = [CONDUIT_ERRORS.ARTICLE_NOT_FOUND, CONDUIT_ERRORS.COMMENT_NOT_FOUND, CONDUIT_ERRORS.COMMENT_FORBIDDEN];

@Controller('/api/articles/:slug/comments', { tags: ['Comments'] })
@Injectable({ deps: [Comments] })
export class CommentsController {
  constructor(private readonly comments: Comments) {}

  @visitor.Get('/', {
    summary: 'Get the comments on an article',
    operationId: 'GetArticleComments',
    params: SlugParams,
    returns: CommentsReply,
    errors: unknown,
  })
  async list({ params, user }: { params: { slug: string }; user?: User | undefined }): Promise<Infer<typeof CommentsReply>> {
    return { comments: await this.comments.list(params.slug, user?.id) };
  }

  @signedIn.Post('/', {
    summary: 'Comment on an article',
    operationId: 'CreateArticleComment',
    params: SlugParams,
    body: NewComment,
    returns: { 201: CommentReply },
    errors: unknown,
  })
  async add(context: {
    params: { slug: string };
    body: Infer<typeof NewComment>;
    user: User;
  }): Promise<Reply<201, Infer<typeof CommentReply>>> {
    return created({ comment: await this.comments.add(context.params.slug, context.body.comment.body, context.user.id) });
  }

  @signedIn.Delete('/:id', {
    summary: 'Delete a comment',
    operationId: 'DeleteArticleComment',
    params: CommentParams,
    returns: { 204: null },
    errors: refused,
  })
  async remove({ params, user }: { params: Infer<typeof CommentParams>; user: User }): Promise<void> {
    await this.comments.remove(params.slug, params.id, user.id);
  }
}
