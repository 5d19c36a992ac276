import { randomBytes } from 'node:crypto';
import { testApp } from '@plinth/testing';
import { expect, test } from 'vitest';
import { AppModule } from '../src/app.module.js';

const start = (HTTP_RATE_LIMITS: string | undefined) =>
  testApp(AppModule)
    .env({ DATABASE_URL: 'sqlite::memory:', CONDUIT_DEMO: 'false', APP_KEY: randomBytes(32).toString('base64'), HTTP_RATE_LIMITS })
    .start();
const login = { json: { user: { email: 'ann@example.com', password: 'password of eight or more' } } };

test('a test suite that signs in a hundred times and reads a thousand times meets no limit', async () => {
  await using app = await start(undefined);
  for (let index = 0; index < 1_000; index++) expect((await app.client.request('GET', '/api/tags')).status).toBe(200);
  for (let index = 0; index < 100; index++) {
    const answer = await app.client.request('POST', '/api/users/login', { json: { user: { email: 'nobody' } } });
    expect(answer.status).toBe(422);
  }
}, 30_000);

test('the environment sets the limits: of all requests, and of registration and sign-in together', async () => {
  await using app = await start('default=5/1m, sign-in=2/1m');
  const statuses: number[] = [];
  for (let index = 0; index < 6; index++) statuses.push((await app.client.request('GET', '/api/tags')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const signIns = [
    (await app.client.request('POST', '/api/users', { json: { user: { username: 'ann', ...login.json.user } } })).status,
    (await app.client.request('POST', '/api/users/login', login)).status,
  ];
  expect(signIns).toEqual([201, 200]);
  const refused = await app.client.request('POST', '/api/users/login', login);
  expect([refused.status, refused.headers['retry-after'], refused.headers['ratelimit-policy']]).toEqual([429, '30', '"sign-in";q=2;w=60']);
  expect(refused.json()).toHaveProperty('errors');
});
