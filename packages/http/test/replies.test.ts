import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { get, inject, media, reply, type ProblemDetails } from '@plinth/http';
import { build, sendRaw, serve, until } from './support/serve.js';

const named = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
const text = media('text/plain');
const broken = (value: unknown) => get('/', { open: true, returns: named }, (() => value) as () => { name: string });

async function* lines(count: number) {
  for (let i = 0; i < count; i++) yield `line ${i}\n`;
}

describe('a reply', () => {
  test.each<[string, () => unknown, string]>([
    ['a text', () => 'text', 'text'],
    ['a Buffer', () => Buffer.from('bytes'), 'bytes'],
    ['a typed array', () => new Uint8Array([104, 105]), 'hi'],
    ['a Node stream', () => Readable.from(['a', 'b']), 'ab'],
    ['a web stream', () => new Response('web').body, 'web'],
    ['an async iterable', () => lines(2), 'line 0\nline 1\n'],
    ['a Response', () => new Response('made', { headers: { 'x-made': '1' } }), 'made'],
    ['a promise of one of them', async () => 'later', 'later'],
  ])('may be %s where the contract says a media type [IO-02]', async (_name, make, expected) => {
    await using server = await build({ routes: [get('/', { open: true, returns: { 200: text } }, make as () => string)] });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.text(), response.headers['content-type']]).toEqual([200, expected, 'text/plain; charset=utf-8']);
    expect((await inject(server.app, { method: 'HEAD', url: '/' })).text()).toBe('');
  });

  test('without `returns` is nothing (204) or a text (200)', async () => {
    await using server = await build({
      open: true,
      routes: [get('/none', {}, () => {}), get('/text', {}, () => 'ü'), get('/object', {}, (() => ({ a: 1 })) as unknown as () => string)],
    });
    expect((await inject(server.app, { url: '/none' })).status).toBe(204);
    const sent = await inject(server.app, { url: '/text' });
    expect([sent.status, sent.headers['content-length'], sent.text()]).toEqual([200, '2', 'ü']);
    expect((await inject(server.app, { url: '/object' })).status).toBe(500);
  });

  const circular: Record<string, unknown> = { name: 'x' };
  circular['self'] = circular;
  test.each<[string, unknown, string]>([
    ['lacks a required property', {}, 'name'],
    ['has a property of another type', { name: 7 }, 'name'],
    ['is nothing', undefined, ''],
    ['is null', null, ''],
    [
      'has a getter that throws',
      Object.defineProperty({}, 'name', {
        enumerable: true,
        get() {
          throw new Error('secret');
        },
      }),
      '',
    ],
    ['holds a BigInt', { name: 7n }, 'name'],
  ])('that %s is a 500, and the log names the place', async (_name, value, pointer) => {
    await using server = await build({ routes: [broken(value)], env: { NODE_ENV: 'production', APP_HOSTS: 'x.example' } });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, (response.json() as ProblemDetails).code]).toEqual([500, 'HTTP_REPLY']);
    expect(response.text()).not.toContain('name');
    const line = server.logs.find(({ code }) => code === 'HTTP_REPLY');
    expect(line?.['err']).toMatchObject({ message: expect.stringContaining(pointer) as string });
  });

  test('that is circular where nothing of the circle is declared is sent without it', async () => {
    await using server = await build({ routes: [broken(circular)] });
    expect((await inject(server.app, { url: '/' })).json()).toEqual({ name: 'x' });
  });

  test('of any JSON that is circular is a 500, never a crash', async () => {
    await using server = await build({ routes: [get('/', { open: true, returns: {} }, () => circular)] });
    expect((await inject(server.app, { url: '/' })).status).toBe(500);
    expect((await inject(server.app, { url: '/health/live' })).status).toBe(200);
  });

  test('with a status that is not declared is a 500 that names it', async () => {
    await using server = await build({
      routes: [get('/', { open: true, returns: named }, (() => reply(418, { name: 'x' })) as unknown as () => { name: string })],
    });
    const response = await inject(server.app, { url: '/' });
    expect(response.json()).toMatchObject({ status: 500, code: 'HTTP_REPLY_STATUS' });
    expect(response.text()).toContain('418');
  });

  test('with a header that holds a line break fails in the handler, and nothing of it is sent', async () => {
    const route = get('/', { open: true }, (context) => {
      context.setHeader('x-a', 'b\r\nSet-Cookie: x=y');
      return 'x';
    });
    await using server = await build({ routes: [route] });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, response.headers['set-cookie'], response.json()]).toMatchObject([500, undefined, { code: 'HTTP_HEADER' }]);
  });

  test('may replace the default headers; framing headers it may not set', async () => {
    const route = (headers: Record<string, string>) => () => reply(200, 'x', { headers });
    await using server = await build({
      open: true,
      routes: [
        get('/page', {}, route({ 'Content-Security-Policy': "default-src 'self'" })),
        get('/cut', {}, route({ 'content-length': '0' })),
      ],
    });
    expect((await inject(server.app, { url: '/page' })).headers['content-security-policy']).toBe("default-src 'self'");
    expect((await inject(server.app, { url: '/cut' })).status).toBe(500);
  });

  test('that fails before its first byte is a 500; one that fails later breaks the connection [IO-03]', async () => {
    async function* failing(after: number) {
      for (let i = 0; i < after; i++) {
        yield 'x'.repeat(10);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error('secret');
    }
    await using server = await serve({
      open: true,
      routes: [get('/early', { returns: { 200: text } }, () => failing(0)), get('/late', { returns: { 200: text } }, () => failing(2))],
    });
    const early = await fetch(`${server.url}/early`);
    expect([early.status, ((await early.json()) as ProblemDetails).code]).toEqual([500, 'HTTP_REPLY_STREAM']);
    const late = await sendRaw(server.port, 'GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(late.statuses).toEqual([200]);
    expect([late.closed, late.text.endsWith('0\r\n\r\n'), late.text.includes('secret')]).toEqual([true, false, false]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  test('that is a stream waits for its reader, and stops when the reader goes', async () => {
    let made = 0;
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          made++;
          yield Buffer.alloc(64 * 1024);
        }
      } finally {
        ended = true;
      }
    }
    await using server = await serve({
      routes: [get('/', { open: true, returns: { 200: media('application/octet-stream') } }, () => endless())],
    });
    const response = await fetch(server.url);
    const reader = response.body?.getReader();
    await reader?.read();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(made).toBeLessThan(500);
    await reader?.cancel();
    await until(() => ended);
    await until(() => server.logs.some((line) => line.msg === 'request'));
  });

  test('is never sent twice: what comes after a deadline is dropped [PL-09]', async () => {
    await using server = await serve({
      routes: [
        get('/', { open: true, limits: { timeout: 50 } }, async () => {
          await new Promise((resolve) => setTimeout(resolve, 400));
          return 'late';
        }),
      ],
    });
    const raw = await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 700);
    expect(raw.statuses).toEqual([503]);
    expect(raw.text).toContain('HTTP_DEADLINE');
  });
});
