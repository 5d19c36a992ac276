import { newId } from '@plinth/core';
import { expect, test } from 'vitest';
import { definePermissions, defineRoles, Impersonation, sessionRoutes } from '@plinth/auth';
import { codeFrom, start, type Started } from './sign-in-support.js';

const MINUTES = 60_000;

interface Listed {
  readonly id: string;
  readonly current: boolean;
}

async function twoBrowsers(t: Started) {
  const [laptop, phone] = [t.browser(), t.browser('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1')];
  await laptop.signIn('ada');
  await t.clock.advance(5 * MINUTES);
  await phone.signIn('ada', { remember: true });
  const listed = async (): Promise<Listed[]> => (await laptop.client.get('/account/sessions')).json() as Listed[];
  return { laptop, phone, listed };
}

test('users see where they are signed in, the session used last first, and nothing that opens one [AU-02]', async () => {
  await using t = await start();
  const { laptop, phone } = await twoBrowsers(t);
  await t.sessions.create('ada', { pending: true });
  await t.sessions.create('eve');
  const response = await phone.client.get('/account/sessions');
  expect(response.json()).toEqual([
    {
      id: expect.any(String) as string,
      current: true,
      device: { agent: 'Safari on iOS', network: '127.0.0.0/24' },
      createdAt: '2026-06-01T12:05:00.000Z',
      seenAt: '2026-06-01T12:05:00.000Z',
      methods: ['pwd'],
    },
    expect.objectContaining({ current: false, createdAt: '2026-06-01T12:00:00.000Z' }),
  ]);
  expect(response.headers['cache-control']).toBe('no-store');
  for (const { cookie } of [laptop, phone]) expect(response.text()).not.toContain(cookie);
});

test('a session without a device is listed without one [AU-02]', async () => {
  await using t = await start();
  const browser = t.browser();
  browser.cookie = (await t.sessions.create('ada')).token;
  expect((await browser.client.get('/account/sessions')).json()).toMatchObject([{ device: null, methods: [] }]);
});

test('ending a session from the list signs out there and nowhere else [AU-02]', async () => {
  await using t = await start();
  const { laptop, phone, listed } = await twoBrowsers(t);
  const other = (await listed()).find(({ current }) => !current)!;
  const ended = await laptop.client.delete(`/account/sessions/${other.id}`);
  expect([ended.status, ended.headers['set-cookie']]).toEqual([204, undefined]);
  expect([await phone.status(), await laptop.status()]).toEqual([401, 200]);
  const again = await laptop.client.delete(`/account/sessions/${other.id}`);
  expect([again.status, codeFrom(again)]).toEqual([404, 'AUTH_SESSION_UNKNOWN']);
  expect(t.events.find(({ type }) => type === 'session.revoked')).toMatchObject({ userId: 'ada', details: { ended: other.id } });
});

test('ending one’s own session from the list is signing out: the browser forgets what it has [AU-02]', async () => {
  await using t = await start();
  const { laptop, listed } = await twoBrowsers(t);
  const own = (await listed()).find(({ current }) => current)!;
  const ended = await laptop.client.delete(`/account/sessions/${own.id}`);
  expect(ended.status).toBe(204);
  expect(ended.headers['clear-site-data']).toBeDefined();
  expect(laptop.cookie).toBe('');
});

test('the session of another user is unknown here, and goes on [AU-02]', async () => {
  await using t = await start();
  const [ada, eve] = [t.browser(), t.browser()];
  await ada.signIn('ada');
  await eve.signIn('eve');
  const [{ id }] = (await ada.client.get('/account/sessions')).json() as [Listed];
  const refused = await eve.client.delete(`/account/sessions/${id}`);
  expect([refused.status, codeFrom(refused)]).toEqual([404, 'AUTH_SESSION_UNKNOWN']);
  expect(await ada.status()).toBe(200);
});

test('what is the id of no session ends none [AU-02]', async () => {
  await using t = await start();
  const browser = t.browser();
  await browser.signIn('ada');
  for (const id of [newId(), 'x', '1', '__proto__', "' or 1=1 --", '\u{1f600}', 'a'.repeat(100)])
    expect([id, codeFrom(await browser.client.delete(`/account/sessions/${encodeURIComponent(id)}`))]).toEqual([
      id,
      'AUTH_SESSION_UNKNOWN',
    ]);
  expect(await browser.status()).toBe(200);
});

test('ending the others leaves this one, with a new token: a copy of the cookie is signed out as well [AU-02]', async () => {
  await using t = await start();
  const { laptop, phone } = await twoBrowsers(t);
  const eve = t.browser();
  await eve.signIn('eve');
  const thief = laptop.copy();
  const ended = await laptop.client.delete('/account/sessions');
  expect([ended.status, ended.json()]).toEqual([200, { ended: 1 }]);
  expect([await laptop.status(), await phone.status(), await thief.status(), await eve.status()]).toEqual([200, 401, 401, 200]);
  expect((await laptop.client.delete('/account/sessions')).json()).toEqual({ ended: 0 });
});

test('the others end too where this one is being rotated at the same time [AU-02]', async () => {
  await using t = await start();
  const { laptop, phone } = await twoBrowsers(t);
  const answers = await Promise.all([1, 2, 3].map(() => laptop.copy().client.delete('/account/sessions')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await phone.status()).toBe(401);
  expect(await t.sessions.list('ada')).toHaveLength(1);
});

test('a cookie of before the others were ended ends the session when it turns up later [AU-02]', async () => {
  await using t = await start();
  const { laptop } = await twoBrowsers(t);
  const thief = laptop.copy();
  await laptop.client.delete('/account/sessions');
  await t.clock.advance(2 * MINUTES);
  expect(await laptop.status()).toBe(200);
  expect([await thief.status(), await laptop.status()]).toEqual([401, 401]);
});

test('another site ends no session [AU-02]', async () => {
  await using t = await start();
  const { laptop, phone, listed } = await twoBrowsers(t);
  const foreign = laptop.client.with({ headers: { 'sec-fetch-site': 'cross-site' } });
  const [{ id }] = (await listed()) as [Listed];
  for (const path of ['/account/sessions', `/account/sessions/${id}`]) {
    const refused = await foreign.delete(path);
    expect([refused.status, codeFrom(refused)]).toEqual([403, 'HTTP_CROSS_SITE']);
  }
  expect([await laptop.status(), await phone.status()]).toEqual([200, 200]);
});

test('nobody who is not signed in sees or ends sessions [AU-02]', async () => {
  await using t = await start();
  const stranger = t.browser().client;
  for (const method of ['GET', 'DELETE']) expect((await stranger.request(method, '/account/sessions')).status).toBe(401);
  expect((await stranger.delete(`/account/sessions/${newId()}`)).status).toBe(401);
});

test('the routes of sessions are where the author wants them [AU-02]', () => {
  const paths = Object.values(sessionRoutes({ prefix: '/api/me' })).map(({ method, path }) => `${method} ${path}`);
  expect(paths).toEqual(['GET /api/me/sessions', 'DELETE /api/me/sessions/:id', 'DELETE /api/me/sessions']);
});

test('whoever acts as another user looks at what that one has, and ends and changes nothing of it [AU-02]', async () => {
  const permissions = definePermissions({ act: 'Act as another user' });
  const roles = defineRoles(permissions, { support: { permits: ['act'] } });
  await using t = await start({ auth: { impersonation: { roles, permission: 'act' } } });
  const [support, ada] = [t.browser(), t.browser()];
  await support.signIn('support');
  await ada.signIn('ada');
  await ada.enrol(t.clock);
  support.cookie = (await t.app.get(Impersonation).begin(support.cookie, { userId: 'ada', reason: 'case 7' })).token;
  const [{ id, current }] = (await support.client.get('/account/sessions')).json() as [Listed];
  expect([id, current]).toEqual([(await t.sessions.list('ada'))[0]!.id, false]);
  expect((await support.client.get('/account/second-factor')).json()).toEqual({ factors: ['totp', 'recovery-code'], recoveryCodes: 10 });
  for (const path of ['/account/sessions', `/account/sessions/${id}`, '/account/second-factor/totp'])
    expect(codeFrom(await support.client.delete(path))).toBe('AUTH_IMPERSONATING');
  expect(await ada.status()).toBe(200);
});
