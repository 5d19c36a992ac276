import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  defineGuard,
  defineOuterAround,
  get,
  guarded,
  inject,
  media,
  noCredential,
  post,
  reply,
  route,
  type HttpOptions,
  type InjectRequest,
} from '@plinth/http';
import { field, file, multipart } from '@plinth/http/multipart';
import { exchange } from './hostile/wire.js';
import { build, serve, until, type TestServer } from './support/serve.js';

// Advisories of other frameworks and libraries, provoked here. Those that are not in this file are in that of the behaviour:
// docs/reference/advisories.md says where, and the last test that it is so.

const locked = guarded(
  defineGuard({
    name: 'locked',
    run: () => {
      throw noCredential();
    },
  }),
);
const admin = locked.get('/admin', {}, () => 'admin');
const adminItem = locked.get('/admin/:id', {}, () => 'admin');
const production = { NODE_ENV: 'production', APP_HOSTS: 'localhost' };
const codeOf = (response: { json(): unknown }) => (response.json() as { code?: string }).code;

describe('a guard belongs to its route, so that no spelling of the path leads around it', () => {
  const spellings = [
    '/%61dmin',
    '/admin?x',
    '/admin#',
    '/admin/',
    '//admin',
    '/admin//',
    '/./admin',
    '/x/../admin',
    '/admin;x=1',
    '/;x/admin',
    '/ADMIN',
    '/Admin/1',
    '/admin/1/',
    '/admin/1;x',
    '/admin%2f1',
    '/admin%5c1',
    '/%2fadmin',
    '/admin%00',
    '/admin%20',
    '/admin.json',
    '/admin%3f',
    '/%2561dmin',
  ];

  test.each<[string, HttpOptions]>([
    ['as it is', {}],
    ['where a slash at the end is ignored', { trailingSlash: 'ignore' }],
    ['where a slash at the end is redirected', { trailingSlash: 'redirect' }],
    ['where case does not matter', { caseSensitive: false }],
    [
      'where the firewall lets everything through',
      {
        trailingSlash: 'ignore',
        caseSensitive: false,
        firewall: {
          semicolon: 'allow',
          backslash: 'allow',
          unsafeCharacters: 'allow',
          emptySegments: 'allow',
          dotSegments: 'allow',
          encodedSlash: 'allow',
          encodedBackslash: 'allow',
          encodedPercent: 'allow',
          encodedControls: 'allow',
          separators: 'allow',
        },
      },
    ],
  ])(
    '%s: NestJS CVE-2025-69211, CVE-2026-2293, CVE-2026-33011, CVE-2026-54281; @fastify/middie CVE-2026-2880, CVE-2026-6270, CVE-2026-33804; @fastify/express CVE-2026-33807, CVE-2026-33808; better-auth GHSA-x732-6j76-qmhm',
    async (_how, http) => {
      await using server = await build({ routes: [admin, adminItem], http });
      for (const url of spellings)
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
          const response = await inject(server.app, { method, url });
          expect(response.text(), `${method} ${url}`).not.toBe('admin');
          // An answer without a refusal tells what the path allows, or where it is.
          expect([204, 308, 400, 401, 404, 405], `${method} ${url}`).toContain(response.status);
        }
    },
  );

  test('under a prefix that is written twice or with slashes: @fastify/express CVE-2026-33807', async () => {
    await using server = await build({ routes: [locked.get('//admin//', {}, () => 'admin')], http: { prefix: '/api/' } });
    for (const url of ['/api/admin', '/api/api/admin', '/api//admin', '//api/admin', '/admin', '/api/admin/'])
      expect([400, 401, 404], url).toContain((await inject(server.app, { url })).status);
    expect((await inject(server.app, { url: '/api/admin' })).status).toBe(401);
  });

  test('with headers that frameworks write for themselves: Next.js CVE-2025-29927', async () => {
    await using server = await build({ routes: [admin] });
    const headers = {
      'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware',
      'x-original-url': '/ok',
      'x-rewrite-url': '/ok',
      'x-forwarded-uri': '/ok',
      'x-http-method-override': 'OPTIONS',
      'x-internal': '1',
    };
    expect((await inject(server.app, { url: '/admin', headers })).status).toBe(401);
  });

  test('an arounds’ own match of the path sees it decoded once: h3 CVE-2026-33131', async () => {
    const seen: string[] = [];
    const watch = defineOuterAround({
      name: 'watch',
      run: async ({ path }, next) => {
        seen.push(path);
        return next();
      },
    });
    await using server = await serve({ routes: [get('/ok', { open: true }, () => 'ok')], http: { outer: [watch] } });
    await exchange(server.port, ['GET /%6fk HTTP/1.1\r\nHost: localhost\r\n\r\n']);
    await exchange(server.port, ['GET /ok HTTP/1.1\r\nHost: localhost/x?\r\n\r\n']);
    expect(new Set(seen)).toEqual(new Set(['/ok']));
  });

  test('and its rate limit counts every spelling: better-auth GHSA-x732-6j76-qmhm', async () => {
    await using server = await build({
      routes: [post('/sign-in', { open: true, rateLimit: { limit: 1, per: '1h', burst: 1 } }, () => 'in')],
      env: { HTTP_RATE_LIMITS: '' },
    });
    const statuses = [];
    for (const url of ['/sign-in', '/sign-i%6e', '/%73ign-in', '/sign-in?x', '//sign-in', '/sign-in/'])
      statuses.push((await inject(server.app, { method: 'POST', url })).status);
    expect(statuses).toEqual([200, 429, 429, 429, 400, 404]);
  });
});

describe('a content type is read once, as a whole', () => {
  let server: TestServer;
  let parsed = 0;
  beforeAll(async () => {
    const body = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } as const;
    server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        post('/', { open: true, body }, () => {
          parsed++;
          return 'parsed';
        }),
      ],
    });
  });
  afterAll(() => server.app.stop());

  test.each<[string, string]>([
    ['Fastify CVE-2022-39288', ''],
    ['Fastify CVE-2022-39288', ';'],
    ['Fastify CVE-2022-39288', '/'],
    ['Fastify CVE-2022-39288', 'application/'],
    ['Fastify CVE-2022-39288', '\xff/\xff'],
    ['Fastify CVE-2022-39288', 'a'.repeat(10_000)],
    ['Fastify CVE-2022-39288', '__proto__/constructor'],
    ['Fastify CVE-2026-25223', 'application/json\ta'],
    ['Fastify CVE-2026-25223', 'application/json\t;a'],
    ['Fastify CVE-2026-33806', 'application/json ; charset=utf-8 ; a'],
    ['Fastify CVE-2026-3419', 'application/json garbage'],
    ['Fastify CVE-2026-3419', 'application/json;garbage'],
    ['Fastify CVE-2026-3419', 'application/json; =a'],
  ])('%s: %j', async (_id, type) => {
    const before = parsed;
    const bytes = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 9\r\n\r\n{"b":"c"}`;
    const found = await exchange(server.port, [bytes]);
    expect(
      found.answers.map(({ status }) => status),
      found.text,
    ).toEqual([415]);
    expect(found.connection).toBe('kept');
    expect(parsed).toBe(before);
  });

  test.each([
    ' application/json',
    'application/json ',
    'APPLICATION/JSON',
    'application/json ;charset=utf-8',
    'application/json;\tcharset=UTF-8',
  ])('Fastify CVE-2025-32442 and CVE-2026-33806: what is taken is checked, however it is written: %j', async (type) => {
    const bytes = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 9\r\n\r\n{"b":"c"}`;
    expect((await exchange(server.port, [bytes])).answers.map(({ status }) => status)).toEqual([422]);
  });
});

describe('patterns and schemas take no more time than their input is long', () => {
  test('find-my-way CVE-2024-45813, path-to-regexp CVE-2024-45296, CVE-2024-52798, CVE-2026-4867: several parameters in a segment', async () => {
    await using server = await build({
      routes: [
        get('/two/:a.:b', { open: true }, ({ params }) => `${params.a}|${params.b}`),
        get('/deep/:a.:b/:c.:d/:e.:f/end', { open: true }, () => 'deep'),
        get('/rest/*rest', { open: true }, () => 'rest'),
      ],
      http: { limits: { url: 15_000, param: 15_000 } },
    });
    const urls = ['.', 'a.', '..a', 'a'].flatMap((text) => {
      const long = text.repeat(3900 / text.length);
      return [`/two/${long}`, `/deep/${long}/${long}/${long}/no`, `/deep/${long}`, `/rest/${long}/${long}`];
    });
    const began = performance.now();
    for (const url of urls) expect([200, 400, 404]).toContain((await inject(server.app, { url })).status);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('ajv CVE-2025-69873: a pattern out of the data is not a pattern', async () => {
    const body = { type: 'object', properties: { p: { type: 'string' }, v: { type: 'string', pattern: { $data: '1/p' } } } } as never;
    await expect(build({ routes: [post('/', { open: true, body } as never, (() => 'ok') as never)], env: production })).rejects.toThrow(
      /HTTP_SCHEMA/,
    );
  });

  test('ajv CVE-2020-15366: a schema cannot reach a prototype', async () => {
    const body = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"polluted":{"default":true}}}}}',
    ) as never;
    try {
      await using server = await build({ routes: [post('/', { open: true, body } as never, (() => 'ok') as never)] });
      await inject(server.app, { method: 'POST', url: '/', body: { a: 1 } });
    } catch (error) {
      expect(String(error)).toContain('HTTP_SCHEMA');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('Koa CVE-2025-25200 and others of its kind: long headers of every sort', async () => {
    await using server = await build({
      routes: [get('/', { open: true, returns: { type: 'object', properties: {} } }, (context) => (context.cookie('a'), {}))],
      http: { trust: 1, compress: true, etag: true, negotiate: true, limits: { headerBytes: 64 * 1024 } },
    });
    const names = [
      'accept',
      'accept-encoding',
      'accept-language',
      'cookie',
      'forwarded',
      'if-match',
      'if-modified-since',
      'if-none-match',
      'origin',
      'range',
      'referer',
      'traceparent',
      'tracestate',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'idempotency-key',
      'authorization',
      'content-type',
    ];
    const began = performance.now();
    for (const name of names)
      for (const text of [' ', ',', ';', '"', '\\"', '=', 'a,', 'q=0.', '-', '1-2,', '*/*;q=0 ', '"\\', 'W/"', '\t ']) {
        const response = await inject(server.app, { url: '/', headers: { [name]: `a${text.repeat(30_000 / text.length)}b` } });
        expect(response.status, `${name}: ${text}`).toBeLessThan(500);
      }
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);

  test('Node CVE-2026-21717 and CVE-2025-27209: keys that collide, integers among them', async () => {
    await using server = await build({
      routes: [
        post(
          '/',
          { open: true, body: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 200_000 } as const },
          () => 'ok',
        ),
      ],
    });
    const began = performance.now();
    for (const key of [
      (index: number) => String(index * 4096),
      (index: number) => String(4294967295 - index * 65536),
      (index: number) => `a${index}`,
    ]) {
      const body = `{${Array.from({ length: 60_000 }, (_, index) => `"${key(index)}":1`).join(',')}}`;
      const request: InjectRequest = { method: 'POST', url: '/', body, headers: { 'content-type': 'application/json' } };
      expect([200, 422]).toContain((await inject(server.app, request)).status);
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('qs CVE-2022-24999 and CVE-2025-15284: names of a query nest nothing, and lists have an end', async () => {
    await using server = await build({
      routes: [get('/', { open: true, unknown: 'keep', query: { type: 'object' } as const }, ({ query }) => JSON.stringify(query))],
    });
    const response = await inject(server.app, { url: '/?a[__proto__][x]=1&a[0]=2&a[99999999]=3&__proto__[y]=1&b.c=1' });
    expect(response.json()).toEqual({ 'a[__proto__][x]': '1', 'a[0]': '2', 'a[99999999]': '3', '__proto__[y]': '1', 'b.c': '1' });
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
    expect(codeOf(await inject(server.app, { url: `/?${'a=1&'.repeat(1001)}` }))).toBe('HTTP_QUERY_LIMIT');
  });
});

describe('what a client says of itself', () => {
  test('NestJS CVE-2024-29409: a file is what its bytes are, not what its part says', async () => {
    const body = multipart({ title: field({ type: 'string' }), picture: file({ types: ['image/png'] }) });
    await using server = await build({ routes: [post('/', { open: true, body }, ({ body: { picture } }) => picture.type)] });
    const form = new FormData();
    form.set('title', 'x');
    form.set('picture', new File(['<!doctype html><script>alert(1)</script>'], 'a.png', { type: 'image/png' }));
    const response = await inject(server.app, { method: 'POST', url: '/', body: form });
    expect([415, 422]).toContain(response.status);
  });

  test('Node CVE-2026-21710: a header called __proto__ is a header, in every form of them', async () => {
    let seen: unknown;
    await using server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/', { open: true }, (context) => {
          const { request } = context as unknown as { request: { headers: object; headersDistinct: object } };
          seen = [Object.keys(request.headers), Object.keys(request.headersDistinct)];
          return [context.header('__proto__'), context.header('constructor'), context.header('tostring')].join();
        }),
      ],
    });
    const bytes = 'GET / HTTP/1.1\r\nHost: localhost\r\n__proto__: x\r\n__PROTO__: y\r\nconstructor: z\r\nhasOwnProperty: z\r\n\r\n';
    const found = await exchange(server.port, [bytes]);
    expect([found.answers[0]?.status, found.answers[0]?.body, found.connection]).toEqual([200, ',z,', 'kept']);
    expect(seen).toBeDefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('Node CVE-2026-58044: headers above the limit are refused with the request, never dropped', async () => {
    await using server = await serve({
      routes: [get('/ok', { open: true }, () => 'ok'), get('/', { open: true }, (context) => context.header('authorization') ?? 'nobody')],
    });
    for (const count of [98, 99, 1999, 2000, 3000]) {
      const bytes = `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(count)}Authorization: me\r\n\r\n`;
      const [answer] = (await exchange(server.port, [bytes])).answers;
      expect([answer?.status, answer?.status === 200 ? answer.body : '']).toEqual(count === 98 ? [200, 'me'] : [431, '']);
    }
  });

  test('Node CVE-2024-22019, CVE-2024-27982, CVE-2025-23167, CVE-2022-32213, CVE-2022-32214, CVE-2022-32215, CVE-2022-35256, CVE-2019-15605: a second request hidden in the first', async () => {
    await using server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/hidden', { open: true }, () => 'hidden'),
        post('/', { open: true, body: { type: 'string' } as const, accepts: 'text', limits: { body: 100_000 } }, () => 'posted'),
      ],
    });
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const start = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n';
    const chunked = `0\r\n\r\n${hidden}`;
    const tries = [
      `${start} Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `${start}Content-Length : ${hidden.length}\r\n\r\n${hidden}`,
      `${start}Content-Length: 1\r\n\rX${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n0\r\n\rX${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n0\n\n${hidden}`,
      `${start}Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunkedchunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding:\r\n chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding\n : chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunked\nX: y\r\n\r\n${chunked}`,
      `${start}X: y\rTransfer-Encoding: chunked\r\n\r\n${chunked}`,
      `${start}Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n1;x\nx\r\n${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n${hidden}`,
      `${start}Content-Length: ${hidden.length}\r\nContent-Length: 0\r\n\r\n${hidden}`,
    ];
    for (const bytes of tries) {
      const found = await exchange(server.port, [bytes]);
      expect(
        found.answers.map(({ status }) => status),
        bytes,
      ).toEqual([bytes.includes('chunkedchunked') ? 501 : 400]);
      expect(found.connection, bytes).toBe('closed');
      expect(found.text).not.toContain('hidden');
    }
  });
});

describe('what the server does with it', () => {
  test('Node CVE-2025-59466: a stack that overflows within an asynchronous context is an error like others', async () => {
    const recurse = (): number => recurse() + 1;
    await using server = await build({
      routes: [
        get('/now', { open: true }, () => String(recurse())),
        get('/later', { open: true }, async () => {
          await Promise.resolve();
          return String(recurse());
        }),
        get('/json', { open: true, returns: {} } as never, (() => nested(50_000)) as never),
        post('/deep', { open: true, body: {} as never }, () => 'ok'),
      ],
    });
    for (const url of ['/now', '/later', '/json']) expect((await inject(server.app, { url })).status, url).toBe(500);
    const body = '['.repeat(500_000);
    expect((await inject(server.app, { method: 'POST', url: '/deep', body, headers: { 'content-type': 'application/json' } })).status).toBe(
      400,
    );
    expect((await inject(server.app, { url: '/health/live' })).status).toBe(200);
  });

  test('NestJS CVE-2023-26108: a source whose client has gone is closed', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<string> {
      try {
        while (true) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield 'x';
        }
      } finally {
        closed = true;
      }
    }
    await using server = await serve({
      routes: [get('/', { open: true, returns: { 200: media('text/plain') } }, () => reply(200, source()))],
    });
    const gone = new AbortController();
    const response = await fetch(server.url, { signal: gone.signal });
    await response.body?.getReader().read();
    gone.abort();
    await until(() => closed);
    expect(closed).toBe(true);
  });

  test('a route of another method is none: NestJS CVE-2026-33011', async () => {
    await using server = await build({ routes: [locked.get('/', {}, () => 'secret'), route('POST', '/', { open: true }, () => 'posted')] });
    const statuses = await Promise.all(
      ['GET', 'HEAD', 'POST', 'PUT'].map(async (method) => (await inject(server.app, { method, url: '/' })).status),
    );
    expect(statuses).toEqual([401, 401, 200, 405]);
  });
});

test('docs/reference/advisories.md names for each advisory a test that has its number', () => {
  const root = new URL('../../../', import.meta.url);
  const table = readFileSync(new URL('docs/reference/advisories.md', root), 'utf8')
    .split('\n')
    .filter((line) => /^\| .*(?:CVE|GHSA)-/.test(line));
  expect(table.length).toBeGreaterThan(30);
  for (const line of table) {
    const [, ids = '', path = ''] = /^\|([^|]*)\|[^|]*\]\(\.\.\/\.\.\/([^)]*)\)/.exec(line) ?? [];
    const text = readFileSync(new URL(path, root), 'utf8');
    for (const id of ids.match(/CVE-\d+-\d+|GHSA-[\w-]+/g) ?? []) expect(text, `${path} lacks ${id}`).toContain(id);
  }
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}
