import { Injectable, provideAlias, type App, type ModuleOptions } from '@plinth/core';
import { guarded, HttpModule, inject, optional, post, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  clearSite,
  readSessionCookie,
  session,
  SESSION_COOKIE,
  sessionPending,
  Sessions,
  setSessionCookie,
  USERS,
  type AuthUser,
} from '@plinth/auth';
import { startAuth, StillClock } from '../support.js';

@Injectable({ deps: [] })
class People {
  findById(id: string): AuthUser | undefined {
    return id === 'nobody' ? undefined : { id };
  }
}

const returns = { type: 'string' } as const;
const Who = { type: 'object', properties: { user: { type: 'string' } }, required: ['user'] } as const;
const module: ModuleOptions = {
  imports: [HttpModule.with({ rateLimit: false })],
  providers: [People, provideAlias(USERS, People)],
  routes: [
    guarded(session).get('/me', { returns }, ({ user }) => user.id),
    guarded(optional(session)).get('/visitor', { returns }, ({ user }) => user?.id ?? 'visitor'),
    guarded(session).post('/change', { returns: { 204: null } }, () => undefined),
    guarded(session).put('/change', { returns: { 204: null } }, () => undefined),
    guarded(session).patch('/change', { returns: { 204: null } }, () => undefined),
    guarded(session).del('/change', { returns: { 204: null } }, () => undefined),
    guarded(sessionPending).post(
      '/second-step',
      { returns: { 204: null } },
      async (context, sessions) => {
        const confirmed = await sessions.confirm(readSessionCookie(context)!, { methods: ['otp'] });
        if (confirmed) setSessionCookie(context, confirmed);
      },
      { deps: [Sessions] },
    ),
    post(
      '/sign-in',
      { open: true, body: Who, returns: { 204: null } },
      async (context, sessions) => {
        setSessionCookie(context, await sessions.create(context.body.user, { replaces: readSessionCookie(context) }));
      },
      { deps: [Sessions] },
    ),
    guarded(session).post(
      '/sign-out',
      { returns: { 204: null } },
      async (context, sessions) => {
        await sessions.end(readSessionCookie(context)!);
        clearSite(context);
      },
      { deps: [Sessions] },
    ),
  ],
};

const start = async () => {
  const clock = new StillClock();
  const app = await startAuth({}, { module, clock });
  return { app, clock, sessions: app.get(Sessions), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
};
const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const withCookie = (
  app: App,
  cookie: string,
  method = 'GET',
  url = '/me',
  more: Record<string, string> = sameOrigin,
): Promise<InjectResponse> => inject(app, { method, url, headers: { cookie, ...more } });
const withToken = (app: App, token: string, method?: string, url?: string, more?: Record<string, string>): Promise<InjectResponse> =>
  withCookie(app, `${SESSION_COOKIE}=${token}`, method, url, more);
const codeOf = (answer: InjectResponse): unknown => (answer.status === 204 ? undefined : (answer.json() as { code?: string }).code);
const sentCookie = (answer: InjectResponse): string | undefined =>
  /__Host-sid=([^;]*)/.exec([answer.headers['set-cookie'] ?? ''].flat().join('\n'))?.[1];

test('a session that was planted in a browser ends with the sign-in there, and the new token has nothing of it [AU-02]', async () => {
  await using t = await start();
  const planted = await t.sessions.create('eve');
  const answer = await inject(t.app, {
    method: 'POST',
    url: '/sign-in',
    headers: { cookie: `${SESSION_COOKIE}=${planted.token}`, ...sameOrigin },
    body: { user: 'ada' },
  });
  const token = sentCookie(answer)!;
  // A shared beginning would let the former token end the session of the new one.
  expect(token.slice(0, 24)).not.toBe(planted.token.slice(0, 24));
  expect((await withToken(t.app, planted.token)).status).toBe(401);
  t.clock.forward(120);
  expect((await withToken(t.app, planted.token)).status).toBe(401);
  expect((await withToken(t.app, token)).json()).toBe('ada');
});

test('a token that the server never made is not adopted by a sign-in, whatever it looks like [AU-02]', async () => {
  await using t = await start();
  for (const planted of ['A'.repeat(68), 'A'.repeat(43), 'x', '%41'.repeat(68), '__proto__', 'a'.repeat(4_000)]) {
    const headers = { cookie: `${SESSION_COOKIE}=${planted}`, ...sameOrigin };
    const answer = await inject(t.app, { method: 'POST', url: '/sign-in', headers, body: { user: 'ada' } });
    expect(sentCookie(answer), planted).toMatch(/^[\w-]{68}$/);
    expect(sentCookie(answer)!.startsWith(planted.slice(0, 24))).toBe(false);
    expect((await withToken(t.app, planted)).status).toBe(401);
  }
});

test('whoever holds the cookie of a half-way sign-in gets nothing by the second step of another, at once or later [AU-02]', async () => {
  await using t = await start();
  const halfWay = await t.sessions.create('ada', { methods: ['pwd'], pending: true });
  const opened = sentCookie(await withToken(t.app, halfWay.token, 'POST', '/second-step'))!;
  expect((await withToken(t.app, opened)).json()).toBe('ada');
  for (const url of ['/me', '/second-step']) {
    const answer = await withToken(t.app, halfWay.token, url === '/me' ? 'GET' : 'POST', url);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'AUTH_SESSION_ENDED']);
    expect(sentCookie(answer), 'and the cookie of its user stays').toBeUndefined();
  }
  t.clock.forward(61);
  expect((await withToken(t.app, halfWay.token)).status).toBe(401);
  // Two hold tokens of it: neither goes on.
  expect((await withToken(t.app, opened)).status).toBe(401);
});

test('after the sign-out no token that the session ever had does anything [AU-01]', async () => {
  await using t = await start();
  const tokens = [(await t.sessions.create('ada', { remember: true })).token];
  for (let round = 0; round < 3; round++) tokens.push((await t.sessions.rotate(tokens.at(-1)!))!.token);
  t.clock.forward(3_600);
  const used = await t.sessions.use(tokens.at(-1)!);
  tokens.push((used as { renewed?: { token: string } }).renewed!.token);
  const bystander = await t.sessions.create('ada');
  expect((await withToken(t.app, tokens.at(-1)!, 'POST', '/sign-out')).status).toBe(204);
  for (const wait of [0, 30, 61])
    for (const token of tokens) {
      t.clock.forward(wait);
      expect((await withToken(t.app, token)).status).toBe(401);
      expect(await t.sessions.rotate(token)).toBeUndefined();
      expect(await t.sessions.confirm(token, { methods: ['pwd'] })).toBeUndefined();
      expect(await t.sessions.endOthers(token)).toBeUndefined();
      expect(await t.sessions.write(token, { a: 1 })).toBe(false);
      expect(await t.sessions.end(token)).toBe(false);
    }
  expect((await t.sessions.list('ada')).map(({ id }) => id)).toEqual([bystander.session.id]);
});

test('of a hundred requests around a sign-out none is answered after it, and none brings the session back [AU-01]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('ada', { remember: true });
  t.clock.forward(3_600);
  const before = Array.from({ length: 50 }, () => withToken(t.app, token));
  const out = withToken(t.app, token, 'POST', '/sign-out');
  const after = Array.from({ length: 50 }, () => withToken(t.app, token));
  const answers = await Promise.all([...before, out, ...after]);
  const renewed = answers.map(sentCookie).filter((value) => value !== undefined && value !== '');
  for (const each of [token, ...renewed]) expect((await withToken(t.app, each!)).status).toBe(401);
  expect(await t.sessions.list('ada')).toEqual([]);
});

test('of cookies with the name of the session there is one, or the request is nobody and all of them are taken away [AU-02]', async () => {
  await using t = await start();
  const { token: ada } = await t.sessions.create('ada');
  const { token: eve } = await t.sessions.create('eve');
  const pairs = (...values: readonly string[]): string => values.map((value) => `${SESSION_COOKIE}=${value}`).join('; ');
  for (const cookie of [
    pairs(ada, eve),
    pairs(eve, ada),
    pairs(ada, ada),
    pairs('', ada),
    pairs(ada, ''),
    `${SESSION_COOKIE}=${ada};${SESSION_COOKIE}=${eve}`,
    `${SESSION_COOKIE}=${ada};\t${SESSION_COOKIE}=${eve}`,
    `a="; ${SESSION_COOKIE}=${eve}; "; ${SESSION_COOKIE}=${ada}`,
    pairs(...Array.from({ length: 40 }, () => eve), ada),
  ]) {
    const answer = await withCookie(t.app, cookie);
    expect([answer.status, codeOf(answer)], cookie.slice(0, 40)).toEqual([401, 'AUTH_SESSION_COOKIE']);
    expect([answer.headers['set-cookie']].flat().join()).toMatch(/__Host-sid=; .*Max-Age=0/);
    expect((await withCookie(t.app, cookie, 'GET', '/visitor')).status, 'a visitor is not somebody either').toBe(401);
  }
});

test('the name of the session cookie is exactly that: no neighbour passes for it, and none keeps it from being read [AU-02]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('ada');
  for (const name of [
    '__host-sid',
    '__HOST-SID',
    '__Secure-sid',
    'sid',
    'Host-sid',
    '__Host-sid2',
    '_Host-sid',
    '__Host-sid%00',
    '__proto__',
  ]) {
    expect((await withCookie(t.app, `${name}=${token}`)).status, name).toBe(401);
    expect((await withCookie(t.app, `${name}=x; ${SESSION_COOKIE}=${token}`)).status, name).toBe(200);
  }
  expect((await withCookie(t.app, `${SESSION_COOKIE} =${token}`)).status).toBe(401);
  expect((await withCookie(t.app, `${SESSION_COOKIE}`)).status).toBe(401);
  expect((await withCookie(t.app, `=${SESSION_COOKIE}=${token}`)).status).toBe(401);
});

test('cookies that are too many or too large are an answer, and sign nobody in [AU-02]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('ada');
  const own = `${SESSION_COOKIE}=${token}`;
  for (const cookie of [
    `a=${'x'.repeat(8_200)}; ${own}`,
    `${own}; a=${'x'.repeat(8_200)}`,
    `${Array.from({ length: 60 }, (_each, index) => `c${index}=1`).join('; ')}; ${own}`,
    `${SESSION_COOKIE}=${token}${'x'.repeat(9_000)}`,
  ]) {
    const answer = await withCookie(t.app, cookie);
    expect(answer.status, cookie.slice(0, 30)).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((await withCookie(t.app, cookie, 'GET', '/visitor')).status).not.toBe(200);
  }
});

test('a change by the cookie must come from this site: no method, header or content type is a way around [AU-14]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('ada');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'SAME-ORIGIN ' },
      { 'sec-fetch-site': 'same-origin, cross-site' },
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost.evil.example' },
      { referer: 'https://evil.example/http://localhost/' },
      { origin: 'https://evil.example', referer: 'http://localhost/' },
      { 'x-csrf-token': 'x' },
      { 'x-http-method-override': 'GET' },
      { 'content-type': 'text/plain' },
    ] as readonly Record<string, string>[]) {
      const answer = await withToken(t.app, token, method, '/change', headers);
      // A body of a type that the route does not take may be refused first.
      expect(headers['content-type'] ? [403, 415] : [403], `${method} ${JSON.stringify(headers)}`).toContain(answer.status);
    }
  expect((await withToken(t.app, token, 'POST', '/change')).status).toBe(204);
});

test('the data of a session is data, whatever its members are called, and a session has no other [AU-01]', async () => {
  await using t = await start();
  const hostile = JSON.parse(
    '{"__proto__":{"userId":"root","pending":false},"constructor":{"prototype":{"admin":true}},"userId":"root","pending":false,"auth":{"methods":["mfa"]}}',
  ) as Record<string, unknown>;
  const { token } = await t.sessions.create('ada', { data: hostile, pending: true });
  expect((await withToken(t.app, token)).status).toBe(403);
  const read = (await t.sessions.read(token))!;
  expect([read.userId, read.pending, read.auth.methods]).toEqual(['ada', true, []]);
  expect(Object.hasOwn(read.data, '__proto__')).toBe(true);
  expect((read.data as { admin?: unknown }).admin ?? ({} as { admin?: unknown }).admin).toBeUndefined();
  await t.sessions.write(token, hostile);
  expect((await t.sessions.read(token))!.data).toEqual(read.data);
  expect((await withToken(t.app, token)).status).toBe(403);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'the kind of proof %s is a name, and proves nothing else',
  async (method) => {
    await using t = await start();
    const { token, session: made } = await t.sessions.create('ada', { methods: [method] });
    expect(made.auth.methods).toEqual([method]);
    const confirmed = await t.sessions.confirm(token, { methods: ['pwd'] });
    expect([...confirmed!.session.auth.methods].sort()).toEqual([method, 'pwd'].sort());
  },
);
