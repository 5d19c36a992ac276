import { get, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from '../support/serve.js';

const Query = { type: 'object', properties: { account: { type: 'string' }, tag: { type: 'array', items: { type: 'string' } } } } as const;

test('a parameter of a query that stands twice where one is declared is refused', async () => {
  await using server = await build({
    routes: [get('/', { open: true, query: Query, returns: { type: 'string' } }, ({ query }) => `${query.account} ${query.tag?.length}`)],
  });
  expect((await inject(server.app, { url: '/?account=1&account=2' })).status).toBeGreaterThanOrEqual(400);
  expect((await inject(server.app, { url: '/?account=1&tag=a&tag=b' })).json()).toBe('1 2');
});
