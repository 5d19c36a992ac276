import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import helmet from 'helmet';
import { defineOuterAround, get, inject, post } from '@plinth/http';
import { fromMiddleware, type MiddlewareNext } from '@plinth/http/middleware';
import { expect, test } from 'vitest';
import { build, serve, until } from './support/serve.js';

const x = get('/x', { open: true }, () => 'x');
const lines = (logs: readonly { msg: string }[]) => logs.filter(({ msg }) => msg === 'request');
type Run = (request: IncomingMessage, response: ServerResponse, next: MiddlewareNext) => unknown;
const serving = (...list: Run[]) =>
  build({ routes: [x], http: { outer: list.map((run) => fromMiddleware(run)), limits: { timeout: 300 } } });

test('helmet sets its headers, in the place of ours, once each [PL-02]', async () => {
  await using built = await build({ routes: [x], http: { outer: [fromMiddleware(helmet())] } });
  const response = await inject(built.app, { url: '/x' });
  expect(response.text()).toBe('x');
  // What helmet says on a bare server.
  const bare = createServer((request, answer) => helmet()(request, answer, () => answer.end()));
  await new Promise<void>((resolve) => bare.listen(0, resolve));
  const { port } = bare.address() as { port: number };
  const own = (await fetch(`http://127.0.0.1:${port}/`)).headers;
  bare.close();
  const expected = Object.fromEntries(
    [...own].filter(([name]) => !['connection', 'date', 'keep-alive', 'transfer-encoding', 'content-length'].includes(name)),
  );
  expect(Object.keys(expected).length).toBeGreaterThan(10);
  expect(response.headers).toMatchObject(expected);
  expect((await inject(built.app, { url: '/none' })).headers).toMatchObject({ 'x-dns-prefetch-control': 'off' });
});

test('middleware runs once per request and in the order of its declaration, with arounds between [PL-02]', async () => {
  const seen: string[] = [];
  const mark = (name: string) =>
    fromMiddleware((_request, _response, next) => {
      seen.push(name);
      setImmediate(next);
    });
  const between = defineOuterAround({
    name: 'between',
    run: (_context, next) => {
      seen.push('between');
      return next();
    },
  });
  await using built = await build({ routes: [x], http: { outer: [mark('a'), between, mark('b')] } });
  for (const [method, url] of [
    ['GET', '/x'],
    ['HEAD', '/x'],
    ['GET', '/%78'],
    ['GET', '/none'],
  ] as const) {
    seen.length = 0;
    await inject(built.app, { method, url });
    expect([method, url, seen]).toEqual([method, url, ['a', 'between', 'b']]);
  }
});

test('its headers reach the reply: cookies and Vary besides others, lists, numbers; never framing', async () => {
  await using built = await serving((_request, response, next) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('Vary', 'X-One');
    response.setHeader('X-Number', 7);
    response.setHeader('Content-Length', 9999);
    response.statusCode = 404;
    next();
  });
  const response = await inject(built.app, { url: '/x' });
  expect([response.status, response.text()]).toEqual([200, 'x']);
  expect(response.headers).toMatchObject({
    'set-cookie': ['a=1', 'b=2'],
    vary: 'X-One',
    'x-number': '7',
    'content-length': '1',
    'cache-control': 'no-store',
  });
});

test('it may answer itself: the answer has our headers, one log line with status and bytes, and nothing after it runs [PL-07]', async () => {
  let ran = false;
  await using built = await serving(
    (_request, response) => {
      response.writeHead(418, { 'Content-Type': 'text/plain' });
      response.write('tea');
      setTimeout(() => response.end('pot'), 10);
    },
    () => {
      ran = true;
    },
  );
  const response = await inject(built.app, { url: '/x' });
  expect([response.status, response.text(), response.headers['content-type']]).toEqual([418, 'teapot', 'text/plain']);
  expect(response.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String) });
  await until(() => lines(built.logs).length > 0);
  expect(lines(built.logs)).toMatchObject([{ status: 418, bytes: 6, route: '/x' }]);
  expect(ran).toBe(false);
});

test('next(error) and a throw are errors of the request, before and inside promises', async () => {
  const fails: Run[] = [
    (_request, _response, next) => next(new Error('secret')),
    () => {
      throw new Error('secret');
    },
    async () => {
      await Promise.resolve();
      throw new Error('secret');
    },
  ];
  for (const run of fails) {
    await using built = await build({
      routes: [x],
      http: { outer: [fromMiddleware(run)] },
      env: {
        NODE_ENV: 'production',
        APP_HOSTS: 'example.com',
        APP_URL: 'https://example.com',
        APP_KEY: Buffer.alloc(32, 7).toString('base64'),
      },
    });
    const response = await inject(built.app, { url: '/x' });
    expect([response.status, (response.json() as { code: string }).code]).toEqual([500, 'INTERNAL']);
    expect(response.text()).not.toContain('secret');
    expect(lines(built.logs)).toHaveLength(1);
  }
});

test('a second next() is dropped and told; the request has one answer', async () => {
  let calls = 0;
  const count = get('/x', { open: true }, () => `${++calls}`);
  await using built = await build({
    routes: [count],
    http: {
      outer: [
        fromMiddleware(
          (_request, _response, next) => {
            next();
            next();
            setTimeout(next, 20);
          },
          { name: 'eager' },
        ),
      ],
    },
  });
  expect((await inject(built.app, { url: '/x' })).text()).toBe('1');
  await until(() => built.logs.filter(({ code }) => code === 'HTTP_MIDDLEWARE').length === 2);
  expect(built.logs.find(({ code }) => code === 'HTTP_MIDDLEWARE')!.msg).toBe('The middleware eager called next() twice.');
  expect(calls).toBe(1);
  expect(lines(built.logs)).toHaveLength(1);
});

test('an answer and then next(), and an answer after the reply, change nothing and crash nothing [PL-09]', async () => {
  let late: unknown;
  await using built = await serving(
    (_request, response, next) => {
      next();
      setTimeout(() => {
        try {
          response.setHeader('x-late', '1');
          response.writeHead(500);
          response.write('late');
          response.end('late');
        } catch (error) {
          late = error;
        }
      }, 20);
    },
    (request, response, next) => {
      if (request.url !== '/own') return next();
      response.end('own');
      next();
    },
  );
  expect((await inject(built.app, { url: '/x' })).text()).toBe('x');
  const own = await inject(built.app, { url: '/own' });
  expect([own.status, own.text()]).toEqual([200, 'own']);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(late).toBeUndefined();
});

test('one that never goes on meets the deadline, and may come back later', async () => {
  let calls = 0;
  let late: unknown;
  const run: Run = (_request, response, next) => {
    setTimeout(() => {
      try {
        response.setHeader('a', 'b');
        next();
        response.end('late');
      } catch (error) {
        late = error;
      }
    }, 700);
  };
  await using built = await build({
    routes: [get('/x', { open: true }, () => `${++calls}`)],
    http: { outer: [fromMiddleware(run)], limits: { timeout: 200 } },
  });
  const response = await inject(built.app, { url: '/x' });
  expect([response.status, (response.json() as { code: string }).code]).toEqual([503, 'HTTP_DEADLINE']);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([calls, late]).toEqual([0, undefined]);
  expect(lines(built.logs)).toHaveLength(1);
});

test('an answer that fails in its middle breaks the connection, and is logged', async () => {
  await using server = await serve({
    routes: [x],
    http: {
      outer: [
        fromMiddleware(async (_request, response) => {
          response.write('half');
          await new Promise((resolve) => setTimeout(resolve, 20));
          throw new Error('in the middle');
        }),
      ],
    },
  });
  await expect(fetch(`${server.url}/x`).then((response) => response.text())).rejects.toThrow();
  await until(() => lines(server.logs).length === 1);
  expect(lines(server.logs)[0]).toMatchObject({ status: 200, err: { message: 'in the middle' } });
});

test('a client that leaves ends it, with one line', async () => {
  await using server = await serve({
    routes: [x],
    http: { outer: [fromMiddleware((_request, response) => void response.write('begun'))] },
  });
  const request = httpRequest(`${server.url}/x`).end();
  request.on('error', () => {});
  await new Promise<void>((resolve) => request.on('response', (response) => response.once('data', () => resolve())));
  request.destroy();
  await until(() => lines(server.logs).length === 1);
  expect(lines(server.logs)[0]).toMatchObject({ status: 200, bytes: 5 });
});

test('the body is not its to read', async () => {
  const schema = { type: 'object' } as const;
  await using built = await build({
    routes: [post('/x', { open: true, body: schema }, () => 'x')],
    http: {
      outer: [
        fromMiddleware(
          (request, _response, next) => {
            request.resume().on('end', next);
          },
          { name: 'bodyParser' },
        ),
      ],
    },
  });
  const response = await inject(built.app, { method: 'POST', url: '/x', body: { a: 1 } });
  expect([response.status, (response.json() as { code: string }).code]).toEqual([500, 'HTTP_MIDDLEWARE']);
});

test('a rewritten url is not followed [PL-03]', async () => {
  const admin = get('/admin', { open: true }, () => 'admin');
  await using built = await build({
    routes: [x, admin],
    http: {
      outer: [
        fromMiddleware((request, _response, next) => {
          request.url = '/admin';
          next();
        }),
      ],
    },
  });
  expect((await inject(built.app, { url: '/x' })).text()).toBe('x');
});
