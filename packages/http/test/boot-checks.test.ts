import { describe, expect, test } from 'vitest';
import { Injectable, type BootError } from '@plinth/core';
import { Controller, Get, get, media, post, route, type RouteDefinition } from '@plinth/http';
import { build, type Served } from './support/serve.js';

const idSchema = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;

async function problemsOf(served: Served): Promise<readonly { code: string; message: string; help?: string }[]> {
  const built = await build(served).catch((error: BootError) => error);
  if (!('problems' in built)) {
    await built.app.stop();
    return [];
  }
  return built.problems;
}

describe('a boot', () => {
  test('refuses a route that has no guard and is not open, naming it and the cure', async () => {
    const [problem] = await problemsOf({ routes: [get('/secret', {}, () => 'x')] });
    expect(problem).toMatchObject({ code: 'HTTP_UNGUARDED' });
    expect(problem?.message).toContain('GET /secret');
    expect(problem?.help).toContain('open: true');
  });

  test('accepts it when its module is open', async () => {
    expect(await problemsOf({ open: true, routes: [get('/', {}, () => 'x')] })).toEqual([]);
  });

  test('reports everything at once', async () => {
    const problems = await problemsOf({
      open: true,
      routes: [
        get('/a/:id', { params: { type: 'object', properties: { other: { type: 'string' } } } as const }, () => 'x') as RouteDefinition,
        get('/b', { body: idSchema } as never, (() => 'x') as never),
        post('/c', { body: { type: 'strin' } as never }, () => 'x'),
        get('/d//:x:y' as never, {}, () => 'x'),
        get('/e', { returns: { 101: null } as never }, (() => undefined) as never),
        get('/h', { returns: { 200: media('csv') } }, () => 'x'),
        route('BREW', '/f', {}, () => 'x'),
        get('/g/:id', {}, () => 'x'),
        get('/g/:name', {}, () => 'x'),
      ],
    });
    expect(problems.map((problem) => problem.code).sort()).toEqual([
      'HTTP_BODY_ON_GET',
      'HTTP_MEDIA_TYPE_NAME',
      'HTTP_METHOD_NAME',
      'HTTP_PARAM_UNDECLARED',
      'HTTP_PARAM_UNKNOWN',
      'HTTP_PATTERN',
      'HTTP_ROUTE_CONFLICT',
      'HTTP_SCHEMA',
      'HTTP_STATUS',
    ]);
  });

  test('names both places of two routes that answer the same requests [RT-04]', async () => {
    @Injectable()
    @Controller('/users', { open: true })
    class One {
      @Get('/:id', {}) find() {
        return 'x';
      }
    }
    @Injectable()
    @Controller('/users', { open: true })
    class Two {
      @Get('/:name', {}) show() {
        return 'x';
      }
    }
    const [problem] = await problemsOf({ controllers: [One, Two] });
    expect(problem).toMatchObject({ code: 'HTTP_ROUTE_CONFLICT' });
    expect(problem?.message).toContain('One.find');
    expect(problem?.message).toContain('Two.show');
  });

  test('names the route whose schema does not compile [VAL-09]', async () => {
    const [problem] = await problemsOf({
      routes: [post('/x', { open: true, body: { type: 'object', properties: { a: { $ref: '#/nowhere' } } } as never }, () => 'x')],
    });
    expect(problem?.code).toBe('HTTP_SCHEMA');
    expect(problem?.message).toContain('POST /x');
  });

  test('refuses a path with a regular expression [RT-10]', async () => {
    expect((await problemsOf({ open: true, routes: [get('/:id(a+)+' as never, {}, () => 'x')] })).map((problem) => problem.code)).toEqual([
      'HTTP_PATTERN',
    ]);
  });

  test('in production needs the hosts that are served', async () => {
    expect(await problemsOf({ env: { NODE_ENV: 'production' } })).toMatchObject([{ code: 'HTTP_HOSTS_MISSING' }]);
    expect(await problemsOf({ env: { NODE_ENV: 'production', APP_HOSTS: 'https://a.example' } })).toMatchObject([{ code: 'HTTP_HOSTS' }]);
  });

  test('compiles ten thousand routes in little time', async () => {
    const routes = Array.from({ length: 10_000 }, (_, i) =>
      get(`/r${i}/:id` as '/r/:id', { returns: { 200: media('text/plain') } }, ({ params }) => params.id),
    );
    const start = performance.now();
    expect(await problemsOf({ open: true, routes })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test.each<[string, Served]>([
    ['HTTP_COMPRESS', { http: { compress: { threshold: -1 } } }],
    ['HTTP_COMPRESS', { http: { compress: { threshold: Number.NaN } } }],
    ['HTTP_COMPRESS', { http: { compress: { encodings: ['deflate' as never] } } }],
    ['HTTP_COMPRESS', { http: { compress: { encodings: [] } } }],
    ['HTTP_COMPRESS', { routes: [get('/', { open: true, compress: { encodings: ['br', 'x' as never] } }, () => 'x')] }],
    ['HTTP_REDIRECTS', { http: { redirects: { origins: ['https://a.example/'] } } }],
    ['HTTP_REDIRECTS', { http: { redirects: { origins: ['https://*.a.example'] } } }],
    ['HTTP_REDIRECTS', { http: { redirects: { origins: ['a.example'] } } }],
    ['HTTP_REDIRECTS', { http: { redirects: { origins: ['javascript:alert(1)'] } } }],
    ['HTTP_CACHE', { routes: [get('/', { open: true, cache: { maxAge: 1.5 } }, () => 'x')] }],
    ['HTTP_CACHE', { routes: [get('/', { open: true, cache: { staleIfError: -1 } }, () => 'x')] }],
  ])('finds options that make no sense: %s %j', async (code, served) => {
    const problems = await problemsOf(served);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });
});
