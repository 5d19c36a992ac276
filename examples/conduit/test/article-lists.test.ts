import { expectQueries } from '@plinth/data/testing';
import { expect, test } from 'vitest';
import { answerOf, describeConduit, refusal } from './support.js';

interface Many {
  readonly articles: {
    readonly slug: string;
    readonly favorited: boolean;
    readonly favoritesCount: number;
    readonly author: { readonly following: boolean };
  }[];
  readonly articlesCount: number;
}

await describeConduit('lists of articles', (conduit) => {
  const list = async (path: string, token?: string): Promise<Many> => {
    const response = await conduit().request('GET', path, { token });
    expect(response.status).toBe(200);
    return response.json() as Many;
  };
  const slugs = ({ articles }: Many): string[] => articles.map((article) => article.slug);

  test('a list is empty before anything is written', async () => {
    expect(await list('/articles')).toEqual({ articles: [], articlesCount: 0 });
    expect((await conduit().request('GET', '/tags')).json()).toEqual({ tags: [] });
  });

  test('a list shows everything but the bodies, the newest first', async () => {
    const token = await conduit().register('lister');
    for (const title of ['One', 'Two', 'Three']) await conduit().write(token, { title, tagList: ['number', title] });
    const found = await list('/articles?author=lister');
    expect(slugs(found)).toEqual(['three', 'two', 'one']);
    expect(found.articlesCount).toBe(3);
    expect(found.articles[0]).toEqual({
      slug: 'three',
      title: 'Three',
      description: 'about it',
      tagList: ['Three', 'number'],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      favorited: false,
      favoritesCount: 0,
      author: { username: 'lister', bio: null, image: null, following: false },
    });
  });

  test('limit and offset cut a page out, and the count stays that of all', async () => {
    const pages = [
      ['limit=2', ['three', 'two']],
      ['limit=2&offset=1', ['two', 'one']],
      ['offset=2', ['one']],
      ['limit=1&offset=5', []],
    ] as const;
    for (const [query, expected] of pages) {
      const found = await list(`/articles?author=lister&${query}`);
      expect(slugs(found), query).toEqual(expected);
      expect(found.articlesCount, query).toBe(3);
    }
  });

  test('limit and offset are whole numbers in range', async () => {
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=x', 'limit'],
      ['limit=1.5', 'limit'],
      ['offset=-1', 'offset'],
      ['offset=1e99', 'offset'],
    ] as const) {
      const response = await conduit().request('GET', `/articles?${query}`);
      expect(response.status, query).toBe(422);
      expect(Object.keys((response.json() as { errors: object }).errors), query).toEqual([field]);
    }
    expect((await conduit().request('GET', '/articles?limit=100000&unknown=1')).status).toBe(200);
    expect((await list('/articles?offset=9007199254740991')).articles).toEqual([]);
  });

  test('filters by tag, author and who likes it can be combined', async () => {
    const ada = await conduit().register('ada');
    const bob = await conduit().register('bob');
    const first = await conduit().write(ada, { title: 'Ada on fire', tagList: ['fire'] });
    const second = await conduit().write(ada, { title: 'Ada on water', tagList: ['water'] });
    const third = await conduit().write(bob, { title: 'Bob on fire', tagList: ['fire'] });
    await conduit().request('POST', `/articles/${first}/favorite`, { token: bob });
    await conduit().request('POST', `/articles/${third}/favorite`, { token: bob });
    expect(slugs(await list('/articles?tag=fire'))).toEqual([third, first]);
    expect(slugs(await list('/articles?author=ada'))).toEqual([second, first]);
    expect(slugs(await list('/articles?favorited=bob'))).toEqual([third, first]);
    expect(slugs(await list('/articles?favorited=bob&author=ada&tag=fire'))).toEqual([first]);
    for (const query of ['tag=nothing', 'author=nobody', 'favorited=nobody', 'tag=FIRE', `tag=${encodeURIComponent("' or 1=1 --")}`]) {
      expect(await list(`/articles?${query}`), query).toEqual({ articles: [], articlesCount: 0 });
    }
  });

  test('a list knows what its reader likes and whom the reader follows', async () => {
    const reader = await conduit().register('knowing');
    await conduit().request('POST', '/profiles/ada/follow', { token: reader });
    await conduit().request('POST', '/articles/ada-on-water/favorite', { token: reader });
    const seen = (await list('/articles?author=ada', reader)).articles.map(({ slug, favorited, favoritesCount, author }) => [
      slug,
      favorited,
      favoritesCount,
      author.following,
    ]);
    expect(seen).toEqual([
      ['ada-on-water', true, 1, true],
      ['ada-on-fire', false, 1, true],
    ]);
    const unseen = (await list('/articles?author=ada')).articles.map(({ slug, favorited, favoritesCount, author }) => [
      slug,
      favorited,
      favoritesCount,
      author.following,
    ]);
    expect(unseen).toEqual([
      ['ada-on-water', false, 1, false],
      ['ada-on-fire', false, 1, false],
    ]);
  });

  test('the feed holds what the followed write, page by page, and nothing else', async () => {
    const reader = await conduit().register('feeding');
    expect(await list('/articles/feed', reader)).toEqual({ articles: [], articlesCount: 0 });
    await conduit().request('POST', '/profiles/ada/follow', { token: reader });
    await conduit().request('POST', '/profiles/lister/follow', { token: reader });
    const feed = await list('/articles/feed', reader);
    expect(slugs(feed)).toEqual(['ada-on-water', 'ada-on-fire', 'three', 'two', 'one']);
    expect(feed.articles.every((article) => article.author.following)).toBe(true);
    const page = await list('/articles/feed?limit=2&offset=1', reader);
    expect([slugs(page), page.articlesCount]).toEqual([['ada-on-fire', 'three'], 5]);
    await conduit().request('DELETE', '/profiles/lister/follow', { token: reader });
    expect((await list('/articles/feed', reader)).articlesCount).toBe(2);
    expect(answerOf(await conduit().request('GET', '/articles/feed'))).toEqual(refusal(401, { token: ['is missing'] }));
  });

  test('tags are listed, those of most articles first', async () => {
    const { tags } = (await conduit().request('GET', '/tags')).json() as { tags: string[] };
    expect(tags[0]).toBe('number');
    expect(tags.slice(1).sort()).toEqual(['One', 'Three', 'Two', 'fire', 'water']);
  });

  test('a list takes a query, one for the number of all, and one for each relation, whatever its length', async () => {
    const writers = await Promise.all(['w1', 'w2', 'w3', 'w4'].map((name) => conduit().register(name)));
    for (const [index, token] of [...writers, ...writers, ...writers].entries()) {
      const slug = await conduit().write(token, { title: `Many ${index}`, tagList: ['many', `tag ${index}`] });
      await conduit().request('POST', `/articles/${slug}/favorite`, { token: writers[0] });
    }
    for (const name of ['w2', 'w3', 'w4']) await conduit().request('POST', `/profiles/${name}/follow`, { token: writers[0] });
    const counted = async (queries: number, path: string, token?: string): Promise<number> =>
      (await expectQueries(conduit().database, queries, () => list(path, token))).articles.length;
    for (const limit of [1, 4, 9]) {
      // The number of all, the page, its authors, tags and numbers of favourites.
      expect(await counted(5, `/articles?tag=many&favorited=w1&limit=${limit}`)).toBe(limit);
      // And who it is, whom of the authors, and what of the page he or she likes.
      expect(await counted(8, `/articles?tag=many&favorited=w1&limit=${limit}`, writers[0])).toBe(limit);
      expect(await counted(8, `/articles/feed?limit=${limit}`, writers[0])).toBe(limit);
    }
    expect(await counted(1, '/articles?tag=nothing')).toBe(0);
  });
});
