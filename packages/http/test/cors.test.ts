import { describe, expect, test } from 'vitest';
import { defineGuard, get, guarded, inject, post, unauthenticated, type CorsOptions, type InjectResponse } from '@plinth/http';
import { build } from './support/serve.js';

const app = 'https://app.example.com';
const text = { type: 'string' } as const;
const nobody = guarded(
  defineGuard({
    name: 'nobody',
    run() {
      throw unauthenticated();
    },
  }),
);

const allowHeaders = (response: InjectResponse): string[] =>
  Object.keys(response.headers).filter((name) => name.startsWith('access-control-'));

async function ask(cors: CorsOptions, origin: string): Promise<boolean> {
  await using server = await build({ http: { cors }, routes: [get('/a', { open: true }, () => 'a')] });
  const response = await inject(server.app, { url: '/a', headers: { origin } });
  expect(response.status).toBe(200);
  const given = response.headers['access-control-allow-origin'];
  if (given !== undefined && given !== '*') expect(given).toBe(origin);
  return given !== undefined;
}

describe('without declaration', () => {
  test('no page of another origin is let in, and no preflight is answered with leave', async () => {
    await using server = await build({ routes: [get('/a', { open: true }, () => 'a')] });
    const simple = await inject(server.app, { url: '/a', headers: { origin: app } });
    expect([simple.status, allowHeaders(simple), simple.headers.vary]).toEqual([200, [], undefined]);
    const preflight = await inject(server.app, {
      method: 'OPTIONS',
      url: '/a',
      headers: { origin: app, 'access-control-request-method': 'GET' },
    });
    expect([preflight.status, allowHeaders(preflight), preflight.headers.allow]).toEqual([204, [], 'GET, HEAD, OPTIONS']);
  });
});

describe('origins', () => {
  test('are compared as a whole: no prefix, suffix, case, port, protocol or null passes', async () => {
    const tricks = [
      'null',
      'https://app.example.com.evil.example',
      'https://evil.example/https://app.example.com',
      'https://app.example.com@evil.example',
      'https://appXexample.com',
      'https://APP.example.com',
      'http://app.example.com',
      'https://app.example.com:444',
      'https://app.example.com:443',
      'https://app.example.com/',
      ' https://app.example.com, https://evil.example',
      'https://app.example.com.',
      '',
      'a'.repeat(10_000),
    ];
    expect(await ask({ origins: [app] }, app)).toBe(true);
    for (const trick of tricks) expect(await ask({ origins: [app] }, trick), trick).toBe(false);
  });

  test('of a pattern are subdomains, and nothing that only looks like one', async () => {
    const cors = { origins: ['https://*.example.com'] };
    for (const origin of ['https://a.example.com', 'https://a.b.example.com']) expect(await ask(cors, origin), origin).toBe(true);
    for (const origin of [
      'https://example.com',
      'https://.example.com',
      'https://evilexample.com',
      'https://a.example.com.evil.example',
      'https://evil.example/.example.com',
      'https://evil.example#.example.com',
      'https://evil.example%00.example.com',
      'https://user@.example.com',
      'https://a..example.com',
      'https://-.example.com',
      'http://aa.example.com',
      'https://a.example.com:8443',
    ])
      expect(await ask(cors, origin), origin).toBe(false);
  });

  test('can be decided by a function, which never sees null or what is no origin', async () => {
    const seen: string[] = [];
    const cors = { origins: (origin: string) => seen.push(origin) > 0 && origin === app };
    expect(await ask(cors, app)).toBe(true);
    expect(await ask(cors, 'https://other.example')).toBe(false);
    for (const origin of ['null', 'nonsense', 'https://app.example.com/x']) expect(await ask(cors, origin)).toBe(false);
    expect(seen).toEqual([app, 'https://other.example']);
    expect(await ask({ origins: () => 'yes' as never }, app)).toBe(false);
  });

  test('that no browser sends, or that say too much, stop the boot (HTTP_CORS)', async () => {
    const wrong: CorsOptions[] = [
      ...[
        'app.example.com',
        'https://app.example.com/',
        'https://APP.example.com',
        'https://app.example.com:443',
        'null',
        '',
        'https://*',
        'https://*.com',
        'https://a*.example.com',
        '/regex/',
      ].map((origin) => ({ origins: [origin] })),
      { origins: ['*', app] },
      { origins: ['*'], credentials: true },
      { origins: app as never },
      { origins: [app], headers: ['*'] },
      { origins: [app], headers: ['a b'] },
      { origins: [app], maxAge: -1 },
    ];
    for (const cors of wrong) {
      const building = build({ routes: [get('/a', { open: true, cors }, () => 'a')] });
      await expect(building, JSON.stringify(cors)).rejects.toThrow(/HTTP_CORS/);
    }
  });
});

describe('an answer', () => {
  test('says whose page may read it, with what, and that it depends on the origin; errors too', async () => {
    const cors = { origins: [app], credentials: true, expose: ['ETag', 'X-Total'] };
    const routes = [
      get('/a', { open: true }, () => 'a'),
      get('/fails', { open: true }, () => {
        throw new Error('no');
      }),
      nobody.get('/guarded', {}, () => 'never'),
      get('/closed', { open: true, cors: false }, () => 'c'),
    ];
    await using server = await build({ http: { cors }, routes });
    for (const [url, status] of [
      ['/a', 200],
      ['/fails', 500],
      ['/guarded', 401],
      ['/missing', 404],
    ] as const) {
      const { headers, ...response } = await inject(server.app, { url, headers: { origin: app } });
      expect([
        url,
        response.status,
        headers['access-control-allow-origin'],
        headers['access-control-allow-credentials'],
        headers['access-control-expose-headers'],
        headers.vary,
      ]).toEqual([url, status, app, 'true', 'ETag, X-Total', 'Origin']);
    }
    expect(allowHeaders(await inject(server.app, { url: '/closed', headers: { origin: app } }))).toEqual([]);
  });

  test('without an origin still varies by it, so that no cache mixes them up [Hono CVE-2026-44457]', async () => {
    const routes = [
      get('/a', { open: true, cors: { origins: [app] } }, (context) => {
        context.setHeader('Vary', 'Accept-Language');
        return 'a';
      }),
      get('/all', { open: true, cors: { origins: ['*'] } }, () => 'all'),
    ];
    await using server = await build({ routes });
    const plain = await inject(server.app, { url: '/a' });
    expect(String(plain.headers.vary).split(', ').sort()).toEqual(['Accept-Language', 'Origin']);
    const foreign = await inject(server.app, { url: '/a', headers: { origin: 'https://evil.example' } });
    expect(String(foreign.headers.vary)).toContain('Origin');
    const all = await inject(server.app, { url: '/all', headers: { origin: 'https://anybody.example' } });
    expect([all.headers['access-control-allow-origin'], all.headers.vary]).toEqual(['*', undefined]);
  });
});

describe('a preflight', () => {
  const preflight = (headers: Record<string, string>) => ({ method: 'OPTIONS', url: '/orders', headers: { origin: app, ...headers } });
  const routes = [
    get('/orders', { open: true, cors: { origins: [app] } }, () => 'list'),
    nobody.post(
      '/orders',
      {
        cors: { origins: [app], credentials: true, headers: ['X-Extra'], maxAge: 60 },
        headers: { type: 'object', properties: { 'idempotency-key': text } },
        body: {},
      },
      () => 'made',
    ),
    post('/other', { open: true }, () => 'x'),
  ];

  test('is answered by the route that it asks for, without its guards', async () => {
    await using server = await build({ routes });
    const response = await inject(
      server.app,
      preflight({
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization, Idempotency-Key,x-extra',
      }),
    );
    expect(response.status).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'accept, accept-language, content-language, content-type, idempotency-key, authorization, x-extra',
      'access-control-max-age': '60',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    });
    const read = await inject(server.app, preflight({ 'access-control-request-method': 'HEAD' }));
    expect(read.headers['access-control-allow-methods']).toBe('GET, HEAD');
  });

  test('for another method, header, origin or a private network gets no leave', async () => {
    await using server = await build({ routes });
    const refused: Record<string, string>[] = [
      { 'access-control-request-method': 'DELETE' },
      { 'access-control-request-method': 'post' },
      { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-unknown' },
      { 'access-control-request-method': 'POST', 'access-control-request-headers': '*' },
      { 'access-control-request-method': 'POST', origin: 'https://evil.example' },
      { 'access-control-request-method': 'POST', origin: 'null' },
      { 'access-control-request-method': 'POST', 'access-control-request-private-network': 'true' },
      { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    ];
    for (const headers of refused) {
      const response = await inject(server.app, preflight(headers));
      expect([response.status, allowHeaders(response)], JSON.stringify(headers)).toEqual([204, []]);
      expect(response.headers.vary).toContain('Origin');
    }
    const other = await inject(server.app, {
      method: 'OPTIONS',
      url: '/other',
      headers: { origin: app, 'access-control-request-method': 'POST' },
    });
    expect(allowHeaders(other)).toEqual([]);
  });

  test('of a method that `methods` leaves out gets no leave', async () => {
    await using server = await build({
      http: { cors: { origins: [app], methods: ['GET'] } },
      routes: [get('/orders', { open: true }, () => 'a'), post('/orders', { open: true }, () => 'b')],
    });
    expect(allowHeaders(await inject(server.app, preflight({ 'access-control-request-method': 'POST' })))).toEqual([]);
    expect(allowHeaders(await inject(server.app, preflight({ 'access-control-request-method': 'GET' })))).not.toEqual([]);
  });
});

test('answers of a route that depend on the origin say so without one too: errors, and a 304', async () => {
  await using server = await build({
    http: { cors: { origins: [app] }, etag: true, compress: true },
    routes: [
      get('/a', { open: true, query: { type: 'object', properties: { n: { type: 'integer' } } } }, () => 'x'.repeat(2000)),
      get('/broken', { open: true }, (): string => {
        throw new Error('broken');
      }),
    ],
  });
  const varyOf = (response: InjectResponse) => String(response.headers.vary).split(/, */).sort();
  expect(varyOf(await inject(server.app, { url: '/a?n=x' }))).toEqual(['Origin']);
  expect(varyOf(await inject(server.app, { url: '/broken' }))).toEqual(['Origin']);
  expect(varyOf(await inject(server.app, { url: '/broken', headers: { origin: app } }))).toEqual(['Origin']);
  const whole = await inject(server.app, { url: '/a', headers: { 'accept-encoding': 'gzip' } });
  const headers = { 'accept-encoding': 'gzip', 'if-none-match': whole.headers.etag as string };
  const same = await inject(server.app, { url: '/a', headers });
  expect([whole.status, same.status]).toEqual([200, 304]);
  expect(varyOf(whole)).toEqual(['Accept-Encoding', 'Origin']);
  expect(varyOf(same)).toEqual(varyOf(whole));
});
