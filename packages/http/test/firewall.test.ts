import { describe, expect, test } from 'vitest';
import { cookie, get, inject, post, type FirewallOptions } from '@plinth/http';
import { build, sendRaw, serve } from './support/serve.js';

const routes = [
  get('/files/:name', { open: true }, ({ params }) => params.name),
  get('/tree/*rest', { open: true }, ({ params }) => params.rest),
  post('/cookie/:name/:value', { open: true }, (context) => context.setCookie(context.params.name, context.params.value)),
];

describe('the firewall', () => {
  const odd: readonly (readonly [keyof FirewallOptions, string, string])[] = [
    ['semicolon', '/files/a;b', 'a;b'],
    ['backslash', '/files/a\\b', 'a\\b'],
    ['unsafeCharacters', '/files/a|b', 'a|b'],
    ['emptySegments', '/tree/a//b', 'a//b'],
    ['dotSegments', '/tree/a/../b', 'a/../b'],
    ['dotSegments', '/tree/a/%2e%2e/b', 'a/../b'],
    ['encodedSlash', '/files/a%2fb', 'a%2Fb'],
    ['encodedBackslash', '/files/a%5Cb', 'a\\b'],
    ['encodedPercent', '/files/a%252fb', 'a%2fb'],
    ['encodedControls', '/files/a%00b', 'a\0b'],
    ['encodedControls', '/files/a%0Ab', 'a\nb'],
    ['separators', '/files/a%E2%80%A8b', 'a\u2028b'],
    ['separators', '/files/a%E2%80%A9b', 'a\u2029b'],
  ];

  test.each(odd)('refuses %s in %s, unless it is let through [AU-19]', async (option, url, value) => {
    await using closed = await serve({ routes });
    const ask = (port: number) => sendRaw(port, `GET ${url} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 60);
    const refused = await ask(closed.port);
    expect(refused.statuses).toEqual([400]);
    expect(refused.text).toContain('HTTP_PATH');
    await using open = await serve({ routes, http: { firewall: { [option]: 'allow' } } });
    const answer = await ask(open.port);
    expect(answer.statuses).toEqual([200]);
    expect(Buffer.from(answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4), 'latin1').toString()).toBe(value);
    // One thing that is let through opens nothing else.
    for (const [other, path] of odd)
      if (other !== option)
        expect(
          (await ask(open.port)).statuses.length +
            (await sendRaw(open.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 30)).statuses[0]!,
        ).toBe(401);
  });

  test('never lets invalid UTF-8, raw controls or other bytes than ASCII through [AU-19]', async () => {
    const everything: FirewallOptions = {
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
    };
    await using server = await serve({ routes, http: { firewall: everything } });
    for (const url of [
      '/files/%ff',
      '/files/%c0%af',
      '/files/%',
      '/files/%zz',
      '/files/\x01',
      '/files/\xe9',
      '/files/a#b',
      '/files/%ed%a0%80',
    ])
      expect(
        (await sendRaw(server.port, Buffer.from(`GET ${url} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'latin1'), 60)).statuses,
        url,
      ).toEqual([400]);
  });
});

describe('hosts', () => {
  test('that name another one in the eyes of a URL parser are refused [Koa CVE-2026-27959] [h3 CVE-2026-33131] [AU-19]', async () => {
    await using server = await serve({ routes });
    for (const host of [
      'evil:fake@localhost',
      'evil@localhost',
      'localhost/x?',
      'localhost#',
      'localhost\\@evil',
      'localhost evil',
      'localhost:80:80',
      'localhost:',
      '[::1',
      'localhost%2eevil',
      'localhost,evil',
      '',
    ])
      expect((await sendRaw(server.port, `GET /files/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 60)).statuses, host).toEqual([400]);
    for (const host of ['evil.example', 'localhost.evil.example', 'xlocalhost'])
      expect((await sendRaw(server.port, `GET /files/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 60)).statuses, host).toEqual([421]);
  });
});

describe('cookies', () => {
  test('take no attribute or header in through name, value, path or domain [cookie CVE-2024-47764] [Hono GHSA-5pq2-9x2x-5p6w] [Hono CVE-2026-56762]', async () => {
    for (const name of [
      'a; Domain=evil.example',
      'a=b; HttpOnly',
      'a\r\nSet-Cookie: b',
      'userName=<script>alert(1)</script>; Max-Age=2592000; a',
      '',
      'a b',
      'ä',
      '__Host-\u00a0x',
    ])
      expect(() => cookie(name, 'v'), name).toThrow(expect.objectContaining({ code: 'HTTP_COOKIE' }));
    for (const options of [
      { path: '/; Domain=evil' },
      { path: 'relative' },
      { path: '/\r\nX: y' },
      { domain: 'a.example; Secure' },
      { domain: '' },
      { domain: 'a b' },
      { sameSite: 'lax; Domain=x' as never },
      { priority: 'high; x' as never },
      { maxAge: '1; x' as never },
    ])
      expect(() => cookie('a', 'v', options), JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'HTTP_COOKIE' }));
    expect(cookie('a', 'v; Domain=evil.example\r\nX: y')).toBe(
      'a=v%3B%20Domain%3Devil.example%0D%0AX%3A%20y; Path=/; Secure; HttpOnly; SameSite=Lax',
    );
    await using server = await build({ routes });
    const response = await inject(server.app, { method: 'POST', url: `/cookie/a/${encodeURIComponent('x;Domain=evil')}` });
    expect(response.headers['set-cookie']).toEqual(['a=x%3BDomain%3Devil; Path=/; Secure; HttpOnly; SameSite=Lax']);
  });

  test('with the prefixes that browsers insist on keep their promises (HTTP_COOKIE)', () => {
    const wrong: [string, object][] = [
      ['__Host-a', { secure: false }],
      ['__HOST-a', { path: '/x' }],
      ['__Secure-a', { secure: false }],
      ['__Http-a', { httpOnly: false }],
      ['__Http-a', { secure: false }],
      ['__Host-Http-a', { httpOnly: false }],
    ];
    for (const [name, options] of wrong)
      expect(() => cookie(name, 'v', options), name).toThrow(expect.objectContaining({ code: 'HTTP_COOKIE' }));
    // A value without a name that spells a prefix would reach the server as that cookie (RFC 6265bis, 5.7).
    expect(() => cookie('', '__Host-a=v')).toThrow();
  });
});
