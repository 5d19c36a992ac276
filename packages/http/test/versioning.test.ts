import { Writable } from 'node:stream';
import { configured, createApp, Module } from '@plinth/core';
import {
  Controller,
  defineGuard,
  forbidden,
  Get,
  get,
  guarded,
  HTTP_SERVER,
  HttpModule,
  inject,
  post,
  type HttpOptions,
  type VersioningOptions,
} from '@plinth/http';
import { describe, expect, test } from 'vitest';
import { build } from './support/serve.js';

const orders = (version: string | readonly string[], text = String(version)) => get('/orders', { open: true, version }, () => text);
const health = get('/about', { open: true, version: 'neutral' }, () => 'about');
const plain = get('/plain', { open: true }, () => 'plain');
const routes = [orders('1'), orders(['2', '3'], '2-3'), health, plain];

const serving = (versioning: VersioningOptions, more: HttpOptions = {}) => build({ routes, http: { versioning, ...more } });

describe('by header', () => {
  test('several versions of one path stand side by side, and neutral ones answer all [RT-07]', async () => {
    await using built = await serving({ by: 'header' });
    const ask = async (version: string | undefined, url = '/orders') => {
      const response = await inject(built.app, { url, headers: version === undefined ? {} : { 'api-version': version } });
      return response.status === 200 ? response.text() : (response.json() as { code: string }).code;
    };
    expect(await ask('1')).toBe('1');
    expect(await ask('2')).toBe('2-3');
    expect(await ask(' 3 ')).toBe('2-3');
    expect(await ask('4')).toBe('HTTP_API_VERSION');
    expect(await ask(undefined)).toBe('HTTP_API_VERSION');
    for (const version of ['1', '9', undefined]) {
      expect(await ask(version, '/about')).toBe('about');
      expect(await ask(version, '/plain')).toBe('plain');
      expect(await ask(version, '/none')).toBe('HTTP_NO_ROUTE');
    }
  });

  test('a missing version is 404 and says which there are [RT-07]', async () => {
    await using built = await serving({ by: 'header' });
    const response = await inject(built.app, { url: '/orders', headers: { 'api-version': '9' } });
    expect([response.status, response.json()]).toMatchObject([404, { code: 'HTTP_API_VERSION', asked: '9', versions: ['1', '2', '3'] }]);
  });

  test('Vary names the header, on routes that depend on it only [RT-07]', async () => {
    await using built = await serving({ by: 'header', name: 'X-Api' });
    expect((await inject(built.app, { url: '/orders', headers: { 'x-api': '1' } })).headers.vary).toContain('X-Api');
    expect((await inject(built.app, { url: '/plain' })).headers.vary ?? '').not.toContain('X-Api');
  });

  test('the default version serves requests that say none [RT-07]', async () => {
    await using built = await serving({ by: 'header', default: '2' });
    expect((await inject(built.app, { url: '/orders' })).text()).toBe('2-3');
    expect((await inject(built.app, { url: '/orders', headers: { 'api-version': '1' } })).text()).toBe('1');
  });

  test('HEAD, OPTIONS and 405 follow the version; a preflight, which cannot say one, finds the route [RT-07]', async () => {
    const versioned = [orders('1'), post('/orders', { open: true, version: '2' }, () => 'made')];
    await using built = await build({
      routes: versioned,
      http: { versioning: { by: 'header' }, cors: { origins: ['https://a.example'] } },
    });
    const ask = (method: string, headers: Record<string, string>) => inject(built.app, { method, url: '/orders', headers });
    expect((await ask('HEAD', { 'api-version': '1' })).status).toBe(200);
    const wrong = await ask('POST', { 'api-version': '1' });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await ask('OPTIONS', {})).headers.allow).toBe('GET, HEAD, OPTIONS, POST');
    const preflight = await ask('OPTIONS', { origin: 'https://a.example', 'access-control-request-method': 'POST' });
    expect(preflight.headers['access-control-allow-origin']).toBe('https://a.example');
  });

  test('a version wins over a neutral route of its path, whatever the order [RT-07]', async () => {
    const one = orders('1');
    const all = get('/orders', { open: true }, () => 'all');
    for (const list of [
      [one, all],
      [all, one],
    ]) {
      await using built = await build({ routes: list, http: { versioning: { by: 'header' } } });
      expect((await inject(built.app, { url: '/orders', headers: { 'api-version': '1' } })).text()).toBe('1');
      const other = await inject(built.app, { url: '/orders', headers: { 'api-version': '2' } });
      expect([other.text(), other.headers.vary]).toEqual(['all', expect.stringContaining('API-Version')]);
    }
  });
});

describe('by media type', () => {
  test.each([
    ['application/json; v=1', '1'],
    ['application/json;version="2"', '2-3'],
    ['application/vnd.acme.v1+json', '1'],
    ['application/vnd.acme.orders.v3+json; q=0.9, */*', '2-3'],
    ['text/html, application/json;v=1;q=0.1', '1'],
  ])('%s asks for %s [RT-07]', async (accept, text) => {
    await using built = await serving({ by: 'media-type' });
    const response = await inject(built.app, { url: '/orders', headers: { accept } });
    expect([response.text(), response.headers.vary]).toEqual([text, expect.stringContaining('Accept')]);
  });

  test.each(['application/json', '*/*', 'application/json; v=../1', `application/vnd.${'a.'.repeat(2000)}v`, ';'.repeat(3000)])(
    'a header without a version is 404, and soon [RT-07]',
    async (accept) => {
      await using built = await serving({ by: 'media-type' });
      const start = performance.now();
      expect((await inject(built.app, { url: '/orders', headers: { accept } })).status).toBe(404);
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});

describe('by a function', () => {
  test('of the request [RT-07]', async () => {
    await using built = await serving({ by: ({ host }) => (host.startsWith('old.') ? '1' : '2'), vary: 'Host' });
    expect((await inject(built.app, { url: '/orders' })).text()).toBe('2-3');
    expect((await inject(built.app, { url: '/orders' })).headers.vary).toContain('Host');
  });
});

describe('by path', () => {
  @Controller('/items', { open: true, version: ['1', '2'] })
  class Items {
    @Get('/')
    list() {
      return 'items';
    }

    @Get('/new', { version: '2' })
    fresh() {
      return 'new';
    }
  }

  test('a version is a segment behind the prefix; neutral routes have none [RT-07]', async () => {
    await using built = await build({ routes, controllers: [Items], http: { prefix: '/api', versioning: { by: 'path', default: '2' } } });
    const ask = async (url: string) => (await inject(built.app, { url })).text();
    expect(await ask('/api/v1/orders')).toBe('1');
    expect(await ask('/api/v3/orders')).toBe('2-3');
    expect(await ask('/api/orders')).toBe('2-3');
    expect(await ask('/api/plain')).toBe('plain');
    expect(await ask('/api/v1/items')).toBe('items');
    expect(await ask('/api/v2/items/new')).toBe('new');
    expect((await inject(built.app, { url: '/api/v1/items/new' })).json()).toMatchObject({ code: 'HTTP_API_VERSION', versions: ['2'] });
    expect((await inject(built.app, { url: '/api/v9/orders' })).json()).toMatchObject({ asked: '9', versions: ['1', '2', '3'] });
    expect((await inject(built.app, { url: '/api/v9/none' })).json()).toMatchObject({ code: 'HTTP_NO_ROUTE' });
    expect(
      built.app
        .get(HTTP_SERVER)
        .routes()
        .map(({ path }) => path),
    ).toContain('/api/v1/items');
  });

  test('without a default, no version is 404 with those there are [RT-07]', async () => {
    await using built = await serving({ by: 'path', prefix: 'version-' });
    expect((await inject(built.app, { url: '/version-1/orders' })).text()).toBe('1');
    expect((await inject(built.app, { url: '/orders' })).json()).toMatchObject({ code: 'HTTP_API_VERSION', versions: ['1', '2', '3'] });
  });

  test('a module gives its version to its routes [RT-07]', async () => {
    @Module({ routes: [get('/a', { open: true }, () => 'a'), get('/b', { open: true, version: 'neutral' }, () => 'b')], version: '1' })
    class Old {}
    @Module({ imports: [HttpModule.with({ versioning: { by: 'path' } }), configured(Old, { prefix: '/old' })] })
    class Root {}
    const app = await createApp(Root, {
      env: { HTTP_RATE_LIMITS: 'off' },
      envFile: false,
      logger: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
    expect((await inject(app, { url: '/v1/old/a' })).text()).toBe('a');
    expect((await inject(app, { url: '/old/b' })).text()).toBe('b');
    await app.stop();
  });
});

describe('at boot', () => {
  test('two routes of one version conflict, of two do not [RT-07][RT-04]', async () => {
    const http = { versioning: { by: 'header' } } as const;
    await expect(build({ routes: [orders('1'), orders(['2', '1'])], http })).rejects.toMatchObject({
      problems: [{ code: 'HTTP_ROUTE_CONFLICT' }],
    });
    await using built = await build({ routes: [orders('1'), orders('2')], http });
    expect(built).toBeDefined();
  });

  test('a version without versioning, and what is no version, stop the boot', async () => {
    await expect(build({ routes: [orders('1')] })).rejects.toMatchObject({ problems: [{ code: 'HTTP_VERSIONING' }] });
    for (const version of ['', 'a b', '1/2', [], ['1', 'neutral']])
      await expect(build({ routes: [orders(version)], http: { versioning: { by: 'header' } } })).rejects.toMatchObject({
        problems: [{ code: 'HTTP_VERSIONING' }],
      });
    await expect(build({ routes: [], http: { versioning: { by: 'header', name: 'a b' } } })).rejects.toMatchObject({
      problems: [{ code: 'HTTP_VERSIONING' }],
    });
  });
});

describe('a deprecated route', () => {
  const deprecated = { since: '2026-01-31', sunset: '2027-01-31T12:00:00Z', link: 'https://example.com/changes' };
  test('says so in Deprecation, Sunset and Link [RT-07]', async () => {
    await using built = await build({
      routes: [get('/old', { open: true, deprecated }, () => 'old'), get('/new', { open: true, deprecated: true }, () => '')],
    });
    const { headers } = await inject(built.app, { url: '/old' });
    expect(headers).toMatchObject({
      deprecation: '@1769817600',
      sunset: 'Sun, 31 Jan 2027 12:00:00 GMT',
      link: '<https://example.com/changes>; rel="deprecation", <https://example.com/changes>; rel="sunset"',
    });
    expect((await inject(built.app, { url: '/new' })).headers.deprecation).toBeUndefined();
  });

  test('says so in its errors as well, whoever throws them [RT-07]', async () => {
    const closed = defineGuard({ name: 'closed', run: () => Promise.reject(forbidden()) });
    await using built = await build({
      routes: [
        guarded(closed).get('/guarded', { deprecated, returns: { 204: null } }, () => undefined),
        get('/fault', { open: true, deprecated }, () => {
          throw new Error('oops');
        }),
        get('/checked/:id', { open: true, deprecated, params: { type: 'object', properties: { id: { type: 'integer' } } } }, () => ''),
      ],
    });
    for (const [url, status] of [
      ['/guarded', 403],
      ['/fault', 500],
      ['/checked/x', 422],
    ] as const) {
      const answer = await inject(built.app, { url });
      expect([answer.status, answer.headers.deprecation, answer.headers.sunset]).toEqual([
        status,
        '@1769817600',
        'Sun, 31 Jan 2027 12:00:00 GMT',
      ]);
      expect(answer.headers.link).toContain('rel="deprecation"');
    }
    expect((await inject(built.app, { url: '/nowhere' })).headers.deprecation).toBeUndefined();
  });

  test.each([
    { since: 'soon' },
    { since: '2026-01-31', sunset: '2025-01-31' },
    { since: '2026-01-31', link: 'https://a.example/>; rel="x"' },
    { since: '2026-01-31', link: 'a\r\nb: c' },
  ])('with wrong dates or links stops the boot', async (wrong) => {
    await expect(build({ routes: [get('/old', { open: true, deprecated: wrong }, () => '')] })).rejects.toMatchObject({
      problems: [{ code: 'HTTP_DEPRECATION' }],
    });
  });
});
