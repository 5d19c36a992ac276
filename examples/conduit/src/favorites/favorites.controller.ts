import { Injectable } from '@plinth/core';
import { Controller } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { ArticleReply, SlugParams } from '../articles/articles.schemas.js';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { signedIn } from '../users/guards.js';
import type { User } from '../users/users.table.js';
import { Favorites } from './favorites.js';

type Answer = Promise<Infer<typeof ArticleReply>>;
const errors = [CONDUIT_ERRORS.ARTICLE_NOT_FOUND];

@Controller('/api/articles/:slug/favorite', { tags: ['Favorites'] })
@Injectable({ deps: [Favorites] })
export class FavoritesController {
  constructor(private readonly favorites: Favorites) {}

  @signedIn.Post('/', {
    summary: 'Favorite an article',
    operationId: 'CreateArticleFavorite',
    params: SlugParams,
    returns: ArticleReply,
    errors,
  })
  async add({ params, user }: { params: { slug: string }; user: User }): Answer {
    return { article: await this.favorites.add(params.slug, user.id) };
  }

  @signedIn.Delete('/', {
    summary: 'Unfavorite an article',
    operationId: 'DeleteArticleFavorite',
    params: SlugParams,
    returns: ArticleReply,
    errors,
  })
  async remove({ params, user }: { params: { slug: string }; user: User }): Answer {
    return { article: await this.favorites.remove(params.slug, user.id) };
  }
}
