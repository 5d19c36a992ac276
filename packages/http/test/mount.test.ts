import { createHash } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { defineGuard, forbidden, get, guarded, inject, injectStream, type RouteDefinition } from '@plinth/http';
import { mountFetch, mountNode } from '@plinth/http/middleware';
import { describe, expect, test } from 'vitest';
import { build, sendRaw, serve, until } from './support/serve.js';

const lines = (logs: readonly { msg: string; [field: string]: unknown }[]) => logs.filter(({ msg }) => msg === 'request');
const closed = defineGuard({
  name: 'closed',
  run({ header }) {
    void header;
    throw forbidden();
  },
});

const echoFetch = async (request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  return Response.json({ method: request.method, path: pathname + search, body: request.body === null ? null : await request.text() });
};

/** As Express does: other prototypes, headers one by one, the original URL. */
const echoNode = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): void => {
  Object.setPrototypeOf(request, Object.create(IncomingMessage.prototype) as object);
  Object.setPrototypeOf(response, Object.create(ServerResponse.prototype) as object);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = 200;
    const body = chunks.length === 0 ? null : Buffer.concat(chunks).toString();
    response.end(JSON.stringify({ method: request.method, path: request.url, body, whole: request.originalUrl }));
  });
};

const kinds: [string, (path: string, options: Parameters<typeof mountFetch>[2]) => RouteDefinition][] = [
  ['mountFetch', (path, options) => mountFetch(path, echoFetch, options)],
  ['mountNode', (path, options) => mountNode(path, echoNode, options)],
];

describe.each(kinds)('%s', (_name, mount) => {
  test('hands every method at and below its path on, without the path, its encoding untouched', async () => {
    await using built = await build({
      routes: [mount('/legacy', { open: true }), get('/legacy/own', { open: true }, () => 'own')],
      http: { csrf: false },
    });
    for (const [method, url, path] of [
      ['GET', '/legacy', '/'],
      ['GET', '/legacy/', '/'],
      ['GET', '/legacy?a=%2F', '/?a=%2F'],
      ['DELETE', '/legacy/a%20b/c?q=1', '/a%20b/c?q=1'],
      ['PURGE', '/legacy/x/', '/x/'],
      ['OPTIONS', '/legacy/x', '/x'],
      ['GET', '/%6cegacy/%41', '/%41'],
    ] as const)
      expect((await inject(built.app, { method, url })).json()).toMatchObject({ method, path, body: null });
    expect((await inject(built.app, { url: '/legacy/own' })).text()).toBe('own');
    expect((await inject(built.app, { method: 'POST', url: '/legacy/own', body: 'hi' })).json()).toMatchObject({
      method: 'POST',
      body: 'hi',
    });
    expect((await inject(built.app, { url: '/legacyx' })).status).toBe(404);
  });

  test('is closed by default, and its guards stand before every spelling of the path', async () => {
    await expect(build({ routes: [mount('/legacy', {})] })).rejects.toMatchObject({ problems: [{ code: 'HTTP_UNGUARDED' }] });
    await expect(build({ routes: [mount('/:legacy', { open: true })] })).rejects.toMatchObject({ problems: [{ code: 'HTTP_PATTERN' }] });
    await using built = await build({ routes: [mount('/legacy', { guards: [closed] })] });
    for (const url of ['/legacy', '/legacy/', '/legacy/admin', '/%6cegacy/admin', '/legacy/%61dmin', 'http://localhost/legacy/admin'])
      expect([url, (await inject(built.app, { url, headers: { host: 'localhost' } })).status]).toEqual([url, 403]);
    for (const url of [
      '/legacy//admin',
      '//legacy/admin',
      '/legacy/../legacy/admin',
      '/legacy/%2e%2e/x',
      '/legacy;x/admin',
      '/legacy/a%2fb',
      '/legacy\\admin',
    ])
      expect([url, (await inject(built.app, { url })).status]).toEqual([url, 400]);
    expect((await inject(built.app, { url: '/LEGACY/admin' })).status).toBe(404);
  });

  test('what the firewall was told to let through never becomes another path there', async () => {
    const firewall = { dotSegments: 'allow', emptySegments: 'allow', backslash: 'allow', semicolon: 'allow' } as const;
    await using built = await build({ routes: [mount('/legacy', { open: true })], http: { firewall } });
    for (const url of ['/legacy/a/../b', '/legacy/%2e%2e/b', '/legacy/./b', '/legacy//evil.example/x', '/legacy/a\\b', '/legacy/.%2E/b'])
      expect([url, (await inject(built.app, { url })).status]).toEqual([url, 400]);
    expect((await inject(built.app, { url: '/legacy/a;b' })).json()).toMatchObject({ path: '/a;b' });
  });

  test('under prefixes of application and module, and where case does not matter, counts segments', async () => {
    await using built = await build({ routes: [mount('/old/legacy', { open: true })], http: { prefix: '/api', caseSensitive: false } });
    expect((await inject(built.app, { url: '/API/%6fld/Legacy/Xy' })).json()).toMatchObject({ path: '/Xy' });
    await using root = await build({ routes: [mount('/', { open: true }), get('/own', { open: true }, () => 'own')] });
    expect((await inject(root.app, { url: '/any/where?x' })).json()).toMatchObject({ path: '/any/where?x' });
    expect((await inject(root.app, { url: '/' })).json()).toMatchObject({ path: '/' });
    expect((await inject(root.app, { url: '/own' })).text()).toBe('own');
  });

  test('limits the body, announced or in chunks', async () => {
    await using server = await serve({ routes: [mount('/legacy', { open: true, limits: { body: 1000 } })], http: { csrf: false } });
    const head = 'POST /legacy/x HTTP/1.1\r\nHost: localhost\r\n';
    const announced = await sendRaw(server.port, `${head}Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n`);
    expect(announced.statuses).toEqual([413]);
    const chunk = `${(600).toString(16)}\r\n${'a'.repeat(600)}\r\n`;
    const chunked = await sendRaw(server.port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`);
    expect(chunked.statuses).toEqual([413]);
    expect(chunked.closed).toBe(true);
    const small = await sendRaw(server.port, `${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`);
    expect(small.statuses).toEqual([200]);
    const expecting = await sendRaw(server.port, `${head}Connection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi`);
    expect(expecting.statuses).toEqual([100, 200]);
    await until(() => lines(server.logs).length === 4);
    expect(lines(server.logs).map(({ status, route }) => [status, route])).toEqual([
      [413, '/legacy'],
      [413, '/legacy'],
      [200, '/legacy'],
      [200, '/legacy'],
    ]);
  });

  test('carries 5 MB there and back', async () => {
    await using server = await serve({ routes: [mount('/legacy', { open: true, limits: { body: 10_000_000 } })], http: { csrf: false } });
    const body = 'x'.repeat(5_000_000);
    const response = await fetch(`${server.url}/legacy/big`, { method: 'POST', body });
    const got = (await response.json()) as { body: string };
    expect(createHash('sha1').update(got.body).digest('hex')).toBe(createHash('sha1').update(body).digest('hex'));
  });
});

describe('mountFetch', () => {
  const served = (handler: (request: Request) => Response | Promise<Response>, more = {}) => ({
    routes: [mountFetch('/m', handler, { open: true })],
    ...more,
  });

  test('gives its statuses, headers and cookies as they are; framing and security headers are ours', async () => {
    await using built = await build(
      served((request) => {
        const kind = new URL(request.url).pathname.slice(1);
        if (kind === 'redirect') return Response.redirect('https://other.example/', 302);
        if (kind === 'none') return new Response(null, { status: 204 });
        const headers = new Headers({ 'content-type': 'text/x', 'x-frame-options': 'SAMEORIGIN', 'content-length': '99', 'x-one': 'å' });
        headers.append('set-cookie', 'a=1; Partitioned');
        headers.append('set-cookie', 'b=2');
        return new Response('hello', { status: 418, headers });
      }),
    );
    const response = await inject(built.app, { url: '/m/x' });
    expect([response.status, response.text()]).toEqual([418, 'hello']);
    expect(response.headers).toMatchObject({
      'content-type': 'text/x',
      'x-frame-options': 'SAMEORIGIN',
      'set-cookie': ['a=1; Partitioned', 'b=2'],
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const redirect = await inject(built.app, { url: '/m/redirect' });
    expect([redirect.status, redirect.headers.location, redirect.headers['content-type']]).toEqual([
      302,
      'https://other.example/',
      undefined,
    ]);
    const none = await inject(built.app, { url: '/m/none' });
    expect([none.status, none.headers['content-length']]).toEqual([204, undefined]);
    expect((await inject(built.app, { method: 'HEAD', url: '/m/x' })).text()).toBe('');
  });

  test('streams its reply, and hears that the client has gone', async () => {
    let aborted = false;
    let cancelled = false;
    await using built = await build(
      served((request) => {
        request.signal.addEventListener('abort', () => (aborted = true));
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
            cancel: () => {
              cancelled = true;
            },
          }),
        );
      }),
    );
    const stream = await injectStream(built.app, { url: '/m/x' });
    for await (const piece of stream.body) {
      expect(String(piece)).toBe('first');
      break;
    }
    stream.close();
    await until(() => aborted && cancelled);
    await until(() => lines(built.logs).length === 1);
  });

  test('an error there, and what is no Response, are 500 without a word of it', async () => {
    const env = {
      NODE_ENV: 'production',
      APP_HOSTS: 'example.com',
      APP_URL: 'https://example.com',
      APP_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
    for (const handler of [() => Promise.reject(new Error('secret')), () => 'secret' as unknown as Response, () => Response.error()]) {
      await using built = await build(served(handler, { env }));
      const response = await inject(built.app, { url: '/m/x' });
      expect(response.status).toBe(500);
      expect(response.text()).not.toContain('secret');
    }
  });
});

describe('mountNode', () => {
  test('what it passes on is our 404, and its error our 500', async () => {
    await using built = await build({
      routes: [
        mountNode(
          '/none',
          (_request, response, next) => {
            response.setHeader('X-Powered-By', 'x');
            next();
          },
          { open: true },
        ),
        mountNode('/error', (_request, _response, next) => next(new Error('no')), { open: true }),
        mountNode(
          '/throws',
          () => {
            throw new Error('no');
          },
          { open: true },
        ),
      ],
    });
    const none = await inject(built.app, { url: '/none/x' });
    expect([none.status, (none.json() as { code: string }).code, none.headers['x-powered-by']]).toEqual([404, 'HTTP_NO_ROUTE', undefined]);
    expect((await inject(built.app, { url: '/error' })).status).toBe(500);
    expect((await inject(built.app, { url: '/throws' })).status).toBe(500);
    expect(lines(built.logs)).toHaveLength(3);
  });

  test('streams, hears that the client has gone, and is one line with its bytes', async () => {
    let closedThere = false;
    await using built = await build({
      routes: [
        mountNode(
          '/m',
          (_request, response) => {
            response.on('close', () => (closedThere = true));
            response.write('first');
          },
          { open: true },
        ),
      ],
    });
    const stream = await injectStream(built.app, { url: '/m/x' });
    for await (const piece of stream.body) {
      expect(String(piece)).toBe('first');
      break;
    }
    stream.close();
    await until(() => closedThere && lines(built.logs).length === 1);
    expect(lines(built.logs)[0]).toMatchObject({ status: 200, bytes: 5, route: '/m' });
  });

  test('the deadline holds until it answers, and not for a stream', async () => {
    await using built = await build({
      routes: [
        mountNode('/silent', () => {}, { open: true, limits: { timeout: 150 } }),
        mountNode(
          '/slow',
          (_request, response) => {
            response.write('a');
            setTimeout(() => response.end('b'), 600);
          },
          { open: true, limits: { timeout: 150 } },
        ),
      ],
    });
    expect((await inject(built.app, { url: '/silent' })).json()).toMatchObject({ code: 'HTTP_DEADLINE' });
    expect((await inject(built.app, { url: '/slow' })).text()).toBe('ab');
  });

  test('a request in flight is drained', async () => {
    let answer: (() => void) | undefined;
    const server = await serve({
      routes: [mountNode('/m', (_request, response) => void (answer = () => response.end('done')), { open: true })],
    });
    const pending = fetch(`${server.url}/m/x`);
    await until(() => answer !== undefined);
    const stopping = server.app.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer!();
    const response = await pending;
    expect([await response.text(), response.headers.get('connection')]).toEqual(['done', 'close']);
    await stopping;
  });

  test('a guard beside it is passed by no URL that the listener decodes again', async () => {
    const seen: string[] = [];
    await using built = await build({
      routes: [
        mountNode(
          '/app',
          (request, response) => {
            seen.push(decodeURIComponent(request.url!));
            response.end();
          },
          { open: true },
        ),
        guarded(closed).get('/app/admin/*rest', {}, () => ''),
        guarded(closed).get('/app/admin', {}, () => ''),
      ],
    });
    for (const url of ['/app/admin', '/app/admin/x', '/app/%61dmin', '/app/%61dmin/x'])
      expect((await inject(built.app, { url })).status).toBe(403);
    for (const url of ['/app/x/%2e%2e/admin', '/app/%2fadmin', '/app//admin', '/app/%2561dmin'])
      expect((await inject(built.app, { url })).status).toBe(400);
    expect(seen).toEqual([]);
  });
});
