import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { currentContext, Injectable, LOGGER, type Logger } from '@plinth/core';
import { Controller, cookie, defineGuard, Get, get, guarded, HTTP_SERVER, inject, media, post, type HttpRequestEvent } from '@plinth/http';
import { build, serve, until } from './support/serve.js';

describe('a cookie', () => {
  test('is Secure, HttpOnly, SameSite=Lax and Path=/ unless said otherwise', () => {
    expect(cookie('__Host-sid', 'a1')).toBe('__Host-sid=a1; Path=/; Secure; HttpOnly; SameSite=Lax');
    expect(cookie('a', 'ü;%', { maxAge: 60, sameSite: 'none', httpOnly: false, domain: 'example.com', path: '/x' })).toBe(
      'a=%C3%BC%3B%25; Path=/x; Domain=example.com; Max-Age=60; Secure; SameSite=None',
    );
  });

  test.each<[string, () => unknown]>([
    ['a name with a semicolon', () => cookie('a;b', 'x')],
    ['an empty name', () => cookie('', 'x')],
    ['a path that injects an attribute', () => cookie('a', 'x', { path: '/; Domain=evil.example' })],
    ['a domain that injects an attribute', () => cookie('a', 'x', { domain: 'example.com; Path=/' })],
    ['a __Host- name with a domain', () => cookie('__Host-a', 'x', { domain: 'example.com' })],
    ['a __host- name in another case that is not secure', () => cookie('__host-a', 'x', { secure: false })],
    ['SameSite=None without Secure', () => cookie('a', 'x', { sameSite: 'none', secure: false })],
    ['more than 4,096 bytes', () => cookie('a', 'x'.repeat(5000))],
    ['half a surrogate pair', () => cookie('a', '\ud800')],
    ['a maxAge that is no number', () => cookie('a', 'x', { maxAge: Number.NaN })],
  ])('with %s is refused', (_name, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'HTTP_COOKIE' }));
  });

  test('comes back as it was set; the answer that sets it is not cached', async () => {
    const routes = [
      get('/set', { open: true }, (context) => {
        context.setCookie('v', 'a "b"; 50 %');
        return 'x';
      }),
      get('/read', { open: true }, (context) => context.cookie('v') ?? 'none'),
    ];
    await using server = await build({ routes });
    const set = await inject(server.app, { url: '/set' });
    expect(set.headers['cache-control']).toBe('no-store');
    const value = set.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await inject(server.app, { url: '/read', headers: { cookie: `other=1; ${value}; v=second` } })).text()).toBe('a "b"; 50 %');
    const many = Array.from({ length: 51 }, (_, i) => `c${i}=1`).join('; ');
    expect((await inject(server.app, { url: '/read', headers: { cookie: many } })).status).toBe(431);
  });
});

describe('a request', () => {
  test('has one log line of a fixed shape, with the pattern and never the path or query', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await using server = await build({ routes: [get('/a/:id', { open: true }, () => 'text')] });
    const response = await inject(server.app, {
      url: '/a/secret?token=secret',
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    const lines = server.logs.filter((line) => line.msg === 'request');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      requestId: response.headers['x-request-id'],
      method: 'GET',
      route: '/a/:id',
      status: 200,
      bytes: 4,
      traceId: trace,
    });
    expect(typeof lines[0]?.['ms']).toBe('number');
    expect(JSON.stringify(server.logs)).not.toContain('secret');
  });

  test('is published on plinth:http.request [OB-03]', async () => {
    const events: HttpRequestEvent[] = [];
    const take = (event: unknown) => void events.push(event as HttpRequestEvent);
    subscribe('plinth:http.request', take);
    await using server = await build({
      routes: [
        get('/', { open: true }, () => {
          throw new Error('x');
        }),
      ],
    });
    await inject(server.app, { url: '/' });
    unsubscribe('plinth:http.request', take);
    expect(events).toMatchObject([{ route: '/', status: 500, method: 'GET', error: { message: 'x' } }]);
  });

  test('keeps its context through guard, body, handler and stream, and its lines carry its id [PL-12] [LOG-02]', async () => {
    const seen: (string | undefined)[] = [];
    const note = () => void seen.push(currentContext()?.id);
    const guard = guarded(
      defineGuard({
        name: 'g',
        run: async () => {
          await sleep(1);
          note();
        },
      }),
    );
    const route = guard.post('/', { body: {}, returns: { 200: media('text/plain') } }, async function () {
      await sleep(1);
      note();
      return (async function* () {
        note();
        yield 'a';
        await sleep(1);
        note();
        yield 'b';
      })();
    });
    await using server = await serve({ routes: [route] });
    const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(await response.text()).toBe('ab');
    expect(new Set(seen)).toEqual(new Set([response.headers.get('x-request-id')]));
    expect(seen).toHaveLength(4);
  });

  test('enters the context only where something of its route asks for it [RT-11]', async () => {
    @Injectable({ deps: [LOGGER] })
    @Controller('/with', { open: true })
    class With {
      constructor(readonly log: Logger) {}
      @Get('/', {}) run() {
        this.log.info('hello');
        return String(currentContext() !== undefined);
      }
    }
    @Injectable()
    @Controller('/without', { open: true })
    class Without {
      @Get('/', {}) run() {
        return String(currentContext() !== undefined);
      }
    }
    await using server = await build({
      controllers: [With, Without],
      routes: [get('/plain', { open: true, context: false }, () => String(currentContext() !== undefined))],
    });
    const answer = async (url: string) => (await inject(server.app, { url })).text();
    expect([await answer('/with'), await answer('/without'), await answer('/plain')]).toEqual(['true', 'false', 'false']);
    expect(server.logs.find((line) => line.msg === 'hello')?.['requestId']).toBe(
      server.logs.find((line) => line['route'] === '/with')?.['requestId'],
    );
    expect(
      server.app
        .get(HTTP_SERVER)
        .routes()
        .map((r) => [`${r.method} ${r.path}`, r.open, r.usesContext]),
    ).toContainEqual(['GET /with', true, true]);
  });

  test('of a request-scoped controller gets an instance of its own, released when it ends', async () => {
    let made = 0;
    let released = 0;
    @Injectable({ scope: 'request' })
    @Controller('/', { open: true })
    class Scoped {
      readonly number = ++made;
      @Get('/', {}) async run() {
        await sleep(1);
        return String(this.number);
      }
      [Symbol.dispose]() {
        released++;
      }
    }
    await using server = await build({ controllers: [Scoped] });
    const answers = await Promise.all([1, 2, 3].map(async () => (await inject(server.app, { url: '/' })).text()));
    expect(answers.sort()).toEqual(['1', '2', '3']);
    await until(() => released === 3);
  });

  test('HEAD and OPTIONS are derived: the same guard for HEAD, Allow for OPTIONS [RT-01]', async () => {
    const names: string[] = [];
    const guard = guarded(defineGuard({ name: 'g', run: (context) => void names.push(context.method) }));
    await using server = await build({
      routes: [
        guard.get('/a', {}, () => 'text'),
        post('/a', { open: true, body: {} }, () => 'x'),
        get('/b/:id?', { open: true }, ({ params }) => params.id ?? 'none'),
      ],
    });
    const head = await inject(server.app, { method: 'HEAD', url: '/a' });
    expect([head.status, head.headers['content-length'], head.body.length, names]).toEqual([200, '4', 0, ['HEAD']]);
    const options = await inject(server.app, { method: 'OPTIONS', url: '/a' });
    expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
    const refused = await inject(server.app, { method: 'DELETE', url: '/a' });
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    expect([(await inject(server.app, { url: '/b' })).text(), (await inject(server.app, { url: '/b/1' })).text()]).toEqual(['none', '1']);
  });

  test('with a slash too many is redirected only where that is switched on, and never to another host [RT-12]', async () => {
    await using server = await build({
      routes: [get('/a', { open: true }, () => 'x')],
      http: { trailingSlash: 'redirect', prefix: '/api' },
    });
    const response = await inject(server.app, { url: '/api/a/?x=1' });
    expect([response.status, response.headers['location']]).toEqual([308, '/api/a?x=1']);
    expect((await inject(server.app, { url: '//evil.example/' })).status).toBe(400);
    expect((await inject(server.app, { url: '/api/A' })).status).toBe(404);
  });

  test('of a form is coerced by its schema, unknown keys by configuration [VAL-03] [VAL-04]', async () => {
    const Form = {
      type: 'object',
      properties: { n: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
      required: ['n'],
    } as const;
    const returns = { type: 'object', properties: { n: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } } } as const;
    const routes = [
      post('/reject', { open: true, accepts: 'form', body: Form, returns }, ({ body }) => body),
      post('/strip', { open: true, accepts: ['json', 'form'], unknown: 'strip', body: Form, returns }, ({ body }) => body),
      get('/query', { open: true, query: Form, returns }, ({ query }) => query),
    ];
    await using server = await build({ routes });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await inject(server.app, { method: 'POST', url: '/reject', headers: form, body: 'n=7&tags=a' })).json()).toEqual({
      n: 7,
      tags: ['a'],
    });
    expect((await inject(server.app, { method: 'POST', url: '/reject', headers: form, body: 'n=7&x=1' })).status).toBe(422);
    expect((await inject(server.app, { method: 'POST', url: '/strip', body: { n: 7, x: 1 } })).json()).toEqual({ n: 7 });
    expect((await inject(server.app, { method: 'POST', url: '/strip', body: { n: '7' } })).status).toBe(422);
    expect((await inject(server.app, { url: '/query?n=7&tags=a&tags=b' })).json()).toEqual({ n: 7, tags: ['a', 'b'] });
  });
});
