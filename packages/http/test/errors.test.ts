import { describe, expect, test } from 'vitest';
import { AppError, defineErrors } from '@plinth/core';
import { get, HTTP_ERRORS, inject, type ProblemDetails } from '@plinth/http';
import { build, sendRaw, serve } from './support/serve.js';

const production = { NODE_ENV: 'production', APP_HOSTS: 'api.example.com' };
const ORDERS = defineErrors('ORDER', {
  NOT_FOUND: { kind: 'not-found', detail: 'Order {id} does not exist.' },
  GONE_DB: { kind: 'unavailable', detail: 'db-7.internal does not answer.', retryAfter: 3 },
});
const throwing = (thrown: unknown) =>
  get('/', { open: true }, () => {
    throw thrown;
  });

describe('an error', () => {
  test.each([
    ['a string', 'secret-text'],
    ['null', null],
    ['undefined', undefined],
    ['an object', { password: 'secret-text' }],
    ['an Error', new Error('secret-text')],
    [
      'an error with a getter that throws',
      Object.defineProperty(new Error('secret-text'), 'status', {
        get() {
          throw new Error('again');
        },
      }),
    ],
  ])('thrown as %s is a 500 that says nothing, logged once with its cause [ERR-02] [ERR-04]', async (_name, thrown) => {
    await using server = await build({ routes: [throwing(thrown)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect(response.status).toBe(500);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = response.json() as ProblemDetails;
    expect(problem).toMatchObject({
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      code: 'INTERNAL',
      instance: `urn:request:${response.headers['x-request-id']}`,
    });
    expect(response.text()).not.toContain('secret-text');
    expect(problem.stack).toBeUndefined();
    const errors = server.logs.filter((line) => line['requestId'] === response.headers['x-request-id']);
    expect(errors).toMatchObject([{ msg: 'request', level: 'error', code: 'INTERNAL', status: 500, method: 'GET', route: '/' }]);
    if (thrown instanceof Error)
      expect(errors[0]?.['err']).toMatchObject({ message: 'secret-text', stack: expect.stringContaining('errors.test') as string });
  });

  test.each([
    [
      'a proxy whose traps throw',
      new Proxy(
        {},
        {
          getPrototypeOf() {
            throw new Error('trap');
          },
          get() {
            throw new Error('trap');
          },
          ownKeys() {
            throw new Error('trap');
          },
        },
      ),
    ],
    [
      'an object whose getters throw',
      {
        get message() {
          throw new Error('again');
        },
        get stack() {
          throw new Error('again');
        },
        name: 'x',
      },
    ],
    [
      'an error whose message cannot be read',
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('again');
        },
      }),
    ],
    [
      'an error whose stack cannot be read',
      Object.defineProperty(new Error('x'), 'stack', {
        get() {
          throw new Error('again');
        },
      }),
    ],
    [
      'an error whose cause has traps',
      new Error('x', {
        cause: new Proxy(
          {},
          {
            getPrototypeOf() {
              throw new Error('trap');
            },
            get() {
              throw new Error('trap');
            },
          },
        ),
      }),
    ],
    [
      'an AppError whose code cannot be read',
      Object.defineProperty(new AppError({ code: 'X', kind: 'conflict', detail: 'No.' }), 'code', {
        get() {
          throw new Error('again');
        },
      }),
    ],
    [
      'an AppError with a header that cannot be read',
      new AppError({
        code: 'X',
        kind: 'internal',
        detail: 'No.',
        headers: {
          get 'x-a'(): string {
            throw new Error('again');
          },
        },
      }),
    ],
  ])('thrown as %s is a 500 with one line, and the server lives on [ERR-04]', async (_name, thrown) => {
    for (const env of [{}, production]) {
      await using server = await build({
        routes: [throwing(thrown), get('/later', { open: true }, () => Promise.reject(thrown) as Promise<string>)],
        env,
      });
      for (const url of ['/', '/later']) {
        expect((await inject(server.app, { url })).status).toBe(500);
        expect((await inject(server.app, { url: '/health/live' })).status).toBe(200);
      }
      expect(server.logs.filter((line) => line.msg === 'request' && line['status'] === 500)).toHaveLength(2);
    }
  });

  test('thrown as an object is logged by its own fields, without calling its getters', async () => {
    await using server = await build({
      routes: [
        throwing({
          reason: 'full',
          get size() {
            throw new Error('again');
          },
        }),
      ],
    });
    await inject(server.app, { url: '/' });
    expect(server.logs.find((line) => line.msg === 'request')?.['err']).toEqual({ reason: 'full', size: '[getter]' });
  });

  test('with a cause of its own is one line in the log, cause included [ERR-02]', async () => {
    await using server = await build({
      routes: [throwing(new Error('outer', { cause: new Error('inner') }))],
      http: { requestLog: false },
    });
    await inject(server.app, { url: '/' });
    expect(server.logs.filter((line) => line.level === 'error')).toMatchObject([
      { msg: 'request', code: 'INTERNAL', err: { message: 'outer', cause: { message: 'inner' } } },
    ]);
  });

  test('rejected with nothing is a 500 too [ERR-04]', async () => {
    await using server = await build({ routes: [get('/', { open: true }, () => Promise.reject() as Promise<string>)], env: production });
    expect((await inject(server.app, { url: '/' })).status).toBe(500);
  });

  test('shows its stack, its cause and its cure in development [ERR-02]', async () => {
    await using server = await build({ routes: [throwing(new Error('outer', { cause: new Error('inner') }))] });
    const problem = (await inject(server.app, { url: '/' })).json() as ProblemDetails;
    expect(problem.detail).toBe('outer');
    expect(problem.stack?.join('\n')).toContain('inner');
    // The frames of whoever wraps and answers would hide the line that is looked for.
    expect(problem.stack?.[0]).toBe('Error: outer');
    expect(problem.stack?.[1]).toContain('errors.test.ts');
  });

  test('that the client made, or that the server decided, has no stack even as a 5xx', async () => {
    await using server = await serve({ routes: [get('/', { open: true, limits: { timeout: 50 } }, () => new Promise<string>(() => {}))] });
    const version = await sendRaw(server.port, 'GET / HTTP/1.2\r\nHost: localhost\r\n\r\n');
    expect(version.text).toContain('HTTP_VERSION');
    expect(version.text).not.toContain('"stack"');
    const late = (await (await fetch(server.url)).json()) as ProblemDetails;
    expect([late.code, late.stack]).toEqual(['HTTP_DEADLINE', undefined]);
    expect(server.logs.find((line) => line['code'] === 'HTTP_DEADLINE')?.['err']).toBeUndefined();
  });

  test('of the application keeps its code, detail, extensions and headers; its kind gives the status [ERR-03]', async () => {
    const error = ORDERS.NOT_FOUND({ id: '7' }, { extensions: { order: '7', status: 200 }, headers: { 'x-hint': 'list' } });
    await using server = await build({ routes: [throwing(error)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['x-hint'], response.headers['cache-control']]).toEqual([404, 'list', 'no-store']);
    expect(response.json()).toMatchObject({ status: 404, code: 'ORDER_NOT_FOUND', detail: 'Order 7 does not exist.', order: '7' });
  });

  test('of kind unavailable hides its words in production, and says when to try again', async () => {
    await using server = await build({ routes: [throwing(ORDERS.GONE_DB())], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['retry-after']]).toEqual([503, '3']);
    expect(response.text()).not.toContain('db-7');
    expect(response.json()).toMatchObject({ code: 'ORDER_GONE_DB' });
  });

  test('with circular extensions or a header that cannot be sent is answered all the same', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const error = new AppError({ code: 'X', kind: 'conflict', detail: 'No.', extensions: { circular }, headers: { 'x-bad': 'a\r\nb' } });
    await using server = await build({ routes: [throwing(error)], env: production });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['x-bad']]).toEqual([409, undefined]);
    expect(response.json()).toMatchObject({ code: 'X', detail: 'No.' });
  });

  test('takes the form that the application chooses in one place, also when the parser raises it [ERR-06]', async () => {
    const errorBody = (problem: ProblemDetails) => ({
      body: { errors: { [problem.code]: [problem.detail] } },
      status: problem.status === 404 ? 410 : problem.status,
    });
    await using server = await serve({ routes: [throwing(ORDERS.NOT_FOUND({ id: '7' }))], http: { errorBody } });
    const response = await fetch(server.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([410, 'application/json; charset=utf-8']);
    expect(await response.json()).toEqual({ errors: { ORDER_NOT_FOUND: ['Order 7 does not exist.'] } });
    const raw = await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost : x\r\n\r\n');
    expect(raw.statuses).toEqual([400]);
    expect(raw.text).toContain('{"errors":{"HTTP_SYNTAX":');
    expect(server.logs.some((line) => line['code'] === 'HTTP_SYNTAX')).toBe(true);
  });

  test('an errorBody that throws is logged, and the problem itself is sent', async () => {
    await using server = await build({
      routes: [throwing(new Error('x'))],
      http: {
        errorBody: () => {
          throw new Error('broken');
        },
      },
    });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['content-type']]).toEqual([500, 'application/problem+json; charset=utf-8']);
  });

  test('whose errorBody gives a status or media type that cannot be sent is answered as a problem', async () => {
    for (const answer of [{ body: {}, status: 99 }, { body: {}, contentType: 'a\r\nb' }, { body: undefined as unknown as object }]) {
      await using server = await build({ routes: [throwing(new Error('x'))], http: { errorBody: () => answer } });
      expect((await inject(server.app, { url: '/' })).status).toBe(500);
      expect((await inject(server.app, { url: '/health/live' })).status).toBe(200);
    }
  });

  test('of the framework has a code of its own and every code is unique [ERR-01]', () => {
    expect(new Set(HTTP_ERRORS.codes).size).toBe(HTTP_ERRORS.codes.length);
    for (const code of HTTP_ERRORS.codes) expect(code).toMatch(/^HTTP_[A-Z_]+$/);
  });
});

test('an error keeps what its request has set, but nothing that describes the reply which it replaces', async () => {
  const routes = [
    get('/', { open: true, returns: {} }, (context) => {
      for (const [name, value] of [
        ['ETag', '"1"'],
        ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
        ['Cache-Control', 'public, max-age=3600'],
        ['Expires', 'Mon, 01 Jan 2035 00:00:00 GMT'],
        ['Content-Language', 'de'],
        ['Content-Disposition', 'attachment'],
        ['Content-Location', '/other'],
        ['Accept-Ranges', 'bytes'],
        ['Location', '/elsewhere'],
        ['Vary', 'Accept-Language'],
        ['Link', '</>; rel="index"'],
        ['Content-Security-Policy', "default-src 'none'; sandbox"],
      ] as const)
        context.setHeader(name, value);
      context.setCookie('seen', '1');
      throw ORDERS.NOT_FOUND({ id: 7 });
    }),
  ];
  const http = { cors: { origins: ['https://app.example.com'], credentials: true }, rateLimit: { limit: 10 } } as const;
  await using server = await build({ routes, http, env: { HTTP_RATE_LIMITS: '' } });
  const { status, headers } = await inject(server.app, { url: '/', headers: { origin: 'https://app.example.com' } });
  expect(status).toBe(404);
  for (const name of [
    'etag',
    'last-modified',
    'expires',
    'content-language',
    'content-disposition',
    'content-location',
    'accept-ranges',
    'location',
  ])
    expect(headers[name], name).toBeUndefined();
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/problem+json; charset=utf-8',
    vary: expect.stringMatching(/Accept-Language/),
    link: '</>; rel="index"',
    'content-security-policy': "default-src 'none'; sandbox",
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-allow-credentials': 'true',
    ratelimit: expect.stringContaining('"default"'),
    'set-cookie': [expect.stringContaining('seen=1')],
  });
});
