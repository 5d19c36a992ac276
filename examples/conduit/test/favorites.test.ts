import { expect, test } from 'vitest';
import { answerOf, describeConduit, refusal } from './support.js';

await describeConduit('favourites', (conduit) => {
  test('liking counts each user once, and shows to the user who likes', async () => {
    const author = await conduit().register('liked');
    const fan = await conduit().register('fan');
    const slug = await conduit().write(author, { title: 'Likeable' });
    const favor = async (method: string, token: string): Promise<unknown> => {
      const response = await conduit().request(method, `/articles/${slug}/favorite`, { token });
      expect(response.status).toBe(200);
      return (response.json() as { article: unknown }).article;
    };
    expect(await favor('POST', fan)).toMatchObject({ slug, body: 'what it says', favorited: true, favoritesCount: 1 });
    expect(await favor('POST', fan)).toMatchObject({ favorited: true, favoritesCount: 1 });
    expect(await favor('POST', author)).toMatchObject({ favorited: true, favoritesCount: 2 });
    expect((await conduit().request('GET', `/articles/${slug}`)).json()).toMatchObject({
      article: { favorited: false, favoritesCount: 2 },
    });
    expect(await favor('DELETE', fan)).toMatchObject({ favorited: false, favoritesCount: 1 });
    expect(await favor('DELETE', fan)).toMatchObject({ favorited: false, favoritesCount: 1 });
    expect((await conduit().request('GET', `/articles/${slug}`, { token: author })).json()).toMatchObject({
      article: { favorited: true, favoritesCount: 1 },
    });
  });

  test('ten likes at the same time of one user count once', async () => {
    const token = await conduit().register('eager');
    const slug = await conduit().write(token, { title: 'Clicked' });
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => conduit().request('POST', `/articles/${slug}/favorite`, { token })),
    );
    expect(responses.map((response) => response.status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect((await conduit().request('GET', `/articles/${slug}`)).json()).toMatchObject({ article: { favoritesCount: 1 } });
  });

  test('only who is signed in likes, and only what is there', async () => {
    const token = await conduit().register('liking');
    for (const method of ['POST', 'DELETE']) {
      expect(answerOf(await conduit().request(method, '/articles/nowhere/favorite'))).toEqual(refusal(401, { token: ['is missing'] }));
      expect(answerOf(await conduit().request(method, '/articles/nowhere/favorite', { token }))).toEqual(
        refusal(404, { article: ['not found'] }),
      );
    }
  });
});
