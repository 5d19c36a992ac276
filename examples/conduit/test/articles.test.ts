import { expect, test } from 'vitest';
import { articleTags } from '../src/articles/article-tags.table.js';
import { comments } from '../src/comments/comments.table.js';
import { favorites } from '../src/favorites/favorites.table.js';
import { answerOf, describeConduit, refusal } from './support.js';

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
interface One {
  readonly article: {
    readonly slug: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly tagList: string[];
    readonly title: string;
    readonly body: string;
  };
}

await describeConduit('articles', (conduit) => {
  test('an article is written and read, by its author and by anybody', async () => {
    const token = await conduit().register('author');
    const article = {
      title: 'How to train your dragon',
      description: 'Ever wonder how?',
      body: 'Very carefully.',
      tagList: ['training', 'dragons'],
    };
    const created = await conduit().request('POST', '/articles', { token, json: { article } });
    expect(created.status).toBe(201);
    const expected = {
      ...article,
      slug: 'how-to-train-your-dragon',
      tagList: ['dragons', 'training'],
      createdAt: expect.stringMatching(isoTime),
      updatedAt: expect.stringMatching(isoTime),
      favorited: false,
      favoritesCount: 0,
      author: { username: 'author', bio: null, image: null, following: false },
    };
    expect(created.json()).toEqual({ article: expected });
    for (const reader of [undefined, token]) {
      const read = await conduit().request('GET', '/articles/how-to-train-your-dragon', { token: reader });
      expect(read.status).toBe(200);
      expect(read.json()).toEqual(created.json());
    }
  });

  test('title, description and body are needed, and each that is missing or blank is named', async () => {
    const token = await conduit().register('forgetful');
    const blank = ["can't be blank"];
    for (const article of [
      {},
      { title: '', description: '', body: '' },
      { title: ' ', description: '\t', body: '\n' },
      { title: null, description: null, body: null },
    ]) {
      const response = await conduit().request('POST', '/articles', { token, json: { article } });
      expect(answerOf(response)).toEqual(refusal(422, { title: blank, description: blank, body: blank }));
    }
  });

  test('tags are texts with something in them, each once', async () => {
    const token = await conduit().register('tagging');
    const slug = await conduit().write(token, { title: 'Tagged', tagList: ['b', 'a', ' a ', 'b', 'B'] });
    expect(((await conduit().request('GET', `/articles/${slug}`)).json() as One).article.tagList).toEqual(['B', 'a', 'b']);
    for (const tagList of [null, 'a', [''], [1], [' '], ['x'.repeat(65)]]) {
      const json = { article: { title: 't', description: 'd', body: 'b', tagList } };
      const response = await conduit().request('POST', '/articles', { token, json });
      expect(response.status, JSON.stringify(tagList)).toBe(422);
      expect(Object.keys((response.json() as { errors: object }).errors)).toEqual(['tagList']);
    }
  });

  test('two articles may have one title; each has its own slug, also when written at the same time', async () => {
    const token = await conduit().register('twice');
    const slugs = await Promise.all(Array.from({ length: 5 }, () => conduit().write(token, { title: 'The same title' })));
    expect(new Set(slugs).size).toBe(5);
    expect(slugs).toContain('the-same-title');
    for (const slug of slugs) expect(slug).toMatch(/^the-same-title(-[0-9a-f]{10})?$/);
  });

  test('a change keeps what it does not name, and moves updatedAt', async () => {
    const token = await conduit().register('editor');
    const slug = await conduit().write(token, { title: 'Before', tagList: ['kept'] });
    const before = ((await conduit().request('GET', `/articles/${slug}`)).json() as One).article;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const changed = await conduit().request('PUT', `/articles/${slug}`, { token, json: { article: { body: 'new body' } } });
    expect(changed.status).toBe(200);
    const { article } = changed.json() as One;
    expect(article).toEqual({ ...before, body: 'new body', updatedAt: expect.stringMatching(isoTime) });
    expect(article.updatedAt > before.updatedAt).toBe(true);
    expect((await conduit().request('GET', `/articles/${slug}`)).json()).toEqual({ article });
  });

  test('tags are replaced, removed by an empty list, and null is no list', async () => {
    const token = await conduit().register('retagging');
    const slug = await conduit().write(token, { title: 'Retagged', tagList: ['old'] });
    const change = (tagList: unknown) => conduit().request('PUT', `/articles/${slug}`, { token, json: { article: { tagList } } });
    expect(((await change(['new', 'newer'])).json() as One).article.tagList).toEqual(['new', 'newer']);
    expect(((await change([])).json() as One).article.tagList).toEqual([]);
    expect(answerOf(await change(null))).toEqual(refusal(422, { tagList: ["can't be blank"] }));
  });

  test('a new title gives a new slug, and the old one leads nowhere', async () => {
    const token = await conduit().register('renaming');
    const slug = await conduit().write(token, { title: 'The old name' });
    await conduit().write(token, { title: 'The new name' });
    const renamed = await conduit().request('PUT', `/articles/${slug}`, { token, json: { article: { title: 'The new name' } } });
    const { article } = renamed.json() as One;
    expect(article.slug).toMatch(/^the-new-name-[0-9a-f]{10}$/);
    expect(answerOf(await conduit().request('GET', `/articles/${slug}`))).toEqual(refusal(404, { article: ['not found'] }));
    const again = await conduit().request('PUT', `/articles/${article.slug}`, { token, json: { article: { title: 'The new name' } } });
    expect((again.json() as One).article.slug).toBe(article.slug);
  });

  test('an article that is deleted takes its tags, comments and favourites with it', async () => {
    const token = await conduit().register('deleting');
    const slug = await conduit().write(token, { title: 'Deleted', tagList: ['gone'] });
    await conduit().request('POST', `/articles/${slug}/favorite`, { token });
    await conduit().request('POST', `/articles/${slug}/comments`, { token, json: { comment: { body: 'gone' } } });
    const deleted = await conduit().request('DELETE', `/articles/${slug}`, { token });
    expect(deleted.status).toBe(204);
    expect(deleted.text()).toBe('');
    expect(answerOf(await conduit().request('GET', `/articles/${slug}`))).toEqual(refusal(404, { article: ['not found'] }));
    const { database } = conduit();
    expect(await database.repository(articleTags).count({ tag: 'gone' })).toBe(0);
    expect(await database.repository(comments).count({ body: { eq: 'gone' } })).toBe(0);
    expect(await database.repository(favorites).count()).toBe(0);
  });

  test('an article whose tags cannot be stored is not stored, nor changed', async () => {
    const token = await conduit().register('unlucky');
    const slug = await conduit().write(token, { title: 'Untouched' });
    await conduit().database.knex.schema.renameTable('article_tags', 'article_tags_away');
    const answers = await Promise.all([
      conduit().request('POST', '/articles', { token, json: { article: { title: 'Half', description: 'd', body: 'b', tagList: ['x'] } } }),
      conduit().request('PUT', `/articles/${slug}`, { token, json: { article: { body: 'changed', tagList: ['x'] } } }),
    ]).finally(() => conduit().database.knex.schema.renameTable('article_tags_away', 'article_tags'));
    expect([...answers.map(({ status }) => status), conduit().app.logs.errors().length]).toEqual([500, 500, 2]);
    expect((await conduit().request('GET', '/articles/half')).status).toBe(404);
    expect((await conduit().request('GET', `/articles/${slug}`)).json()).toMatchObject({ article: { body: 'what it says' } });
  });

  test('only its author changes or deletes an article', async () => {
    const slug = await conduit().write(await conduit().register('owner'), { title: 'Mine' });
    const token = await conduit().register('intruder');
    expect(answerOf(await conduit().request('PUT', `/articles/${slug}`, { token, json: { article: { body: 'x' } } }))).toEqual(
      refusal(403, { article: ['forbidden'] }),
    );
    expect(answerOf(await conduit().request('DELETE', `/articles/${slug}`, { token }))).toEqual(refusal(403, { article: ['forbidden'] }));
    expect((await conduit().request('GET', `/articles/${slug}`)).json()).toMatchObject({ article: { body: 'what it says' } });
  });

  test('what is not there is not found, and who is not signed in is told so first', async () => {
    const token = await conduit().register('lost');
    const json = { article: { body: 'x' } };
    expect(answerOf(await conduit().request('GET', '/articles/nowhere'))).toEqual(refusal(404, { article: ['not found'] }));
    expect(answerOf(await conduit().request('PUT', '/articles/nowhere', { token, json }))).toEqual(
      refusal(404, { article: ['not found'] }),
    );
    expect(answerOf(await conduit().request('DELETE', '/articles/nowhere', { token }))).toEqual(refusal(404, { article: ['not found'] }));
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', '/nowhere'],
      ['DELETE', '/nowhere'],
      ['GET', '/feed'],
    ] as const) {
      const body = method === 'POST' || method === 'PUT' ? { json } : {};
      expect(answerOf(await conduit().request(method, `/articles${path}`, body))).toEqual(refusal(401, { token: ['is missing'] }));
    }
  });

  test('texts of any script and length come back as they were sent', async () => {
    const token = await conduit().register('polyglot');
    const texts = {
      title: `Кириллица 漢字 'quoted' "double" \\ 100% _`,
      description: '👩‍👩‍👧‍👦 <b>&amp;</b>',
      body: `${'ß'.repeat(90_000)}\r\n\t`,
    };
    const created = await conduit().request('POST', '/articles', { token, json: { article: texts } });
    const { slug } = (created.json() as One).article;
    expect((await conduit().request('GET', `/articles/${encodeURIComponent(slug)}`)).json()).toMatchObject({ article: texts });
    const tooLong = await conduit().request('POST', '/articles', { token, json: { article: { ...texts, title: 'x'.repeat(251) } } });
    expect(tooLong.status).toBe(422);
  });
});
