import { afterAll, expect, test } from 'vitest';
import {
  alternatives,
  cacheControl,
  created,
  defineAround,
  defineGuard,
  get,
  guarded,
  inject,
  media,
  negotiate,
  noContent,
  ok,
  post,
  reply,
  type HttpOptions,
  type RouteDefinition,
} from '@plinth/http';
import { build } from './support/serve.js';

type Built = Awaited<ReturnType<typeof build>>;
const apps: Built[] = [];
afterAll(async () => {
  for (const app of apps) await app[Symbol.asyncDispose]();
});

async function start(routes: readonly RouteDefinition[], http: HttpOptions = {}) {
  const built = await build({ routes, http });
  apps.push(built);
  return (url: string, headers: Record<string, string> = {}, method = 'GET') => inject(built.app, { url, headers, method });
}

const Orders = { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } } as const;
const choice = alternatives(Orders, { 'text/csv': (orders) => `id\n${orders.map(({ id }) => id).join('\n')}\n` });

test.each([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['text/csv', 'text/csv; charset=utf-8'],
  ['text/*', 'text/csv; charset=utf-8'],
  ['application/json;q=0.5, text/csv', 'text/csv; charset=utf-8'],
  ['text/csv;q=0.1, */*', 'application/json; charset=utf-8'],
  ['application/json;q=0, */*', 'text/csv; charset=utf-8'],
  ['TEXT/CSV;Q=0.3', 'text/csv; charset=utf-8'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json; charset=utf-8'],
] as const)('Accept: %s is answered with %s [IO-01]', async (accept, type) => {
  const ask = await start([get('/orders', { open: true, returns: choice }, () => [{ id: 1, secret: 2 }, { id: 2 }])]);
  const got = await ask('/orders', accept === undefined ? {} : { accept });
  expect(got.headers).toMatchObject({ 'content-type': type, vary: 'Accept' });
  expect(got.text()).toBe(type.startsWith('text') ? 'id\n1\n2\n' : '[{"id":1},{"id":2}]');
});

test('who takes nothing that is offered gets 406 before the handler runs; a lone form is sent unless negotiate is on [IO-01]', async () => {
  let ran = 0;
  const ask = await start([
    get('/choice', { open: true, returns: choice }, () => (ran++, [])),
    get('/lone', { open: true, returns: Orders }, () => []),
    get('/strict', { open: true, returns: Orders, negotiate: true }, () => []),
    get('/own', { open: true }, (context) => negotiate(context, ['text/plain', 'text/csv'])),
  ]);
  for (const accept of ['text/html', 'image/*', 'application/json;q=0, text/csv;q=0']) {
    const got = await ask('/choice', { accept });
    expect([got.status, (got.json() as { code: string }).code, got.headers.vary]).toEqual([406, 'HTTP_NOT_ACCEPTABLE', 'Accept']);
  }
  expect(ran).toBe(0);
  expect((await ask('/lone', { accept: 'text/html' })).status).toBe(200);
  expect((await ask('/strict', { accept: 'text/html' })).status).toBe(406);
  expect((await ask('/strict', { accept: 'text/html, */*;q=0.1' })).status).toBe(200);
  expect((await ask('/own', { accept: 'text/csv, text/plain;q=0.9' })).text()).toBe('text/csv');
  expect((await ask('/own', { accept: 'image/png' })).status).toBe(406);
  expect((await ask('/own', { accept: `${'a/b,'.repeat(2000)}text/csv` })).status).toBe(406);
});

test('etag: a client that has the answer gets 304; conditions hold as for files', async () => {
  const ask = await start(
    [
      get('/x', { open: true, returns: Orders }, () => [{ id: 1 }]),
      get('/weak', { open: true, returns: Orders, etag: 'weak', cache: { scope: 'public', maxAge: 60 } }, () => [{ id: 1 }]),
      get('/own', { open: true, returns: Orders }, () => ok([], { headers: { ETag: '"7"' } })),
      get('/off', { open: true, returns: Orders, etag: false }, () => []),
      post('/post', { open: true, returns: Orders }, () => []),
    ],
    { etag: true },
  );
  const { headers } = await ask('/x');
  expect(headers.etag).toMatch(/^"[\w-]{27}"$/);
  const same = await ask('/x', { 'if-none-match': headers.etag! });
  expect([same.status, same.body.length, same.headers.etag, same.headers['content-length']]).toEqual([304, 0, headers.etag, undefined]);
  expect((await ask('/x', { 'if-none-match': '"other"' })).status).toBe(200);
  const failed = await ask('/x', { 'if-match': '"other"' });
  expect([failed.status, (failed.json() as { code: string }).code]).toEqual([412, 'HTTP_PRECONDITION']);
  const weak = await ask('/weak');
  expect([weak.headers.etag?.slice(0, 3), weak.headers['cache-control']]).toEqual(['W/"', 'public, max-age=60']);
  const unchanged = await ask('/weak', { 'if-none-match': weak.headers.etag! });
  expect([unchanged.status, unchanged.headers['cache-control']]).toEqual([304, 'public, max-age=60']);
  expect((await ask('/own', { 'if-none-match': '"7"' })).status).toBe(304);
  expect((await ask('/off')).headers.etag).toBeUndefined();
  expect((await ask('/post', {}, 'POST')).headers.etag).toBeUndefined();
});

test('cache: said by the contract; guarded answers and those with cookies stay out of caches (Hono CVE-2026-44457)', async () => {
  const who = defineGuard({ name: 'who', run: () => ({}) });
  const one = { open: true, cache: { scope: 'public', maxAge: 60 } } as const;
  const ask = await start([
    get('/x', one, () => 'x'),
    get('/cookie', one, (context) => (context.setCookie('a', 'b'), 'x')),
    get('/fails', one, () => {
      throw new Error('no');
    }),
    guarded(who).get('/guarded', { etag: true }, () => 'x'),
    guarded(who).get('/said', { cache: { scope: 'private', maxAge: 5 } }, () => 'x'),
  ]);
  const caching = async (path: string) => (await ask(path)).headers['cache-control'];
  expect([await caching('/x'), await caching('/cookie'), await caching('/fails')]).toEqual(['public, max-age=60', 'no-store', 'no-store']);
  expect([await caching('/guarded'), await caching('/said')]).toEqual(['no-store', 'private, max-age=5']);
  expect(cacheControl({ maxAge: 1, sharedMaxAge: 2, mustRevalidate: true, staleIfError: 3 })).toBe(
    'max-age=1, s-maxage=2, must-revalidate, stale-if-error=3',
  );
  expect(() => cacheControl({ maxAge: 1.5 })).toThrow(RangeError);
});

test('an around that replaces the body gets the length of what is sent [PL-08]', async () => {
  const longer = defineAround({
    name: 'longer',
    run: async (_context, next) => {
      const { body } = await next();
      return ok(`${String(body)} and mürbe`);
    },
  });
  const emptied = defineAround({ name: 'emptied', run: async (_context, next) => (await next(), noContent()) });
  const ask = await start(
    [
      get('/longer', { open: true, returns: media('text/plain'), around: [longer] }, () => 'x'),
      get('/emptied', { open: true, returns: { 200: media('text/plain'), 204: null }, around: [emptied] }, () => reply(200, 'x')),
      post('/made', { open: true, returns: { 201: { type: 'string' } } }, () => created('é')),
    ],
    { etag: true, compress: { threshold: 1, encodings: ['gzip'] } },
  );
  const got = await ask('/longer');
  expect([got.text(), got.headers['content-length']]).toEqual(['x and mürbe', '12']);
  const coded = await ask('/longer', { 'accept-encoding': 'gzip' });
  expect([coded.headers['content-encoding'], coded.headers['content-length']]).toEqual(['gzip', String(coded.body.length)]);
  expect((await ask('/made', {}, 'POST')).headers['content-length']).toBe('4');
  const none = await ask('/emptied');
  expect([none.status, none.body.length, none.headers['content-length']]).toEqual([204, 0, undefined]);
});
