import { Injectable, provideAlias, REQUEST_CONTEXT, type App, type ModuleOptions } from '@plinth/core';
import { anyOf, guarded, HttpModule, inject, type Guard, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  ApiKeys,
  apiKey,
  authLevel,
  basic,
  bearer,
  Passwords,
  scopes,
  session,
  SESSION_COOKIE,
  Sessions,
  Tokens,
  USERS,
  type AuthUser,
  type NewApiKey,
  type SignInRecord,
} from '@plinth/auth';
import { startTokens, StillClock } from './token-support.js';

@Injectable({ deps: [Passwords] })
class People {
  readonly all = new Map<string, AuthUser>([['7', { id: '7' }]]);
  readonly #passwords: Passwords;

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
  }

  findById(id: string): AuthUser | undefined {
    return this.all.get(id);
  }

  async findForSignIn(name: string): Promise<SignInRecord | undefined> {
    if (name !== 'Åsa') return undefined;
    return { user: { id: '7' }, passwordHash: await this.#passwords.hash('many long words: and a colon') };
  }

  async updatePasswordHash(): Promise<void> {}
}

const Id = { type: 'string' } as const;
const byKey = guarded(apiKey({ users: People }));
const reader = guarded(apiKey({ scopes: ['orders:read', 'orders:list'] }));
const either = guarded(anyOf(session, apiKey({ users: People }), bearer()));
const scoped = guarded(anyOf(apiKey(), bearer()), scopes('orders:read'));
const byName = guarded(basic({ users: People, realm: 'metrics' }));

const module: ModuleOptions = {
  imports: [HttpModule.with({})],
  providers: [People, provideAlias(USERS, People)],
  routes: [
    byKey.get('/key', { returns: Id }, ({ user }) => user.id),
    reader.get('/orders', { returns: Id }, ({ apiKey: key }) => key.name),
    either.get('/either', { returns: Id }, ({ user }) => user.id),
    scoped.get('/scoped', { returns: Id }, () => 'in'),
    guarded(bearer(), authLevel({ acr: ['mfa', 'passkey'] })).get('/strong', { returns: Id }, () => 'in'),
    guarded(bearer(), authLevel({ maxAge: 600 })).get('/recent', { returns: Id }, () => 'in'),
    guarded(scopes('a') as Guard).get('/nobody', { returns: Id }, () => 'in'),
    byName.get('/basic', { returns: Id }, ({ user }) => user.id),
    byName.post('/basic', { returns: Id }, ({ user }) => user.id),
    reader.get('/actor', { returns: Id }, (_context, contexts) => String(contexts.current()?.actor), { deps: [REQUEST_CONTEXT] }),
  ],
};

const start = (clock = new StillClock()): Promise<App> => startTokens({}, { module, clock });
const call = (app: App, url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<InjectResponse> =>
  inject(app, { method, url, headers });
const keyOf = async (app: App, options: Partial<NewApiKey> = {}): Promise<string> =>
  (await app.get(ApiKeys).create({ owner: '7', name: 'deploy', scopes: ['orders:read', 'orders:list'], ...options })).key;

test('an API key is taken from either header, and gives its owner [AU-06]', async () => {
  await using app = await start();
  const key = await keyOf(app);
  const ways: Record<string, string>[] = [
    { 'x-api-key': key },
    { authorization: `Bearer ${key}` },
    { authorization: `bearer ${key}`, 'x-api-key': key },
  ];
  for (const headers of ways) {
    const answer = await call(app, '/key', headers);
    expect([answer.status, answer.json()]).toEqual([200, '7']);
  }
  expect((await call(app, '/actor', { 'x-api-key': key })).json()).toBe('7');
});

test('an API key in the URL is none [AU-06]', async () => {
  await using app = await start();
  const key = await keyOf(app);
  for (const name of ['api_key', 'apiKey', 'key', 'x-api-key', 'access_token', 'token'])
    expect((await call(app, `/key?${name}=${key}`)).status, name).not.toBe(200);
  const none = await call(app, '/key');
  expect(none.status).toBe(401);
  expect(none.json()).toMatchObject({ code: 'HTTP_NO_CREDENTIAL' });
  expect(none.headers['www-authenticate']).toBe('Bearer');
});

test('a bad key is 401 with its code, the challenge of RFC 6750, and never the key [AU-06]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const key = await keyOf(app);
  const [short, gone, ownerless] = [await keyOf(app, { lifetime: 1 }), await keyOf(app), await keyOf(app, { owner: '8' })];
  const revoked = (await app.get(ApiKeys).list('7')).find(({ hint }) => gone.startsWith(hint));
  await app.get(ApiKeys).revoke('7', revoked!.id);
  clock.forward(1);
  for (const [headers, code] of [
    [{ 'x-api-key': 'x' }, 'AUTH_API_KEY_MALFORMED'],
    [{ 'x-api-key': '' }, 'AUTH_API_KEY_MALFORMED'],
    [{ 'x-api-key': `${key}, ${key}` }, 'AUTH_API_KEY_MALFORMED'],
    [{ 'x-api-key': key, authorization: `Bearer ${gone}` }, 'AUTH_API_KEY_MALFORMED'],
    [{ authorization: `Bearer  ${key}` }, 'HTTP_NO_CREDENTIAL'],
    [{ 'x-api-key': gone }, 'AUTH_API_KEY_INVALID'],
    [{ 'x-api-key': ownerless }, 'AUTH_API_KEY_INVALID'],
    [{ 'x-api-key': short }, 'AUTH_API_KEY_EXPIRED'],
  ] as [Record<string, string>, string][]) {
    const answer = await call(app, '/key', headers);
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.text()).not.toContain(key.slice(12));
  }
});

test('a key without one of the scopes is 403, which names them; no scope covers another [AU-03]', async () => {
  await using app = await start();
  expect((await call(app, '/orders', { 'x-api-key': await keyOf(app) })).json()).toBe('deploy');
  for (const held of [[], ['orders:read'], ['orders:*', '*'], ['orders'], ['orders:read:all', 'ORDERS:LIST']]) {
    const answer = await call(app, '/orders', { 'x-api-key': await keyOf(app, { scopes: held }) });
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'AUTH_SCOPE_MISSING' });
    expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="orders:read orders:list"');
  }
});

test('of a cookie, a key and a token the first that works is taken, and 401 tells of all [AU-07]', async () => {
  await using app = await start();
  const cookie = `${SESSION_COOKIE}=${(await app.get(Sessions).create('7')).token}`;
  const key = await keyOf(app);
  const { token } = await app.get(Tokens).sign('7');
  const ways: Record<string, string>[] = [
    { cookie },
    { 'x-api-key': key },
    { authorization: `Bearer ${key}` },
    { authorization: `Bearer ${token}` },
  ];
  for (const headers of ways) expect((await call(app, '/either', headers)).json()).toBe('7');
  const refused = await call(app, '/either');
  expect(refused.status).toBe(401);
  for (const word of ['session cookie', 'API key', 'access token']) expect(refused.text()).toContain(word);
  // A bad key does not hide a good cookie, nor the other way round.
  expect((await call(app, '/either', { cookie: `${SESSION_COOKIE}=${'x'.repeat(43)}`, 'x-api-key': key })).json()).toBe('7');
});

test('scopes are read from the claim of a token and from a key [AU-05]', async () => {
  await using app = await start();
  const status = async (claims: Record<string, unknown>): Promise<number> =>
    (await call(app, '/scoped', { authorization: `Bearer ${(await app.get(Tokens).sign('7', claims)).token}` })).status;
  expect(await status({ scope: 'a orders:read b' })).toBe(200);
  for (const claims of [
    {},
    { scope: 'orders:reader' },
    { scope: 'orders' },
    { scope: ['orders:read'] },
    { scope: 7 },
    { scopes: 'orders:read' },
    { scope: 'a,orders:read' },
  ])
    expect(await status(claims), JSON.stringify(claims)).toBe(403);
  expect((await call(app, '/scoped', { 'x-api-key': await keyOf(app) })).status).toBe(200);
  expect((await call(app, '/scoped', { 'x-api-key': await keyOf(app, { scopes: [] }) })).status).toBe(403);
});

test('scopes without a token or key is a mistake of the program that lets nobody in', async () => {
  await using app = await start();
  const answer = await call(app, '/nobody');
  expect(answer.status).toBe(500);
  expect(() => {
    scopes('a').run({} as never);
  }).toThrow(expect.objectContaining({ code: 'AUTH_SCOPES_WITHOUT_TOKEN' }));
});

test('a token must tell of a sign-in that was strong enough, or recent enough [AU-05]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const ask = async (url: string, claims: Record<string, unknown>): Promise<InjectResponse> =>
    call(app, url, { authorization: `Bearer ${(await app.get(Tokens).sign('7', claims)).token}` });
  const now = clock.now() / 1_000;
  for (const acr of ['mfa', 'passkey']) expect((await ask('/strong', { acr })).status).toBe(200);
  for (const claims of [{}, { acr: 'pwd' }, { acr: ['mfa'] }, { acr: 'MFA' }, { amr: ['mfa'] }]) {
    const answer = await ask('/strong', claims);
    expect([answer.status, (answer.json() as { code: string }).code]).toEqual([401, 'AUTH_LEVEL']);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", acr_values="mfa passkey"');
  }
  for (const time of [now, now - 600, now + 30]) expect((await ask('/recent', { auth_time: time })).status).toBe(200);
  for (const time of [now - 601, now + 301, String(now), null, undefined, NaN]) {
    const answer = await ask('/recent', { auth_time: time });
    expect(answer.status, String(time)).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", max_age="600"');
  }
});

test('a level that asks for nothing, or for what no header can say, is refused where it is written', () => {
  for (const options of [{}, { acr: [] }, { acr: ['a b'] }, { acr: ['"'] }, { maxAge: -1 }, { maxAge: 0.5 }])
    expect(() => authLevel(options), JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});

const pair = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const RIGHT = pair('Åsa:many long words: and a colon');

test('a name and a password are taken as RFC 7617 writes them [AU-06]', async () => {
  await using app = await start();
  expect((await call(app, '/basic', { authorization: RIGHT })).json()).toBe('7');
  expect((await call(app, '/basic', { authorization: RIGHT.replace('Basic', 'bASIC') })).json()).toBe('7');
});

test('everything else is the same 401, which asks for UTF-8 [AU-06]', async () => {
  await using app = await start();
  const challenge = 'Basic realm="metrics", charset="UTF-8"';
  const none = await call(app, '/basic');
  expect([none.status, none.headers['www-authenticate']]).toEqual([401, challenge]);
  expect(none.json()).toMatchObject({ code: 'HTTP_NO_CREDENTIAL' });
  for (const authorization of [
    pair('Åsa:wrong words, many of them'),
    pair('nobody:many long words: and a colon'),
    pair('Åsa'),
    pair('Åsa:many long words: and a colon\0'),
    'Basic',
    'Basic ',
    `${RIGHT}!`,
    `${RIGHT.slice(0, 10)} ${RIGHT.slice(10)}`,
    RIGHT.replace('Basic ', 'Basic  '),
    `Basic ${Buffer.from('Åsa:many long words: and a colon', 'latin1').toString('base64')}`,
    `Basic ${'QQ=='.repeat(2_000)}`,
  ]) {
    const answer = await call(app, '/basic', { authorization });
    expect([answer.status, answer.headers['www-authenticate']], authorization.slice(0, 40)).toEqual([401, challenge]);
    expect(answer.json()).toMatchObject({ code: 'AUTH_CREDENTIALS' });
  }
});

test('whoever guesses is slowed down as at a sign-in, for names that exist and for others alike [AU-13]', async () => {
  await using app = await start();
  const answers: unknown[][] = [];
  for (const name of ['Åsa', 'nobody']) {
    const tries: unknown[] = [];
    for (let count = 0; count < 7; count++) {
      const answer = await call(app, '/basic', { authorization: pair(`${name}:wrong words, number ${count}`) });
      tries.push([answer.status, (answer.json() as { code: string }).code, answer.headers['retry-after']]);
    }
    answers.push(tries);
  }
  const [wrong, throttled] = [
    [401, 'AUTH_CREDENTIALS', undefined],
    [429, 'AUTH_THROTTLED', '1'],
  ];
  expect(answers[0]).toEqual([...Array.from({ length: 5 }, () => wrong), throttled, throttled]);
  expect(answers[1]).toEqual(answers[0]);
});

test('a tool that sends the right password many times at once is not slowed down, by itself or by strangers [AU-13]', async () => {
  await using app = await start();
  const answers = await Promise.all(Array.from({ length: 25 }, () => call(app, '/basic', { authorization: RIGHT })));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200));
  for (let count = 0; count < 6; count++) await call(app, '/basic', { authorization: pair(`Åsa:wrong words, number ${count}`) });
  expect((await call(app, '/basic', { authorization: RIGHT })).status).toBe(200);
  // Once it is no longer the right one, it is counted like any other guess.
  app.get(People).all.clear();
  app.get(People).findForSignIn = () => Promise.resolve(undefined);
  expect((await call(app, '/basic', { authorization: RIGHT })).status).toBe(429);
});

test('a store of users that fails is no wrong password, and lets nobody in', async () => {
  await using app = await start();
  app.get(People).findForSignIn = () => Promise.reject(new Error('the database is away'));
  expect((await call(app, '/basic', { authorization: RIGHT })).status).toBe(500);
});

test('a browser that another site makes send its password is refused [AU-14]', async () => {
  await using app = await start();
  const headers = { authorization: RIGHT, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  expect((await call(app, '/basic', headers, 'POST')).json()).toMatchObject({ code: 'HTTP_CROSS_SITE' });
  expect((await call(app, '/basic', { authorization: RIGHT, 'sec-fetch-site': 'same-origin' }, 'POST')).status).toBe(200);
});

test('a realm that no header can say is refused where it is written', () => {
  for (const realm of ['', 'a"b', 'a\\b', 'a\r\nb', 'ä'])
    expect(() => basic({ users: People, realm }), realm).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});
