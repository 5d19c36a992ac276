import { expectQueries } from '@plinth/data/testing';
import { expect, test } from 'vitest';
import { answerOf, describeConduit, refusal } from './support.js';

interface One {
  readonly comment: { readonly id: number };
}

await describeConduit('comments', (conduit) => {
  test('a comment is written, shown to everybody with its author, and deleted', async () => {
    const token = await conduit().register('commenting');
    const slug = await conduit().write(token, { title: 'Commented' });
    const created = await conduit().request('POST', `/articles/${slug}/comments`, { token, json: { comment: { body: 'Thank you.' } } });
    expect(created.status).toBe(201);
    const comment = {
      id: expect.any(Number),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
      body: 'Thank you.',
      author: { username: 'commenting', bio: null, image: null, following: false },
    };
    expect(created.json()).toEqual({ comment });
    const { id } = (created.json() as One).comment;
    for (const reader of [undefined, token]) {
      expect((await conduit().request('GET', `/articles/${slug}/comments`, { token: reader })).json()).toEqual({
        comments: [(created.json() as One).comment],
      });
    }
    const deleted = await conduit().request('DELETE', `/articles/${slug}/comments/${id}`, { token });
    expect([deleted.status, deleted.text()]).toEqual([204, '']);
    expect((await conduit().request('GET', `/articles/${slug}/comments`)).json()).toEqual({ comments: [] });
  });

  test('a comment says something', async () => {
    const token = await conduit().register('silent');
    const slug = await conduit().write(token, { title: 'Silence' });
    for (const comment of [{}, { body: '' }, { body: '  ' }, { body: null }]) {
      expect(answerOf(await conduit().request('POST', `/articles/${slug}/comments`, { token, json: { comment } }))).toEqual(
        refusal(422, { body: ["can't be blank"] }),
      );
    }
  });

  test('only its author deletes a comment, not even the author of the article', async () => {
    const author = await conduit().register('host');
    const guest = await conduit().register('guest');
    const slug = await conduit().write(author, { title: 'Guests' });
    const { id } = (
      (await conduit().request('POST', `/articles/${slug}/comments`, { token: guest, json: { comment: { body: 'hello' } } })).json() as One
    ).comment;
    expect(answerOf(await conduit().request('DELETE', `/articles/${slug}/comments/${id}`, { token: author }))).toEqual(
      refusal(403, { comment: ['forbidden'] }),
    );
    expect((await conduit().request('GET', `/articles/${slug}/comments`)).json()).toMatchObject({ comments: [{ id }] });
    expect((await conduit().request('DELETE', `/articles/${slug}/comments/${id}`, { token: guest })).status).toBe(204);
  });

  test('a comment is found under its own article only', async () => {
    const token = await conduit().register('mixing');
    const [here, there] = [await conduit().write(token, { title: 'Here' }), await conduit().write(token, { title: 'There' })];
    const { id } = (
      (await conduit().request('POST', `/articles/${here}/comments`, { token, json: { comment: { body: 'here' } } })).json() as One
    ).comment;
    expect(answerOf(await conduit().request('DELETE', `/articles/${there}/comments/${id}`, { token }))).toEqual(
      refusal(404, { comment: ['not found'] }),
    );
    expect(answerOf(await conduit().request('DELETE', `/articles/${here}/comments/99999999`, { token }))).toEqual(
      refusal(404, { comment: ['not found'] }),
    );
    expect((await conduit().request('DELETE', `/articles/${here}/comments/x`, { token })).status).toBe(422);
  });

  test('without the article there are no comments, and without a token none is written', async () => {
    const token = await conduit().register('adrift');
    const json = { comment: { body: 'orphan' } };
    expect(answerOf(await conduit().request('GET', '/articles/nowhere/comments'))).toEqual(refusal(404, { article: ['not found'] }));
    expect(answerOf(await conduit().request('POST', '/articles/nowhere/comments', { token, json }))).toEqual(
      refusal(404, { article: ['not found'] }),
    );
    expect(answerOf(await conduit().request('DELETE', '/articles/nowhere/comments/1', { token }))).toEqual(
      refusal(404, { article: ['not found'] }),
    );
    expect(answerOf(await conduit().request('POST', '/articles/nowhere/comments', { json }))).toEqual(
      refusal(401, { token: ['is missing'] }),
    );
    expect(answerOf(await conduit().request('DELETE', '/articles/nowhere/comments/1'))).toEqual(refusal(401, { token: ['is missing'] }));
  });

  test('comments take the same number of queries however many they are', async () => {
    const tokens = await Promise.all(['c1', 'c2', 'c3'].map((name) => conduit().register(name)));
    const slug = await conduit().write(tokens[0]!, { title: 'Discussed' });
    const list = (token?: string) => conduit().request('GET', `/articles/${slug}/comments`, { token });
    for (const token of [...tokens, ...tokens]) {
      await conduit().request('POST', `/articles/${slug}/comments`, { token, json: { comment: { body: 'me too' } } });
      // The article, its comments, their authors.
      await expectQueries(conduit().database, 3, () => list());
      // And who it is, and whom of the authors he or she follows.
      await expectQueries(conduit().database, 5, () => list(token));
    }
  });
});
