import { expect, test } from 'vitest';
import { describeConduit } from './support.js';

// The operations of the specification, as its openapi.yml names them.
const operations: Record<string, string> = {
  Login: 'post /api/users/login',
  CreateUser: 'post /api/users',
  GetCurrentUser: 'get /api/user',
  UpdateCurrentUser: 'put /api/user',
  GetProfileByUsername: 'get /api/profiles/{username}',
  FollowUserByUsername: 'post /api/profiles/{username}/follow',
  UnfollowUserByUsername: 'delete /api/profiles/{username}/follow',
  GetArticlesFeed: 'get /api/articles/feed',
  GetArticles: 'get /api/articles',
  CreateArticle: 'post /api/articles',
  GetArticle: 'get /api/articles/{slug}',
  UpdateArticle: 'put /api/articles/{slug}',
  DeleteArticle: 'delete /api/articles/{slug}',
  GetArticleComments: 'get /api/articles/{slug}/comments',
  CreateArticleComment: 'post /api/articles/{slug}/comments',
  DeleteArticleComment: 'delete /api/articles/{slug}/comments/{id}',
  CreateArticleFavorite: 'post /api/articles/{slug}/favorite',
  DeleteArticleFavorite: 'delete /api/articles/{slug}/favorite',
  GetTags: 'get /api/tags',
};

interface Document {
  readonly paths: Record<
    string,
    Record<string, { readonly operationId?: string; readonly security?: object[]; readonly responses: Record<string, unknown> }>
  >;
  readonly components: { readonly securitySchemes: Record<string, unknown> };
}

await describeConduit('API docs', (conduit) => {
  test('the document has every operation of the specification, and no other below /api', async () => {
    const document = (await conduit().app.client.get('/openapi.json')).json() as Document;
    const found = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/api'))
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, { operationId }]) => [operationId, `${method} ${path}`]));
    expect(Object.fromEntries(found)).toEqual(operations);
  });

  test('the document says which operations need a token, and where one is optional', async () => {
    const { paths, components } = (await conduit().app.client.get('/openapi.json')).json() as Document;
    expect(components.securitySchemes).toHaveProperty('Token', {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: expect.any(String),
    });
    expect(paths['/api/user']!['get']!.security).toEqual([{ Token: [] }]);
    expect(paths['/api/articles']!['get']!.security).toEqual([{ Token: [] }, {}]);
    expect(paths['/api/user']!['get']!.responses).toHaveProperty('401');
  });

  test('the docs page is there', async () => {
    const response = await conduit().app.client.get('/docs');
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toContain('text/html');
  });
});
