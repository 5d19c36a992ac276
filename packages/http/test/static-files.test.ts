import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineGuard, get, inject, unauthenticated } from '@plinth/http';
import { staticFiles } from '@plinth/http/static';
import { build, serve, type TestServer } from './support/serve.js';

let folder: string;
let server: TestServer;
const member = defineGuard({
  name: 'member',
  run(context) {
    if (context.header('x-key') !== 'k') throw unauthenticated('No.');
    return {};
  },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-static-'));
  const root = join(folder, 'public');
  await mkdir(join(root, 'docs'), { recursive: true });
  await mkdir(join(root, '.git'));
  const put = (name: string, text: string | Buffer) => writeFile(join(root, name), text);
  await put('index.html', '<h1>entry</h1>');
  await put('docs/index.html', '<h1>docs</h1>');
  await put('app.js', 'let plain = 1;'.repeat(100));
  await put('app.js.br', brotliCompressSync('let stored = 1;'));
  await put('app.js.gz', gzipSync('let stored = 1;'));
  await put('app.3f8a2b1c.js', 'hashed');
  await put('old.js', 'new');
  await put('old.js.br', 'stale');
  await utimes(join(root, 'old.js.br'), 1, 1);
  await put('orphan.js.br', 'orphan');
  await put('.git/config', 'secret');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
  const quiet = 'allow' as const;
  server = await serve({
    routes: [
      ...staticFiles({
        root,
        path: '/assets',
        open: true,
        immutable: true,
        maxAge: 60,
        precompressed: true,
        headers: { 'X-From': 'disk' },
      }),
      ...staticFiles({ root, path: '/app', open: true, fallback: 'index.html', except: ['/app/api'] }),
      ...staticFiles({ root, path: '/private', guards: [member] }),
      ...staticFiles({ root, path: '/small', open: true, compress: { threshold: 100, encodings: ['gzip'] } }),
      get('/app/own', { open: true }, () => 'own'),
    ],
    http: {
      firewall: {
        encodedSlash: quiet,
        encodedBackslash: quiet,
        backslash: quiet,
        dotSegments: quiet,
        encodedControls: quiet,
        emptySegments: quiet,
        semicolon: quiet,
      },
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

// Not fetch: it would resolve dots and decode answers.
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer; text: string }>((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', path, headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          text: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

test('files, the index of a folder, HEAD and 405; a folder itself is a 404 [IO-10]', async () => {
  expect(await ask('/assets/app.js')).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=60',
      'x-from': 'disk',
      vary: 'Accept-Encoding',
    },
  });
  expect((await ask('/assets/docs/')).text).toBe('<h1>docs</h1>');
  expect((await ask('/assets/docs')).status).toBe(404);
  const head = await ask('/assets/app.js', {}, 'HEAD');
  expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '1400', '']);
  expect(await ask('/assets/app.js', {}, 'POST')).toMatchObject({
    status: 405,
    headers: { allow: expect.stringContaining('GET') as string },
  });
  expect(await ask('/assets/app.js', { range: 'bytes=0-2' })).toMatchObject({ status: 206, text: 'let' });
});

test('the folder itself has a slash at its end, and a request without one is sent there, so that links in the index lead into it [IO-10]', async () => {
  for (const path of ['/assets/', '/app/', '/assets/?q=%2F'])
    expect(await ask(path)).toMatchObject({ status: 200, text: '<h1>entry</h1>', headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect((await ask('/assets/', {}, 'HEAD')).status).toBe(200);
  const sent = await ask('/assets?q=%2F&r=//evil.example');
  expect([sent.status, sent.headers['location'], sent.text]).toEqual([308, '/assets/?q=%2F&r=//evil.example', '']);
  // A name written otherwise stays as it was sent.
  expect((await ask('/%61ssets')).headers['location']).toBe('/%61ssets/');
  expect((await ask('/app', { accept: 'text/html' })).headers['location']).toBe('/app/');
  // Guards come before it.
  expect((await ask('/private')).status).toBe(401);
  expect((await ask('/private', { 'x-key': 'k' })).headers['location']).toBe('/private/');
});

test.each(['distinct', 'redirect', 'ignore'] as const)(
  'no folder is redirected in circles with trailingSlash: %s [IO-10]',
  async (trailingSlash) => {
    const root = join(folder, 'public');
    await using built = await build({
      routes: [
        ...staticFiles({ root, open: true }),
        ...staticFiles({ root, path: '/a/b', open: true }),
        ...staticFiles({ root, path: '/bare', index: false, open: true }),
      ],
      http: { trailingSlash, prefix: '/api' },
    });
    const get = (url: string) => inject(built.app, { url });
    for (const path of ['/api', '/api/a/b']) {
      const sent = await get(path);
      expect([sent.status, sent.headers['location']]).toEqual([308, `${path}/`]);
      expect((await get(`${path}/`)).text()).toBe('<h1>entry</h1>');
    }
    // There is nothing to send anybody to.
    expect((await get('/api/bare')).status).toBe(404);
    await using whole = await build({ routes: staticFiles({ root, open: true }), http: { trailingSlash } });
    expect((await inject(whole.app, { url: '/' })).text()).toBe('<h1>entry</h1>');
  },
);

test('hashed names are kept for a year, pages are asked for each time and have the headers of documents [IO-10]', async () => {
  expect((await ask('/assets/app.3f8a2b1c.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const page = await ask('/assets/index.html');
  expect(page.headers).toMatchObject({
    'cache-control': 'no-cache',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  });
  expect((await ask('/assets/index.html', { 'if-none-match': page.headers['etag'] as string })).status).toBe(304);
});

test('the stored coding that the client likes best is sent, unless it is stale or has no original [IO-10]', async () => {
  const br = await ask('/assets/app.js', { 'accept-encoding': 'gzip, br' });
  expect(br.headers).toMatchObject({ 'content-encoding': 'br', 'content-type': 'text/javascript; charset=utf-8', vary: 'Accept-Encoding' });
  expect((await ask('/assets/app.js', { 'accept-encoding': 'gzip;q=1, br;q=0.1' })).headers['content-encoding']).toBe('gzip');
  expect((await ask('/assets/app.js', { 'accept-encoding': 'br;q=0' })).headers['content-encoding']).toBeUndefined();
  expect(await ask('/assets/old.js', { 'accept-encoding': 'br' })).toMatchObject({ text: 'new' });
  expect((await ask('/assets/orphan.js', { 'accept-encoding': 'br' })).status).toBe(404);
  const made = await ask('/small/app.js', { 'accept-encoding': 'gzip' });
  expect([made.headers['content-encoding'], made.headers['accept-ranges']]).toEqual(['gzip', undefined]);
});

test('the fallback is for pages that a browser opens, and for nothing else [IO-10]', async () => {
  const page = { accept: 'text/html,*/*;q=0.8' };
  expect(await ask('/app/orders/7', page)).toMatchObject({ status: 200, text: '<h1>entry</h1>', headers: { 'cache-control': 'no-cache' } });
  expect((await ask('/app/orders/7', { accept: '*/*' })).status).toBe(404);
  expect((await ask('/app/orders/7')).status).toBe(404);
  expect((await ask('/app/x.js', { ...page, 'sec-fetch-mode': 'no-cors' })).status).toBe(404);
  expect((await ask('/app/api/orders', page)).status).toBe(404);
  expect((await ask('/app/own', page)).text).toBe('own');
});

test.each([
  '.git/config',
  'docs/../.git/config',
  '../secret.txt',
  '%2e%2e/secret.txt',
  '..%2fsecret.txt',
  '..%5csecret.txt',
  '..\\secret.txt',
  '%2e%2e%2fsecret.txt',
  'docs%2f..%2findex.html',
  'link.txt',
  'up/secret.txt',
  'index.html%00',
  'index.html.',
  'index.html%20',
  'index.html::$DATA',
  'nul',
  '/secret.txt',
  '//localhost/secret.txt',
  'index.html/',
  'docs//index.html',
  ';/index.html',
])(
  '%s is not served (send/serve-static CVE-2024-43799, @fastify/static CVE-2026-6414, Hono serveStatic GHSA-q5qw-h33p-qvwr)',
  async (path) => {
    const got = await ask(`/assets/${path}`);
    expect([400, 404]).toContain(got.status);
    expect(got.headers['content-type']).toContain('problem+json');
  },
);

test('no redirect repeats what was asked for, and no listing is given (serve-static CVE-2015-1164, CVE-2024-43800)', async () => {
  for (const path of ['/assets//evil.example/..', '/assets/docs', '/assets/up', '/assets/up/']) {
    const got = await ask(path);
    expect([400, 404]).toContain(got.status);
    expect(got.headers['location']).toBeUndefined();
  }
});

test('guards run first, and what they let through is not stored; a folder that says neither stops the boot [IO-10]', async () => {
  expect((await ask('/private/app.js')).status).toBe(401);
  expect(await ask('/private/app.js', { 'x-key': 'k' })).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  await expect(build({ routes: staticFiles({ root: join(folder, 'public') }) })).rejects.toThrow('HTTP_UNGUARDED');
  expect(() => staticFiles({ root: join(folder, 'nowhere'), open: true })).toThrow(
    expect.objectContaining({ code: 'HTTP_STATIC' }) as Error,
  );
});
