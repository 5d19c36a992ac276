import { expect, test } from 'vitest';
import { describeConduit } from './support.js';

await describeConduit('error answers', (conduit) => {
  const shape = { errors: expect.any(Object) };

  test('also errors of the framework have the form of the specification', async () => {
    const json = { headers: { 'content-type': 'application/json' } };
    const answers = [
      [await conduit().request('POST', '/users', { ...json, body: '{"user":' }), 400],
      [await conduit().request('POST', '/users', { ...json, body: '{"user":{},"user":{}}' }), 400],
      [await conduit().request('POST', '/users', { headers: { 'content-type': 'text/plain' }, body: 'user' }), 415],
      [await conduit().request('POST', '/users', { ...json, body: JSON.stringify({ user: 'x'.repeat(1_100_000) }) }), 413],
      [await conduit().request('GET', '/nowhere'), 404],
      [await conduit().request('PATCH', '/user'), 405],
    ] as const;
    for (const [response, status] of answers) {
      expect(response.status).toBe(status);
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(response.json()).toEqual(shape);
      for (const sentences of Object.values((response.json() as { errors: object }).errors)) {
        expect(sentences).toEqual([expect.any(String)]);
      }
    }
  });

  test('a database that fails is a 500 that tells nothing of it', async () => {
    const token = await conduit().register('unlucky');
    await conduit().database.knex.schema.renameTable('favorites', 'favorites_away');
    try {
      const response = await conduit().request('POST', '/articles', {
        token,
        json: { article: { title: 't', description: 'd', body: 'b' } },
      });
      expect(response.status).toBe(500);
      expect(response.json()).toEqual(shape);
      expect(response.text()).not.toMatch(/select|sqlite|postgres|maria/i);
    } finally {
      await conduit().database.knex.schema.renameTable('favorites_away', 'favorites');
    }
    expect(conduit().app.logs.errors().length).toBeGreaterThan(0);
  });
});
