import { Injectable } from '@plinth/core';
import { Controller, created, type Reply } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { signedIn, visitor } from '../users/guards.js';
import type { User } from '../users/users.table.js';
import { ArticleList } from './article-list.js';
import { ArticleChange, ArticleReply, ArticlesQuery, ArticlesReply, FeedQuery, NewArticle } from './articles.schemas.js';
import { Articles } from './articles.js';

type One = Infer<typeof ArticleReply>;
type Many = Infer<typeof ArticlesReply>;
const unknown = [CONDUIT_ERRORS.ARTICLE_NOT_FOUND];
const refused = [CONDUIT_ERRORS.ARTICLE_NOT_FOUND, CONDUIT_ERRORS.ARTICLE_FORBIDDEN];

@Controller('/api/articles', { tags: ['Articles'] })
@Injectable({ deps: [Articles, ArticleList] })
export class ArticlesController {
  constructor(
    private readonly articles: Articles,
    private readonly list: ArticleList,
  ) {}

  @visitor.Get('/', { summary: 'Get recent articles', operationId: 'GetArticles', query: ArticlesQuery, returns: ArticlesReply })
  find({ query, user }: { query: Infer<typeof ArticlesQuery>; user?: User | undefined }): Promise<Many> {
    return this.list.find(query, user?.id);
  }

  @signedIn.Get('/feed', {
    summary: 'Get recent articles of followed users',
    operationId: 'GetArticlesFeed',
    query: FeedQuery,
    returns: ArticlesReply,
  })
  feed({ query, user }: { query: Infer<typeof FeedQuery>; user: User }): Promise<Many> {
    return this.list.feed(query, user.id);
  }

  @visitor.Get('/:slug', { summary: 'Get an article', operationId: 'GetArticle', returns: ArticleReply, errors: unknown })
  async show({ params, user }: { params: { slug: string }; user?: User | undefined }): Promise<One> {
    return { article: await this.articles.find(params.slug, user?.id) };
  }

  @signedIn.Post('/', { summary: 'Create an article', operationId: 'CreateArticle', body: NewArticle, returns: { 201: ArticleReply } })
  async create({ body, user }: { body: Infer<typeof NewArticle>; user: User }): Promise<Reply<201, One>> {
    return created({ article: await this.articles.create(body.article, user.id) });
  }

  @signedIn.Put('/:slug', {
    summary: 'Update an article',
    operationId: 'UpdateArticle',
    body: ArticleChange,
    returns: ArticleReply,
    errors: refused,
  })
  async update({ params, body, user }: { params: { slug: string }; body: Infer<typeof ArticleChange>; user: User }): Promise<One> {
    return { article: await this.articles.change(params.slug, body.article, user.id) };
  }

  @signedIn.Delete('/:slug', { summary: 'Delete an article', operationId: 'DeleteArticle', returns: { 204: null }, errors: refused })
  async remove({ params, user }: { params: { slug: string }; user: User }): Promise<void> {
    await this.articles.remove(params.slug, user.id);
  }
}
