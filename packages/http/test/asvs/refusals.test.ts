import { defineGuard, get, guarded, inject, post } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from '../support/serve.js';

const Account = { type: 'object', properties: { name: { type: 'string' } } } as const;
const failing = defineGuard({
  name: 'failing',
  run: () => {
    throw new TypeError('the directory is away');
  },
});

test('an application with a route that has neither a guard nor `open` does not start', async () => {
  const routes = [get('/accounts', { returns: Account } as unknown as { open: true; returns: typeof Account }, () => ({ name: 'Ada' }))];
  await expect(build({ routes })).rejects.toThrow(/HTTP_UNGUARDED/);
});

test('a field that the schema does not name is refused, and never reaches the handler', async () => {
  let reached = 0;
  const routes = [post('/accounts', { open: true, body: Account, returns: Account }, ({ body }) => (reached++, body))];
  await using server = await build({ routes });
  const headers = { 'content-type': 'application/json' };
  const answer = await inject(server.app, { method: 'POST', url: '/accounts', headers, body: '{"name":"Ada","isAdmin":true}' });
  expect(answer.status).toBe(422);
  expect(reached).toBe(0);
});

test('a field that the contract does not name never leaves', async () => {
  const row = { name: 'Ada', passwordHash: '$argon2id$' };
  await using server = await build({ routes: [get('/accounts', { open: true, returns: Account }, () => row)] });
  expect((await inject(server.app, { url: '/accounts' })).json()).toEqual({ name: 'Ada' });
});

test('a guard that breaks lets nobody in', async () => {
  let reached = 0;
  await using server = await build({ routes: [guarded(failing).get('/', { returns: Account }, () => (reached++, { name: 'x' }))] });
  expect((await inject(server.app, { url: '/' })).status).toBe(500);
  expect(reached).toBe(0);
});

test('an error that nobody expected tells the client its id and nothing else', async () => {
  const routes = [
    get('/', { open: true, returns: Account }, () => {
      throw new Error('relation "accounts" is away at 10.0.0.7');
    }),
  ];
  await using server = await build({ routes, env: { NODE_ENV: 'production', APP_HOSTS: 'localhost' } });
  const answer = await inject(server.app, { url: '/', headers: { host: 'localhost' } });
  expect(answer.status).toBe(500);
  expect(answer.text()).not.toMatch(/accounts|10\.0\.0\.7|Error:|\.ts/);
  expect(answer.text()).toContain(String(answer.headers['x-request-id']));
  expect(
    server.logs.some((line) => JSON.stringify(line).includes('10.0.0.7') && line['requestId'] === answer.headers['x-request-id']),
  ).toBe(true);
});
