import { describe, expect, test } from 'vitest';
import { defineOuterAround, get, inject, post, type HttpOptions } from '@plinth/http';
import { exchange } from '../hostile/wire.js';
import { build, serve } from '../support/serve.js';
import { locked, admin, adminItem } from './shared.js';

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
