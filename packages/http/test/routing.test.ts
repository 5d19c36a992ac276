import { Writable } from 'node:stream';
import { configured, createApp, Module } from '@plinth/core';
import {
  Controller,
  defineGuard,
  defineOuterAround,
  forbidden,
  Get,
  get,
  guarded,
  HttpModule,
  inject,
  notFound,
  post,
  reply,
  route,
} from '@plinth/http';
import { describe, expect, test } from 'vitest';
import { build, sendRaw, serve } from './support/serve.js';

type Served = Parameters<typeof build>[0];

async function ask(served: Served, method: string, url: string, headers: Record<string, string> = {}) {
  await using built = await build(served);
  return await inject(built.app, { method, url, headers });
}

const code = (response: { json(): unknown }) => (response.json() as { code: string }).code;
const echo = get('/Users/:name', { open: true }, ({ params, path }) => `${params.name} ${path}`);
const closed = defineGuard({
  name: 'closed',
  run() {
    throw forbidden();
  },
});

describe('case', () => {
  test('matters unless it is declared not to, and parameters keep theirs [RT-12]', async () => {
    expect((await ask({ routes: [echo] }, 'GET', '/users/Ann')).status).toBe(404);
    const http = { caseSensitive: false };
    for (const url of ['/users/Ann', '/USERS/Ann', '/Users/Ann'])
      expect((await ask({ routes: [echo], http }, 'GET', url)).text()).toContain('Ann ');
  });

  test('a guard is passed by no spelling of the path [RT-12][PL-03]', async () => {
    const routes = ['/admin/:page?', '/static', '/desk'].map((path) => guarded(closed).get(path, {}, () => 'in'));
    await using built = await build({ routes, http: { caseSensitive: false } });
    for (const url of ['/ADMIN', '/Admin/x', '/%41dmin/x', '/aDMIN/X', '/STATIC', '/sTaTiC'])
      expect([url, (await inject(built.app, { url })).status]).toEqual([url, 403]);
    // Unicode's folding would make a "k" of the Kelvin sign, which a guard by text would not know.
    expect((await inject(built.app, { url: '/DES%E2%84%AA' })).status).toBe(404);
  });

  test('two routes that differ in case only stop the boot where case does not matter [RT-12]', async () => {
    const routes = [get('/a', { open: true }, () => ''), get('/A', { open: true }, () => '')];
    await expect(build({ routes, http: { caseSensitive: false } })).rejects.toMatchObject({ problems: [{ code: 'HTTP_ROUTE_CONFLICT' }] });
    await using built = await build({ routes });
    expect(built).toBeDefined();
  });

  test('text between parameters folds, the parameters do not [RT-12]', async () => {
    const routes = [get('/f/:a-Of-:b', { open: true }, ({ params }) => `${params.a}|${params.b}`)];
    expect((await ask({ routes, http: { caseSensitive: false } }, 'GET', '/F/Xa-oF-Yb')).text()).toBe('Xa|Yb');
  });
});

describe('a slash at the end', () => {
  const routes = [echo, get('/list', { open: true }, ({ path }) => path), get('/files/*rest', { open: true }, ({ params }) => params.rest)];
  test('is another path, is redirected, or is ignored, as declared [RT-12][RT-05]', async () => {
    expect((await ask({ routes }, 'GET', '/list/')).status).toBe(404);
    const redirected = await ask({ routes, http: { trailingSlash: 'redirect' } }, 'GET', '/list/?a=%2F&b');
    expect([redirected.status, redirected.headers.location]).toEqual([308, '/list?a=%2F&b']);
    const ignored = await ask({ routes, http: { trailingSlash: 'ignore' } }, 'GET', '/list/?a=1');
    expect([ignored.status, ignored.text()]).toEqual([200, '/list']);
    expect((await ask({ routes, http: { trailingSlash: 'ignore' } }, 'GET', '/files/a/b/')).text()).toBe('a/b');
  });

  test('is refused twice, whatever is declared [RT-12]', async () => {
    for (const trailingSlash of ['distinct', 'redirect', 'ignore'] as const) {
      const response = await ask({ routes, http: { trailingSlash } }, 'GET', '/list//');
      expect([response.status, code(response)]).toEqual([400, 'HTTP_PATH']);
    }
    expect(code(await ask({ routes, http: { trailingSlash: 'redirect' } }, 'GET', '//list/'))).toBe('HTTP_PATH');
  });

  test('is nothing to the root of a prefix where it is ignored [RT-05]', async () => {
    const root = { routes: [get('/', { open: true }, () => 'root')], http: { prefix: '/api', trailingSlash: 'ignore' as const } };
    expect((await ask(root, 'GET', '/api')).text()).toBe('root');
    expect((await ask(root, 'GET', '/api/')).text()).toBe('root');
    expect((await ask({ ...root, http: { prefix: '/api' } }, 'GET', '/api/')).status).toBe(404);
  });
});

describe('prefixes', () => {
  @Controller('/orders', { open: true })
  class Orders {
    @Get('/')
    list() {
      return 'orders';
    }
  }

  @Module({ controllers: [Orders], routes: [get('/', { open: true }, () => 'shop')] })
  class Shop {}

  test('of application, module and controller nest, and a module may stand twice [RT-05]', async () => {
    @Module({
      imports: [HttpModule.with({ prefix: '/api' }), configured(Shop, { prefix: '/shop' }), configured(Shop, { prefix: '/store/' })],
    })
    class Root {}
    const app = await createApp(Root, {
      env: { HTTP_RATE_LIMITS: 'off' },
      envFile: false,
      logger: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
    for (const [url, text] of [
      ['/api/shop', 'shop'],
      ['/api/shop/orders', 'orders'],
      ['/api/store/orders', 'orders'],
    ] as const)
      expect((await inject(app, { url })).text()).toBe(text);
    expect((await inject(app, { url: '/api/orders' })).status).toBe(404);
    await app.stop();
  });
});

describe('a route of every method', () => {
  test('answers those that no other route of the path answers [RT-01]', async () => {
    const routes = [route('*', '/x', { open: true }, ({ method }) => `any ${method}`), post('/x', { open: true }, () => 'post')];
    expect((await ask({ routes }, 'PURGE', '/x')).text()).toBe('any PURGE');
    expect((await ask({ routes }, 'POST', '/x')).text()).toBe('post');
    expect((await ask({ routes }, 'OPTIONS', '/x')).text()).toBe('any OPTIONS');
  });

  test('two of them conflict [RT-04]', async () => {
    const routes = [route('*', '/x', { open: true }, () => ''), route('*', '/x', { open: true }, () => '')];
    await expect(build({ routes })).rejects.toMatchObject({ problems: [{ code: 'HTTP_ROUTE_CONFLICT' }] });
  });
});

describe('a miss', () => {
  const Lost = { type: 'object', properties: { lost: { type: 'string' } } } as const;
  const seen: string[] = [];
  const watch = defineOuterAround({
    name: 'watch',
    async run(context, next) {
      seen.push(`> ${context.method} ${context.path}`);
      context.setHeader('X-Seen', '1');
      try {
        const answer = await next();
        seen.push(`< ${answer.status}`);
        return answer;
      } catch (error) {
        seen.push(`! ${(error as { code: string }).code}`);
        throw error;
      }
    },
  });
  const routes = [
    get('/api/x', { open: true }, () => 'x'),
    notFound('/', { open: true, returns: { 404: Lost, 405: Lost } }, ({ path, allowed }) =>
      allowed.length === 0 ? reply(404, { lost: path }) : reply(405, { lost: allowed.join() }),
    ),
    guarded(closed).notFound('/api', { returns: { 404: Lost } }, () => reply(404, { lost: 'api' })),
    notFound('/api/v1', { open: true }, ({ missed }) => {
      throw missed;
    }),
  ];

  test('below a path is answered by its handler, the nearest first, behind its guards [RT-06]', async () => {
    await using built = await build({ routes });
    const lost = await inject(built.app, { url: '/nowhere' });
    expect([lost.status, lost.json()]).toEqual([404, { lost: '/nowhere' }]);
    expect((await inject(built.app, { url: '/' })).json()).toEqual({ lost: '/' });
    expect((await inject(built.app, { url: '/api/nowhere' })).status).toBe(403);
    expect((await inject(built.app, { url: '/api' })).status).toBe(403);
    expect((await inject(built.app, { url: '/api/' })).status).toBe(403);
    expect(code(await inject(built.app, { url: '/api/v1/nowhere' }))).toBe('HTTP_NO_ROUTE');
    expect((await inject(built.app, { url: '/apis' })).json()).toEqual({ lost: '/apis' });
    expect((await inject(built.app, { url: '/api/x' })).text()).toBe('x');
  });

  test('by method goes there too, with Allow; OPTIONS stays with the server [RT-06]', async () => {
    await using built = await build({ routes: [get('/x', { open: true }, () => 'x'), routes[1]!] });
    const wrong = await inject(built.app, { method: 'DELETE', url: '/x' });
    expect([wrong.status, wrong.headers.allow, wrong.json()]).toEqual([405, 'GET, HEAD, OPTIONS', { lost: 'GET,HEAD,OPTIONS' }]);
    const options = await inject(built.app, { method: 'OPTIONS', url: '/x' });
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  test('is seen by outer arounds: 404, 405, OPTIONS and redirects, each with one log line [RT-06]', async () => {
    seen.length = 0;
    await using built = await build({
      routes: [get('/x', { open: true }, () => 'x')],
      http: { outer: [watch], trailingSlash: 'redirect' },
    });
    const answers = [
      await inject(built.app, { url: '/no' }),
      await inject(built.app, { method: 'POST', url: '/x' }),
      await inject(built.app, { method: 'OPTIONS', url: '/x' }),
      await inject(built.app, { url: '/x/?q' }),
    ];
    expect(answers.map(({ status, headers }) => [status, headers['x-seen']])).toEqual([
      [404, '1'],
      [405, '1'],
      [204, '1'],
      [308, '1'],
    ]);
    expect(answers[1]!.headers.allow).toBe('GET, HEAD, OPTIONS');
    expect(answers[3]!.headers.location).toBe('/x?q');
    expect(seen).toEqual(['> GET /no', '! HTTP_NO_ROUTE', '> POST /x', '! HTTP_METHOD', '> OPTIONS /x', '< 204', '> GET /x/', '< 308']);
    expect(built.logs.filter(({ msg }) => msg === 'request').map(({ status, route: pattern }) => [status, pattern])).toEqual([
      [404, ''],
      [405, ''],
      [204, ''],
      [308, ''],
    ]);
  });

  test('OPTIONS * passes outer arounds as well', async () => {
    await using server = await serve({ routes: [], http: { outer: [watch] } });
    const answer = await sendRaw(server.port, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer.text).toMatch(/^HTTP\/1\.1 204/);
    expect(answer.text).toContain('X-Seen: 1');
  });

  test('handler with a parameter in its path, or two of one path, stop the boot', async () => {
    const twice = [notFound('/a', { open: true }, () => ''), notFound('/a/', { open: true }, () => '')];
    await expect(build({ routes: twice })).rejects.toMatchObject({ problems: [{ code: 'HTTP_ROUTE_CONFLICT' }] });
    await expect(build({ routes: [notFound('/:a', { open: true }, () => '')] })).rejects.toMatchObject({
      problems: [{ code: 'HTTP_PATTERN' }],
    });
    await expect(build({ routes: [notFound('/a', {}, () => '')] })).rejects.toMatchObject({ problems: [{ code: 'HTTP_UNGUARDED' }] });
  });
});
