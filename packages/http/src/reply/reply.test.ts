import { expect, test } from 'vitest';
import { accepted, created, noContent, ok, reply } from './reply.js';

test('each helper has its status', () => {
  expect([ok(1), created(1), accepted(1), noContent(), reply(418, 1)].map(({ status }) => status)).toEqual([200, 201, 202, 204, 418]);
});

test('headers and cookies are added without changing the reply that is there', () => {
  const plain = created({ id: 1 }, { headers: { location: '/1' } });
  const full = plain.withHeaders({ etag: '"1"', location: '/2' }).withCookie('sid', 'x', { maxAge: 0 }).withCookie('b', 'y');
  expect(full).toMatchObject({ status: 201, body: { id: 1 }, headers: { etag: '"1"', location: '/2' } });
  expect(full.cookies).toEqual([
    { name: 'sid', value: 'x', options: { maxAge: 0 } },
    { name: 'b', value: 'y' },
  ]);
  expect(plain).toMatchObject({ headers: { location: '/1' }, cookies: undefined });
});
