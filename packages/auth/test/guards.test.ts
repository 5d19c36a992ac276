import { Injectable, Module, provideAlias, REQUEST_CONTEXT, type App, type ModuleOptions } from '@plinth/core';
import { anyOf, get, guarded, HttpModule, inject, optional, post, type Guard } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  bearer,
  clearSite,
  readSessionCookie,
  role,
  session,
  SESSION_COOKIE,
  sessionOf,
  Sessions,
  setSessionCookie,
  Tokens,
  USERS,
  type AuthUser,
} from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

interface Person extends AuthUser {
  readonly name: string;
  readonly roles: readonly string[];
}

@Injectable({ deps: [] })
class People {
  readonly all = new Map<string, Person>([
    ['1', { id: '1', name: 'Ada', roles: ['admin'] }],
    ['2', { id: '2', name: 'Bob', roles: [] }],
  ]);

  async findById(id: string): Promise<Person | undefined> {
    return this.all.get(id);
  }
}

const Name = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
const byToken = guarded(bearer({ users: People }));
const byCustomScheme = guarded(bearer({ scheme: 'Token', users: People }));
const byCookie = guarded(sessionOf({ users: People }));
const byEither = guarded(anyOf(sessionOf({ users: People }), bearer({ users: People })));
const visitor = guarded(optional(bearer({ users: People })));
const visitorWithCookie = guarded(optional(sessionOf({ users: People })));
const admin = guarded(bearer({ users: People }), role('admin', 'owner'));

const module: ModuleOptions = {
  imports: [HttpModule.with({})],
  providers: [People, provideAlias(USERS, People)],
  routes: [
    byToken.get('/token', { returns: Name }, ({ user }) => ({ name: user.name })),
    byCustomScheme.get('/custom', { returns: Name }, ({ user }) => ({ name: user.name })),
    byCookie.get('/cookie', { returns: Name }, ({ user }) => ({ name: user.name })),
    byCookie.post('/cookie', { returns: Name }, ({ user }) => ({ name: user.name })),
    byEither.get('/either', { returns: Name }, ({ user }) => ({ name: user.name })),
    visitor.get('/visitor', { returns: Name }, ({ user }) => ({ name: user?.name ?? 'nobody' })),
    visitorWithCookie.post('/visitor', { returns: Name }, ({ user }) => ({ name: user?.name ?? 'nobody' })),
    admin.get('/admin', { returns: Name }, ({ user }) => ({ name: user.name })),
    guarded(role('admin') as Guard).get('/nobody', { returns: Name }, () => ({ name: 'nobody' })),
    guarded(session).get('/default', { returns: Name }, ({ user }) => ({ name: user.id })),
    post(
      '/sign-in',
      { open: true, returns: { 204: null } },
      async (context, sessions) => {
        setSessionCookie(context, await sessions.create('1', { replaces: readSessionCookie(context) }));
      },
      { deps: [Sessions] },
    ),
    byCookie.post(
      '/sign-out',
      { returns: { 204: null } },
      async (context, sessions) => {
        await sessions.end(readSessionCookie(context)!);
        clearSite(context);
      },
      { deps: [Sessions] },
    ),
    byEither.get('/actor', { returns: Name }, (_context, contexts) => ({ name: String(contexts.current()?.actor) }), {
      deps: [REQUEST_CONTEXT],
    }),
    get('/open', { open: true, returns: Name }, () => ({ name: 'anybody' })),
  ],
};

const start = (clock = new StillClock()): Promise<App> => startAuth({}, { module, clock });
const call = (app: App, method: string, url: string, headers: Record<string, string> = {}): ReturnType<typeof inject> =>
  inject(app, { method, url, headers });
const tokenOf = async (app: App, id: string): Promise<string> => (await app.get(Tokens).sign(id)).token;
const cookieOf = async (app: App, id: string): Promise<string> => `${SESSION_COOKIE}=${(await app.get(Sessions).create(id)).token}`;
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

test('a bearer token gives the handler the user of the application, typed [AU-05]', async () => {
  await using app = await start();
  const answer = await call(app, 'GET', '/token', { authorization: `Bearer ${await tokenOf(app, '1')}` });
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual({ name: 'Ada' });
});

test('without a token the answer is 401 and names the scheme', async () => {
  await using app = await start();
  const answer = await call(app, 'GET', '/token');
  expect(answer.status).toBe(401);
  expect(answer.json()).toMatchObject({ code: 'HTTP_NO_CREDENTIAL' });
  expect(answer.headers['www-authenticate']).toBe('Bearer');
});

test('a bad, foreign or expired token is 401, and so is the token of a user who is gone', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const stale = await tokenOf(app, '1');
  clock.forward(3_600);
  for (const [token, code] of [
    ['', 'AUTH_TOKEN_INVALID'],
    ['a.b.c', 'AUTH_TOKEN_INVALID'],
    [stale, 'AUTH_TOKEN_EXPIRED'],
    [await tokenOf(app, 'gone'), 'AUTH_TOKEN_INVALID'],
  ]) {
    const answer = await call(app, 'GET', '/token', { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code });
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  }
});

test('a scheme without a token is a bad token, not none', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/visitor', { authorization: 'Bearer' })).status).toBe(401);
  expect((await call(app, 'GET', '/visitor', { authorization: 'Bearer ' })).status).toBe(401);
});

test('of several session cookies none is taken, and the browser is told to forget them', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  for (const header of [`${cookie}; ${SESSION_COOKIE}=x`, `${SESSION_COOKIE}=x; a=b;${cookie}`, `${cookie}; ${cookie}`]) {
    for (const [method, path] of [
      ['GET', '/cookie'],
      ['POST', '/visitor'],
    ] as const) {
      const answer = await call(app, method, path, { cookie: header });
      expect(answer.status, header).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'AUTH_SESSION_COOKIE' });
      expect(String(answer.headers['set-cookie'])).toContain(`${SESSION_COOKIE}=;`);
    }
  }
  expect((await call(app, 'GET', '/cookie', { cookie: `x${cookie}; ${cookie}; a=${cookie}` })).status).toBe(200);
});

test('a store that finds null instead of nothing lets nobody in', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  app.get(People).findById = () => Promise.resolve(null as unknown as undefined);
  expect((await call(app, 'GET', '/cookie', { cookie })).status).toBe(401);
  expect((await call(app, 'GET', '/token', { authorization: `Bearer ${await tokenOf(app, '1')}` })).status).toBe(401);
});

test('a guard takes exactly its scheme, in any letter case, and no other', async () => {
  await using app = await start();
  const token = await tokenOf(app, '1');
  for (const [scheme, status] of [
    ['Token', 200],
    ['token', 200],
    ['TOKEN', 200],
    ['Bearer', 401],
    ['Tokens', 401],
    ['Basic', 401],
  ] as const) {
    expect((await call(app, 'GET', '/custom', { authorization: `${scheme} ${token}` })).status, scheme).toBe(status);
  }
  expect((await call(app, 'GET', '/custom', { authorization: token })).status).toBe(401);
  for (const blank of ['  ', '\t', ' \t', '   '])
    expect((await call(app, 'GET', '/custom', { authorization: `Token${blank}${token}` })).status, JSON.stringify(blank)).toBe(401);
  expect((await call(app, 'GET', '/custom', { authorization: `Token ${token} ${token}` })).status).toBe(401);
});

test('an optional guard lets a visitor without a token in, but not one with a bad token', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/visitor')).json()).toEqual({ name: 'nobody' });
  expect((await call(app, 'GET', '/visitor', { authorization: `Bearer ${await tokenOf(app, '2')}` })).json()).toEqual({ name: 'Bob' });
  expect((await call(app, 'GET', '/visitor', { authorization: 'Bearer x' })).status).toBe(401);
});

test('a role refuses who lacks it with 403, and who is nobody with 401 [AU-15]', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/admin', { authorization: `Bearer ${await tokenOf(app, '1')}` })).status).toBe(200);
  const refused = await call(app, 'GET', '/admin', { authorization: `Bearer ${await tokenOf(app, '2')}` });
  expect(refused.status).toBe(403);
  expect(refused.json()).toMatchObject({ code: 'AUTH_ROLE_MISSING' });
  expect((await call(app, 'GET', '/admin')).status).toBe(401);
});

test('a role that is taken away is gone with the next request [AU-15]', async () => {
  await using app = await start();
  const authorization = `Bearer ${await tokenOf(app, '1')}`;
  app.get(People).all.set('1', { id: '1', name: 'Ada', roles: [] });
  expect((await call(app, 'GET', '/admin', { authorization })).status).toBe(403);
});

test('a role whose user has no list of roles lets nobody in and says AUTH_USER_WITHOUT_ROLES', async () => {
  await using app = await start();
  app.get(People).all.set('1', { id: '1', name: 'Ada' } as Person);
  const answer = await call(app, 'GET', '/admin', { authorization: `Bearer ${await tokenOf(app, '1')}` });
  expect(answer.status).toBe(500);
  expect(answer.json()).toMatchObject({ code: 'AUTH_USER_WITHOUT_ROLES' });
  // The compiler refuses this one unless it is lied to.
  expect((await call(app, 'GET', '/nobody')).json()).toMatchObject({ code: 'AUTH_USER_WITHOUT_ROLES' });
});

test('signing in sets a __Host- cookie that scripts cannot read and other sites do not send [AU-01]', async () => {
  await using app = await start();
  const answer = await call(app, 'POST', '/sign-in');
  expect(answer.status).toBe(204);
  const cookie = String(answer.headers['set-cookie']);
  expect(cookie).toMatch(/^__Host-sid=[\w-]{68}; /);
  for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) expect(cookie.toLowerCase()).toContain(part.toLowerCase());
  expect(cookie.toLowerCase()).not.toMatch(/domain=|max-age=|expires=/);
  expect(answer.headers['cache-control']).toContain('no-store');
  const pair = cookie.split(';')[0]!;
  expect((await call(app, 'GET', '/cookie', { cookie: pair })).json()).toEqual({ name: 'Ada' });
});

test('the session before a sign-in is not the session after it [AU-02]', async () => {
  await using app = await start();
  const before = await cookieOf(app, '2');
  const answer = await call(app, 'POST', '/sign-in', { cookie: before });
  const after = String(answer.headers['set-cookie']).split(';')[0]!;
  expect(after).not.toBe(before);
  expect((await call(app, 'GET', '/cookie', { cookie: before })).status).toBe(401);
  expect((await call(app, 'GET', '/cookie', { cookie: after })).json()).toEqual({ name: 'Ada' });
});

test('signing out ends the session, takes the cookie away and clears the site', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  const answer = await call(app, 'POST', '/sign-out', { cookie, ...sameOrigin });
  expect(answer.status).toBe(204);
  expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-sid=;.*max-age=0/i);
  expect(answer.headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
  expect((await call(app, 'GET', '/cookie', { cookie })).status).toBe(401);
});

test('a cookie whose session is over is 401 and is taken away; without a cookie it is 401 too', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const cookie = await cookieOf(app, '1');
  clock.forward(1_800);
  const answer = await call(app, 'GET', '/cookie', { cookie });
  expect(answer.status).toBe(401);
  expect(answer.json()).toMatchObject({ code: 'AUTH_SESSION_ENDED' });
  expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-sid=;/);
  expect((await call(app, 'GET', '/cookie')).json()).toMatchObject({ code: 'HTTP_NO_CREDENTIAL' });
});

test('the session of a user who is gone ends', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '2');
  app.get(People).all.delete('2');
  expect((await call(app, 'GET', '/cookie', { cookie })).status).toBe(401);
  expect(await app.get(Sessions).list('2')).toEqual([]);
});

test('an unsafe request with the cookie must come from this site, a bearer token need not [AU-14]', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  expect((await call(app, 'POST', '/cookie', { cookie, ...sameOrigin })).status).toBe(200);
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    {},
  ];
  for (const headers of foreign) {
    const refused = await call(app, 'POST', '/cookie', { cookie, ...headers });
    expect(refused.status).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'HTTP_CROSS_SITE' });
  }
  const token = await tokenOf(app, '1');
  expect((await call(app, 'GET', '/either', { authorization: `Bearer ${token}`, 'sec-fetch-site': 'cross-site' })).status).toBe(200);
});

test('an optional session guard checks the site too, and leaves visitors without a cookie alone [AU-14]', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  expect((await call(app, 'POST', '/visitor', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await call(app, 'POST', '/visitor', { 'sec-fetch-site': 'cross-site' })).json()).toEqual({ name: 'nobody' });
});

test('of two ways to sign in the first that works is taken, and 401 tells of both [AU-07]', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/either', { cookie: await cookieOf(app, '1') })).json()).toEqual({ name: 'Ada' });
  expect((await call(app, 'GET', '/either', { authorization: `Bearer ${await tokenOf(app, '2')}` })).json()).toEqual({ name: 'Bob' });
  const refused = await call(app, 'GET', '/either');
  expect(refused.status).toBe(401);
  expect(refused.text()).toContain('session cookie');
  expect(refused.text()).toContain('access token');
});

test('whoever was let in is the actor of the request context', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/actor', { cookie: await cookieOf(app, '1') })).json()).toEqual({ name: '1' });
  expect((await call(app, 'GET', '/actor', { authorization: `Bearer ${await tokenOf(app, '2')}` })).json()).toEqual({ name: '2' });
});

test('a guard without options takes the users that are provided as USERS', async () => {
  await using app = await start();
  expect((await call(app, 'GET', '/default', { cookie: await cookieOf(app, '2') })).json()).toEqual({ name: '2' });
});

test('a guard whose users are not provided where the route is stops the start', async () => {
  @Module({ routes: [guarded(session).get('/', { returns: Name }, ({ user }) => ({ name: user.id }))] })
  class Lonely {}
  const error: unknown = await startAuth({}, { module: { imports: [HttpModule.with({}), Lonely] } }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('USERS');
});

test('a store that fails lets nobody in', async () => {
  await using app = await start();
  const cookie = await cookieOf(app, '1');
  app.get(People).findById = () => Promise.reject(new Error('the database is away'));
  expect((await call(app, 'GET', '/cookie', { cookie })).status).toBe(500);
  expect((await call(app, 'GET', '/token', { authorization: `Bearer ${await tokenOf(app, '1')}` })).status).toBe(500);
});
