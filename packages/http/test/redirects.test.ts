import { afterAll, expect, test } from 'vitest';
import { created, get, redirect, reply, url } from '@plinth/http';
import { serve, type TestServer } from './support/serve.js';

let server: TestServer | undefined;
afterAll(async () => server?.[Symbol.asyncDispose]());

test('a redirect leads to a path of this service, or to an origin that was named', async () => {
  const accounts = 'https://accounts.example.com';
  server = await serve({
    http: { redirects: { origins: [accounts] } },
    routes: [
      get('/path', { open: true, returns: { 303: null } }, () => redirect('/orders/7?a=1#b')),
      get('/kept', { open: true, returns: { 308: null } }, () => redirect('/ü', 308)),
      get('/named', { open: true, returns: { 302: null } }, () => redirect(`${accounts}/login`, 302)),
      get('/own', { open: true, returns: { 302: null } }, () =>
        redirect('https://pay.example.com/x', 302, { origins: ['https://pay.example.com'] }),
      ),
      get('/foreign', { open: true, returns: { 303: null } }, () => redirect('https://evil.example/')),
      get('/by-hand', { open: true, returns: { 302: null } }, () =>
        reply(302, undefined, { headers: { Location: 'https://evil.example/' } }),
      ),
      get('/by-header', { open: true, returns: { 302: null } }, (context) => {
        context.setHeader('Location', '//evil.example/');
        return reply(302, undefined);
      }),
      get('/created', { open: true, returns: { 201: { type: 'integer' } } }, () => created(1, { headers: { location: '/orders/1' } })),
    ],
  });
  const ask = async (path: string) => {
    const got = await fetch(server!.url + path, { redirect: 'manual' });
    return [got.status, got.headers.get('location')];
  };
  expect(await ask('/path')).toEqual([303, '/orders/7?a=1#b']);
  expect(await ask('/kept')).toEqual([308, '/%C3%BC']);
  expect(await ask('/named')).toEqual([302, `${accounts}/login`]);
  expect(await ask('/own')).toEqual([302, 'https://pay.example.com/x']);
  expect(await ask('/created')).toEqual([201, '/orders/1']);
  for (const path of ['/foreign', '/by-hand', '/by-header']) expect(await ask(path)).toEqual([500, null]);
});

test.each([
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' //evil.example',
  '\u0000//evil.example',
  '/..//evil.example',
  '/.//evil.example',
  'http:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'evil.example',
  '',
  'orders/1',
  '?a',
  '/a\r\nSet-Cookie: x=1',
  '/\u2028',
  'https://user:pw@evil.example/',
  'https://ev il.example',
  '/\ud800',
  'HTTP://[',
  undefined,
  {},
])('redirect(%j) is refused (Express CVE-2024-29041, CVE-2024-43796, Koa CVE-2025-8129, better-auth CVE-2024-56734)', (to) => {
  expect(() => redirect(to as string)).toThrow(expect.objectContaining({ code: 'HTTP_REDIRECT' }) as Error);
});

test('an origin is compared whole', () => {
  const options = { origins: ['https://a.example'] };
  for (const to of ['https://a.example.evil.example/', 'https://a.example@evil.example/', 'http://a.example/', 'https://a.example:444/'])
    expect(() => redirect(to, 302, options)).toThrow(expect.objectContaining({ code: 'HTTP_REDIRECT' }) as Error);
  expect(redirect('https://A.example:443/x', 302, options).headers).toEqual({ location: 'https://a.example/x' });
});

test('url() encodes every part', () => {
  expect(url('/orders/:id', { id: 'a/b?c#d%' })).toBe('/orders/a%2Fb%3Fc%23d%25');
  expect(url('/orders/:id?', {})).toBe('/orders');
  expect(url('/orders/:id?', { id: 7n })).toBe('/orders/7');
  expect(url('/files/*rest', { rest: 'a b/c' })).toBe('/files/a%20b/c');
  expect(url('/:a.:b', { a: 'x', b: 1 })).toBe('/x.1');
  expect(url('/search', {}, { query: { q: 'ä&b', tag: ['x', 'y'], none: undefined }, hash: 'top 1' })).toBe(
    '/search?q=%C3%A4%26b&tag=x&tag=y#top%201',
  );
  expect(url('/')).toBe('/');
});

test.each([
  ['/o/:id', '..'],
  ['/o/:id', '.'],
  ['/o/:id', ''],
  ['/o/*id', 'a/../b'],
  ['/o/*id', '//evil'],
  ['/o/:id', '\ud800'],
  ['/o/:id', undefined],
])('url(%s) refuses %j (HTTP_URL)', (path, id) => {
  expect(() => url(path as string, { id } as never)).toThrow(expect.objectContaining({ code: 'HTTP_URL' }) as Error);
});
