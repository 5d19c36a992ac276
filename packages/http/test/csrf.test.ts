import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  csrfToken,
  defineGuard,
  get,
  guarded,
  inject,
  noCredential,
  optional,
  post,
  route,
  type HttpOptions,
  type InjectResponse,
} from '@plinth/http';
import { build } from './support/serve.js';

/** A guard as an author would write it: the cookie is the session. */
const byCookie = defineGuard({
  name: 'by-cookie',
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: '__Host-sid' } },
  run(context) {
    const session = context.cookie('__Host-sid');
    if (session === undefined) throw noCredential();
    context.byCookie(session);
  },
});
const byKey = defineGuard({
  name: 'by-key',
  security: { name: 'key', scheme: { type: 'http', scheme: 'bearer' } },
  run(context) {
    if (context.header('authorization') === undefined) throw noCredential();
  },
});
const member = guarded(byCookie);
const host = 'localhost';
const cookie = '__Host-sid=ada';
const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
const APP_KEY = randomBytes(32).toString('base64');
const empty = { returns: { 204: null } } as const;
const form = { accepts: 'form', body: { type: 'object', properties: { to: { type: 'string' } } }, ...empty } as const;

const routes = [
  member.get('/page', { returns: { type: 'object', properties: { token: { type: 'string' } } } }, (context) => ({
    token: csrfToken(context),
  })),
  get(
    '/login',
    { open: true, returns: { type: 'object', properties: { token: { type: 'string' }, again: { type: 'string' } } } },
    (context) => ({ token: csrfToken(context), again: csrfToken(context) }),
  ),
  member.post('/act', empty, () => undefined),
  member.post('/hook', { ...empty, csrf: false }, () => undefined),
  member.post('/form', form, () => undefined),
  ...['PUT', 'PATCH', 'DELETE', 'PURGE'].map((method) => member.route(method, '/act', empty, () => undefined)),
  guarded(byKey).post('/api', empty, () => undefined),
  guarded(optional(byCookie)).post('/visitor', empty, () => undefined),
  post('/login', { ...form, open: true }, () => undefined),
  route('QUERY', '/search', { open: true, ...empty }, () => undefined),
];

/** Status of an unsafe request; a refusal is always the same one. */
async function status(
  url: string,
  headers: Record<string, string>,
  options: { http?: HttpOptions; method?: string; body?: string; env?: Record<string, string> } = {},
): Promise<number> {
  const { http = {}, method = 'POST', body, env = {} } = options;
  await using server = await build({ routes, http, env: { APP_KEY, ...env } });
  const response = await inject(server.app, { method, url, headers: { host, ...headers }, ...(body !== undefined && { body }) });
  if (response.status === 403) expect(response.json()).toMatchObject({ code: 'HTTP_CROSS_SITE', status: 403 });
  return response.status;
}

describe('behind a proxy', () => {
  const forwarded = { 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https', cookie };
  const env = { APP_HOSTS: 'shop.example' };

  test('this site is the host that clients have asked for, if the proxy is trusted [AU-14]', async () => {
    const http = { trust: 'loopback' } as const;
    expect(await status('/act', { ...forwarded, origin: 'https://shop.example' }, { http, env })).toBe(204);
    expect(await status('/act', { ...forwarded, referer: 'https://shop.example/cart' }, { http, env })).toBe(204);
    // What the proxy calls us is no name that a browser knows us by.
    expect(await status('/act', { ...forwarded, origin: 'https://localhost' }, { http, env })).toBe(403);
    expect(await status('/act', { ...forwarded, 'x-forwarded-host': host, origin: 'http://localhost' }, { http, env })).toBe(403);
  });

  test('what a client says of itself counts nothing [AU-14]', async () => {
    expect(await status('/act', { ...forwarded, origin: 'https://shop.example' }, { env })).toBe(403);
    expect(await status('/act', { ...forwarded, origin: 'https://localhost' }, { env })).toBe(204);
  });
});

describe('where a cookie authenticates', () => {
  test('a request of this site, or of the user alone, passes [AU-14]', async () => {
    expect(await status('/act', { cookie, 'sec-fetch-site': 'same-origin' })).toBe(204);
    expect(await status('/act', { cookie, 'sec-fetch-site': 'none' })).toBe(204);
  });

  test('one of another site is refused, of a neighbouring host too, whatever the method [AU-14]', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE']) {
      expect(await status('/act', { cookie, ...evil }, { method })).toBe(403);
      expect(await status('/act', { cookie, 'sec-fetch-site': 'same-site', origin: 'https://blog.localhost' }, { method })).toBe(403);
    }
    expect(await status('/act', { cookie, 'sec-fetch-site': 'cross-site', origin: 'http://localhost' })).toBe(403);
  });

  test('safe methods pass: they change nothing [AU-14]', async () => {
    expect(await status('/page', { cookie, ...evil }, { method: 'GET', http: { csrf: { tokens: true } } })).toBe(200);
    expect(await status('/search', { cookie, ...evil }, { method: 'QUERY' })).toBe(204);
  });

  test('without Fetch Metadata the Origin decides, then the Referer [AU-14]', async () => {
    const env = { APP_HOSTS: 'shop.example' };
    const at = (headers: Record<string, string>) => status('/act', { cookie, host: 'shop.example', ...headers }, { env });
    expect(await at({ origin: 'https://shop.example' })).toBe(204);
    expect(await at({ origin: 'https://shop.example.evil.example' })).toBe(403);
    expect(await at({ origin: 'https://shop.example:8443' })).toBe(403);
    expect(await at({ origin: 'http://shop.example' })).toBe(403);
    expect(await at({ origin: 'null' })).toBe(403);
    expect(await at({ origin: 'null', referer: 'https://shop.example/' })).toBe(403);
    expect(await at({ referer: 'https://shop.example/cart?x=1' })).toBe(204);
    expect(await at({ referer: 'https://evil.example/shop.example' })).toBe(403);
    expect(await at({ referer: 'no url' })).toBe(403);
    expect(await at({})).toBe(403);
    expect(await status('/act', { cookie, host: 'localhost:3000', origin: 'http://localhost:3000' })).toBe(204);
    expect(await status('/act', { cookie, host: 'localhost:3000', origin: 'http://localhost:3001' })).toBe(403);
    expect(await status('/act', { cookie, host: '[::1]:3000', origin: 'http://[::1]:3000' })).toBe(204);
  });

  test('listed origins, APP_URL and CORS origins with credentials are trusted, and nothing else [AU-14]', async () => {
    const app = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://app.example.org' };
    expect(await status('/act', app, { http: { csrf: { origins: ['https://app.example.org'] } } })).toBe(204);
    expect(await status('/act', app, { env: { APP_URL: 'https://app.example.org' } })).toBe(204);
    expect(await status('/act', app, { http: { cors: { origins: ['https://app.example.org'], credentials: true } } })).toBe(204);
    expect(await status('/act', app, { http: { cors: { origins: ['https://app.example.org'] } } })).toBe(403);
    expect(
      await status(
        '/act',
        { ...app, origin: 'https://app.example.org:8443' },
        { http: { csrf: { origins: ['https://app.example.org'] } } },
      ),
    ).toBe(403);
    await expect(build({ routes, http: { csrf: { origins: ['https://app.example.org/'] } } })).rejects.toThrow(/HTTP_CSRF/);
  });

  test('the content type, its case or its absence changes nothing [Fastify CVE-2022-41919] [Hono CVE-2024-43787] [Hono CVE-2024-48913]', async () => {
    const types = [
      'text/plain',
      'application/json',
      'APPLICATION/X-WWW-FORM-URLENCODED',
      'application/x-www-form-urlencoded; a',
      'multipart/form-data',
      'text/plain; application/json',
      'x',
    ];
    for (const type of types) expect(await status('/act', { cookie, 'content-type': type, ...evil }, { body: 'a=b' }), type).toBe(403);
    expect(await status('/act', { cookie, ...evil })).toBe(403);
    expect(await status('/act', { cookie, 'Sec-Fetch-Site': 'CROSS-SITE', origin: 'https://evil.example' })).toBe(403);
  });

  test('a method override header is not obeyed [AU-14]', async () => {
    expect(await status('/act', { cookie, 'x-http-method-override': 'GET', ...evil })).toBe(403);
  });

  test('a guard that declares its cookie, or none at all, is covered without saying so [AU-14]', async () => {
    const forgets = defineGuard({ name: 'forgets', security: byCookie.security[0]?.[0] as never, run: () => undefined });
    const silent = defineGuard({ name: 'silent', run: () => undefined });
    const own = [guarded(forgets).post('/forgets', empty, () => undefined), guarded(silent).post('/silent', empty, () => undefined)];
    await using server = await build({ routes: own });
    for (const url of ['/forgets', '/silent'])
      expect((await inject(server.app, { method: 'POST', url, headers: { cookie, ...evil } })).status, url).toBe(403);
  });

  test('a guard that declares a header, and is answered by a cookie all the same, is covered once it says so [AU-14]', async () => {
    const either = defineGuard({ name: 'either', security: byKey.security[0]?.[0] as never, run: (context) => context.byCookie('ada') });
    await using server = await build({ routes: [guarded(either).post('/either', empty, () => undefined)] });
    const from = async (headers: Record<string, string>) =>
      (await inject(server.app, { method: 'POST', url: '/either', headers: { host, ...headers } })).status;
    expect(await from({ cookie, ...evil })).toBe(403);
    expect(await from({ cookie, 'sec-fetch-site': 'same-origin' })).toBe(204);
  });

  test('it can be switched off for a route, and for all', async () => {
    expect(await status('/hook', { cookie, ...evil })).toBe(204);
    expect(await status('/act', { cookie, ...evil }, { http: { csrf: false } })).toBe(204);
  });
});

describe('where no cookie authenticates', () => {
  test('a bearer token or a visitor is left alone', async () => {
    expect(await status('/api', { authorization: 'Bearer x', ...evil })).toBe(204);
    expect(await status('/visitor', evil)).toBe(204);
    expect(await status('/visitor', { cookie, ...evil })).toBe(403);
  });

  test('a sign-in that another site sends is refused, one that says nothing passes [login CSRF] [AU-14]', async () => {
    const login = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'to=ada';
    expect(await status('/login', { ...login, ...evil }, { body })).toBe(403);
    expect(await status('/login', { ...login, origin: 'https://evil.example' }, { body })).toBe(403);
    expect(await status('/login', { ...login, origin: 'null' }, { body })).toBe(403);
    expect(await status('/login', login, { body })).toBe(204);
    expect(await status('/login', { ...login, ...evil }, { body, http: { cors: { origins: ['https://evil.example'] } } })).toBe(204);
  });
});

describe('a token', () => {
  const http: HttpOptions = { csrf: { tokens: true } };
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  const csrfCookie = (response: InjectResponse): string => /__Host-csrf=[^;]*/.exec(String(response.headers['set-cookie']))?.[0] ?? '';

  test('lets a browser in that does not say where it comes from, by header or form field [AU-14]', async () => {
    await using server = await build({ routes, http, env: { APP_KEY } });
    const page = await inject(server.app, { url: '/page', headers: { host, cookie } });
    const { token } = page.json() as { token: string };
    expect(String(page.headers['set-cookie'])).toMatch(/^__Host-csrf=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const cookies = `${cookie}; ${csrfCookie(page)}`;
    const send = (url: string, headers: Record<string, string>, body?: string) =>
      inject(server.app, { method: 'POST', url, headers: { host, cookie: cookies, ...headers }, ...(body !== undefined && { body }) });
    expect((await send('/act', { 'x-csrf-token': token })).status).toBe(204);
    expect((await send('/act', { origin: 'null', 'x-csrf-token': token })).status).toBe(204);
    expect((await send('/form', urlencoded, `to=bob&_csrf=${token}`)).status).toBe(204);
    // The field is no part of the declared body, also where it was not needed.
    expect((await send('/form', { ...urlencoded, 'sec-fetch-site': 'same-origin' }, `to=bob&_csrf=${token}`)).status).toBe(204);
    expect((await send('/act', { 'x-csrf-token': token, ...evil })).status).toBe(403);
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, token.replace(/^./, token.startsWith('A') ? 'B' : 'A'), 'A'.repeat(86)]) {
      expect((await send('/act', { 'x-csrf-token': wrong })).status, wrong).toBe(403);
      expect((await send('/form', urlencoded, `to=bob&_csrf=${wrong}`)).json()).toMatchObject({ code: 'HTTP_CROSS_SITE' });
    }
    expect((await send('/form', urlencoded, `to=bob&_csrf=${token}&_csrf=${token}`)).status).toBe(403);
    expect((await send('/form', urlencoded, 'to=bob')).status).toBe(403);
  });

  test('belongs to its session: another user, or the same one before signing in, has another [@fastify/csrf-protection CVE-2023-27495] [@fastify/passport CVE-2023-29019]', async () => {
    await using server = await build({ routes, http, env: { APP_KEY } });
    const before = await inject(server.app, { url: '/login', headers: { host } });
    const mallory = await inject(server.app, { url: '/page', headers: { host, cookie: '__Host-sid=mallory' } });
    for (const issued of [before, mallory]) {
      const { token } = issued.json() as { token: string };
      const headers = { host, cookie: `${cookie}; ${csrfCookie(issued)}`, 'x-csrf-token': token };
      expect((await inject(server.app, { method: 'POST', url: '/act', headers })).status).toBe(403);
    }
    // A page that is opened after the sign-in gets a new cookie, the old one being void.
    const after = await inject(server.app, { url: '/page', headers: { host, cookie: `${cookie}; ${csrfCookie(before)}` } });
    expect(csrfCookie(after)).not.toBe('');
    expect(csrfCookie(after)).not.toBe(csrfCookie(before));
  });

  test('protects the form of a sign-in, before there is a session [login CSRF]', async () => {
    await using server = await build({ routes, http, env: { APP_KEY } });
    const page = await inject(server.app, { url: '/login', headers: { host } });
    const { token, again } = page.json() as { token: string; again: string };
    const send = (cookies: string, value: string) =>
      inject(server.app, {
        method: 'POST',
        url: '/login',
        headers: { host, origin: 'null', cookie: cookies, ...urlencoded },
        body: `to=ada&_csrf=${value}`,
      });
    expect((await send(csrfCookie(page), token)).status).toBe(204);
    expect((await send(csrfCookie(page), again)).status).toBe(204);
    expect((await send('', token)).status).toBe(403);
    // A cookie that a neighbouring host has planted was not signed here.
    const planted = randomBytes(32);
    expect(
      (
        await send(
          `__Host-csrf=${planted.toString('base64url')}.${randomBytes(32).toString('base64url')}`,
          Buffer.concat([Buffer.alloc(32), planted]).toString('base64url'),
        )
      ).status,
    ).toBe(403);
  });

  test('is another text in every answer, so that compression gives nothing away [BREACH]', async () => {
    await using server = await build({ routes, http, env: { APP_KEY } });
    const first = await inject(server.app, { url: '/page', headers: { host, cookie } });
    const cookies = `${cookie}; ${csrfCookie(first)}`;
    const tokens = new Set<string>();
    for (let index = 0; index < 20; index++) {
      const page = await inject(server.app, { url: '/page', headers: { host, cookie: cookies } });
      expect(page.headers['set-cookie']).toBeUndefined();
      tokens.add((page.json() as { token: string }).token);
    }
    expect(tokens.size).toBe(20);
    for (const token of tokens)
      expect(
        (await inject(server.app, { method: 'POST', url: '/act', headers: { host, cookie: cookies, 'x-csrf-token': token } })).status,
      ).toBe(204);
  });

  test('of a former APP_KEY is accepted while the key is listed, and renewed [AU-14]', async () => {
    const newer = randomBytes(32).toString('base64');
    await using old = await build({ routes, http, env: { APP_KEY } });
    const page = await inject(old.app, { url: '/page', headers: { host, cookie } });
    const headers = { host, cookie: `${cookie}; ${csrfCookie(page)}`, 'x-csrf-token': (page.json() as { token: string }).token };
    await using rotated = await build({ routes, http, env: { APP_KEY: `${newer},${APP_KEY}` } });
    expect((await inject(rotated.app, { method: 'POST', url: '/act', headers })).status).toBe(204);
    expect(csrfCookie(await inject(rotated.app, { url: '/page', headers }))).not.toBe('');
    await using gone = await build({ routes, http, env: { APP_KEY: newer } });
    expect((await inject(gone.app, { method: 'POST', url: '/act', headers })).status).toBe(403);
  });

  test('is not there unless it is switched on (HTTP_COOKIE_KEY)', async () => {
    await using server = await build({ routes, env: { APP_KEY } });
    expect((await inject(server.app, { url: '/login', headers: { host } })).status).toBe(500);
    expect(JSON.stringify(server.logs)).toContain('HTTP_COOKIE_KEY');
  });
});
