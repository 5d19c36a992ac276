import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Controller, defineBodyReader, HTTP_SERVER, inject, injectStream, media, post, Post, type ProblemDetails } from '@plinth/http';
import { file, multipart } from '@plinth/http/multipart';
import { build, sendRaw, serve, until } from './support/serve.js';

const KIB = 1024;
const Item = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } as const;
const any = { type: 'object', additionalProperties: true } as const;
const lines = { 'content-type': 'application/x-ndjson' };

/** Sends bytes in pieces of any size, as a slow client does. */
async function* slowly(text: string, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < text.length; from += size) {
    yield Buffer.from(text.slice(from, from + size));
    await sleep(0);
  }
}

const sum = post('/', { open: true, accepts: 'ndjson', body: Item, returns: any }, async ({ body }) => {
  let total = 0;
  let count = 0;
  for await (const { n } of body) {
    const value: number = n;
    total += value;
    count++;
  }
  return { total, count };
});

describe('lines of JSON', () => {
  test.each([1, 7, 1000])('arrive as checked values, cut into pieces of %d bytes', async (size) => {
    await using app = await build({ routes: [sum] });
    const body = slowly('{"n":1}\r\n\n{"n":2}\n{"n":3}', size);
    const response = await inject(app.app, { method: 'POST', url: '/', headers: lines, body });
    expect(response.json()).toEqual({ total: 6, count: 3 });
  });

  test.each<[string, string, number, string, number]>([
    ['that is no JSON', '{"n":1}\n{"n":', 400, 'HTTP_NDJSON', 2],
    ['with a key twice', '{"n":1,"n":2}', 400, 'HTTP_NDJSON', 1],
    ['with __proto__', '\n\n{"__proto__":{}}', 400, 'HTTP_NDJSON', 3],
    ['without the declared form', '{"n":1}\n{"n":"x"}\n', 422, 'HTTP_NDJSON_INVALID', 2],
    ['with an unknown key', '{"n":1,"m":1}\n', 422, 'HTTP_NDJSON_INVALID', 1],
    ['that is too long', `{"n":1}\n{"n":${' '.repeat(70 * KIB)}1}\n`, 413, 'HTTP_NDJSON_LINE', 2],
    ['that never ends', '['.repeat(70 * KIB), 413, 'HTTP_NDJSON_LINE', 1],
  ])('are refused at a line %s, by its number', async (_what, body, status, code, line) => {
    await using app = await build({ routes: [sum] });
    const response = await inject(app.app, { method: 'POST', url: '/', headers: lines, body });
    expect(response.json()).toMatchObject({ status, code, line, detail: expect.stringContaining(`Line ${line} `) as string });
    if (status === 422) expect((response.json() as ProblemDetails).issues).toMatchObject([{ in: 'body', line }]);
  });

  test('are limited in all, and come no faster than they are read', async () => {
    let read = 0;
    await using server = await serve({
      routes: [
        post('/limited', { open: true, accepts: 'ndjson', body: Item, limits: { body: 100 } }, async ({ body }) => {
          for await (const _ of body);
          return 'x';
        }),
        post('/slow', { open: true, accepts: 'ndjson', body: Item }, async ({ body, signal }) => {
          for await (const _ of body) {
            read++;
            await sleep(1);
            if (signal.aborted) break;
          }
          return 'x';
        }),
      ],
    });
    const response = await fetch(`${server.url}/limited`, { method: 'POST', headers: lines, body: '{"n":1}\n'.repeat(1000) });
    expect(await response.json()).toMatchObject({ status: 413, code: 'HTTP_BODY_TOO_LARGE' });
    const socket = connect(server.port, '127.0.0.1');
    const size = 10 * KIB * KIB;
    socket.write(`POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${size}\r\n\r\n`);
    // Lines of 32 KiB: a connection that is not read from is not known to be gone before the next look.
    socket.write(`{"n":1}${' '.repeat(32 * KIB - 8)}\n`.repeat(size / KIB / 32));
    await until(() => read > 20);
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await until(() => server.logs.some((line) => line.code === 'HTTP_BODY_CUT'));
  });

  test('of which the handler reads only the first leave no request behind them', async () => {
    await using server = await serve({
      routes: [
        post('/', { open: true, accepts: 'ndjson', body: Item }, async ({ body }) => {
          for await (const { n } of body) return String(n);
          return 'none';
        }),
      ],
    });
    const smuggled = `${'{"n":7}\n'.repeat(20_000)}GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const answer = await sendRaw(
      server.port,
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(answer.text).toMatch(/^HTTP\/1\.1 200 [^]*7$/);
    expect(answer.closed).toBe(true);
  });

  test('are read once', async () => {
    await using app = await build({
      routes: [
        post(
          '/',
          { open: true, accepts: [defineBodyReader({ mediaType: 'text/lines', limit: 100, stream: (body) => body })], body: any },
          async ({ body }) => {
            const source = body as unknown as AsyncIterable<Buffer>;
            for await (const _ of source);
            for await (const _ of source);
          },
        ),
      ],
    });
    const response = await inject(app.app, { method: 'POST', url: '/', headers: { 'content-type': 'text/lines' }, body: 'x' });
    expect(response.json()).toMatchObject({ status: 500, code: 'HTTP_BODY_READ_TWICE' });
  });
});

const upper = (mediaType: string, name: string) =>
  defineBodyReader({ mediaType, limit: 100, read: (bytes, type) => ({ reader: name, type, text: bytes.toString().toUpperCase() }) });

describe('a body reader of an author [IO-06]', () => {
  const echo = (accepts: Parameters<typeof post>[1]['accepts']) =>
    post(
      '/',
      { open: true, returns: any, body: any, ...(accepts !== undefined && { accepts }) },
      ({ body }) => body as Record<string, unknown>,
    );
  const ask = async (accepts: Parameters<typeof echo>[0], contentType: string | undefined, body = 'x') => {
    await using app = await build({ routes: [echo(accepts)] });
    const response = await inject(app.app, {
      method: 'POST',
      url: '/',
      body,
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    });
    return response.json() as Record<string, unknown>;
  };

  test.each([
    ['application/cbor', 'exact'],
    ['application/vnd.acme+json', 'ending'],
    ['application/yaml', 'kind'],
    ['text/yaml', 'all'],
    ['Application/CBOR', 'exact'],
    ['application/cbor; charset=utf-8', 'exact'],
  ])('for %s is chosen by the most specific pattern: %s', async (contentType, reader) => {
    const readers = [
      upper('*/*', 'all'),
      upper('application/*', 'kind'),
      upper('application/*+json', 'ending'),
      upper('application/cbor', 'exact'),
    ];
    expect(await ask(readers, contentType)).toEqual({ reader, type: contentType.toLowerCase().split(';')[0], text: 'X' });
  });

  test('may take a body without Content-Type only where it takes any', async () => {
    expect(await ask([upper('*/*', 'all')], undefined)).toMatchObject({ reader: 'all', type: 'application/octet-stream' });
    expect(await ask([upper('application/*', 'kind')], undefined)).toMatchObject({ status: 415 });
  });

  test('can be narrowed by an expression', async () => {
    const reader = defineBodyReader({
      mediaType: 'application/*',
      matches: /^application\/v\d+$/gi,
      limit: 10,
      read: () => ({ ok: true }),
    });
    for (let again = 0; again < 2; again++) expect(await ask(reader, 'application/v2')).toEqual({ ok: true });
    expect(await ask(reader, 'application/x')).toMatchObject({ status: 415, code: 'HTTP_MEDIA_TYPE' });
  });

  test.each([
    'application/cborx',
    'xapplication/cbor',
    'application/cbor;x=y',
    'application/cbor, text/plain',
    'application/cbor\t;',
    'a/b/cbor',
    'application/ cbor',
  ])('does not read %j: its type is matched as a whole (Fastify, CVE-2025-32442)', async (contentType) => {
    expect(await ask([upper('application/cbor', 'exact'), upper('application/*+json', 'ending')], contentType)).toMatchObject({
      status: 415,
      code: 'HTTP_MEDIA_TYPE',
    });
  });

  test('that throws has met a malformed body; its limit holds', async () => {
    const strict = defineBodyReader({ mediaType: 'application/x', limit: 5, read: (bytes) => JSON.parse(bytes.toString()) as unknown });
    expect(await ask(strict, 'application/x', '{')).toMatchObject({ status: 400, code: 'HTTP_BODY_FORMAT' });
    expect(await ask(strict, 'application/x', '[1,2,3]')).toMatchObject({ status: 413, code: 'HTTP_BODY_TOO_LARGE' });
    const later = defineBodyReader({ mediaType: 'application/x', limit: 5, read: () => Promise.reject(new Error('secret')) });
    expect(await ask(later, 'application/x')).toMatchObject({ status: 400, detail: 'The body is not valid application/x.' });
  });

  test('serves a route, a controller, a module or the whole server; the innermost wins', async () => {
    @Controller('/controller', { open: true, accepts: upper('application/c', 'controller') })
    class Readers {
      @Post('/', { body: any, returns: any })
      create({ body }: { body: Record<string, unknown> }): Record<string, unknown> {
        return body;
      }
    }
    await using app = await build({
      http: { accepts: ['json', upper('application/s', 'server')] },
      routes: [echo(undefined)],
      controllers: [Readers],
    });
    const typed = async (url: string, contentType: string, body = '{"a":1}') =>
      (await inject(app.app, { method: 'POST', url, headers: { 'content-type': contentType }, body })).json();
    expect(await typed('/', 'application/s')).toMatchObject({ reader: 'server' });
    expect(await typed('/', 'application/json')).toEqual({ a: 1 });
    expect(await typed('/controller', 'application/c')).toMatchObject({ reader: 'controller' });
    expect(await typed('/controller', 'application/s')).toMatchObject({ status: 415 });
    const typesOf = (path: string) =>
      app.app
        .get(HTTP_SERVER)
        .routes()
        .find((route) => route.path === path)?.bodyTypes;
    expect([typesOf('/'), typesOf('/controller')]).toEqual([['application/json', 'application/s'], ['application/c']]);
  });

  test.each<[string, () => unknown]>([
    ['a type that is none', () => upper('json', 'x')],
    ['capitals', () => upper('Application/Json', 'x')],
    ['a star in the middle', () => upper('application/a*b', 'x')],
    ['no limit', () => defineBodyReader({ mediaType: 'a/b', limit: NaN, read: () => 1 })],
  ])('is refused with %s', (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'HTTP_BODY_READER' }));
  });

  test.each<[string, Parameters<typeof echo>[0]]>([
    ['ndjson beside json', ['json', 'ndjson']],
    ['nothing', []],
    ['a stream beside a whole', ['json', defineBodyReader({ mediaType: 'a/b', limit: 1, stream: (body) => body })]],
  ])('a contract that accepts %s stops the boot', async (_what, accepts) => {
    await expect(build({ routes: [echo(accepts)] })).rejects.toThrow('HTTP_ACCEPTS');
  });

  test('a form that says what it accepts elsewhere stops the boot', async () => {
    const contract = { open: true, accepts: 'json', body: multipart({ f: file() }) } as const;
    await expect(build({ routes: [post('/', contract, () => 'x')] })).rejects.toThrow('HTTP_ACCEPTS');
    expect(() => multipart({ 'a[b]': file() })).toThrow(expect.objectContaining({ code: 'HTTP_FORM_PART' }));
  });
});

describe('other parsers', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const anything = post(
    '/',
    { open: true, body: any, unknown: 'keep', returns: any, accepts: ['json', 'form'] },
    ({ body }) => body as Record<string, unknown>,
  );
  const ask = async (headers: Record<string, string>, body: string | Buffer) => {
    await using app = await build({ routes: [anything] });
    return await inject(app.app, { method: 'POST', url: '/', headers, body });
  };

  test('qs, CVE-2022-24999 and CVE-2025-15284, and body-parser, CVE-2024-45590: names of a form nest nothing', async () => {
    const response = await ask(form, `a[__proto__][x]=1&b[]=1&b[]=2&${'c[d]'.repeat(1000)}=1`);
    const body = response.json() as Record<string, unknown>;
    expect(body['a[__proto__][x]']).toBe('1');
    expect(body['b[]']).toEqual(['1', '2']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('body-parser, CVE-2025-13466: a form of many fields is refused before it is built', async () => {
    expect((await ask(form, 'a&'.repeat(20_000))).json()).toMatchObject({ status: 400, code: 'HTTP_FORM' });
    expect((await ask(form, `a=${'x'.repeat(64 * KIB)}`)).status).toBe(413);
  });

  test('a form cannot name __proto__ or constructor either [VAL-05]', async () => {
    for (const name of ['__proto__', 'constructor', '__proto%5f%5f'])
      expect((await ask(form, `${name}=1`)).json()).toMatchObject({ status: 400, code: 'HTTP_FORM' });
  });

  test('Hono, CVE-2026-44456: a limit holds for chunked bodies', async () => {
    await using server = await serve({ routes: [post('/', { open: true, body: any, limits: { body: 100 } }, () => 'x')] });
    const answer = await sendRaw(
      server.port,
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`64\r\n${'1'.repeat(100)}\r\n`.repeat(5)}`,
    );
    expect(answer.text).toContain('HTTP_BODY_TOO_LARGE');
  });

  test('h3, CVE-2026-23527: a coding in capitals is a coding', async () => {
    await using server = await serve({ routes: [anything] });
    const answer = await sendRaw(
      server.port,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: ChuNked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n',
    );
    expect(answer.text).toMatch(/200 [^]*\{"a":1\}$/);
  });

  test.each<[string, string]>([
    ['10,001 characters', JSON.stringify({ a: 'x'.repeat(10_001) })],
    ['1,001 items', JSON.stringify({ a: Array.from({ length: 1001 }, () => 1) })],
    ['257 properties', JSON.stringify(Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, 1])))],
  ])('%s are more than a schema without limits takes', async (_what, body) => {
    const plain = {
      type: 'object',
      additionalProperties: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'integer' } }, { type: 'integer' }] },
    } as const;
    await using app = await build({ routes: [post('/', { open: true, body: plain }, () => 'x')] });
    expect(
      (await inject(app.app, { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, body })).json(),
    ).toMatchObject({ status: 422, code: 'HTTP_INVALID' });
  });

  test.each(['gzip', 'br', 'deflate', 'x'])('a body that is compressed by %s is never unpacked', async (encoding) => {
    expect((await ask({ 'content-type': 'application/json', 'content-encoding': encoding }, '{}')).json()).toMatchObject({
      status: 415,
      code: 'HTTP_CONTENT_ENCODING',
    });
  });
});

describe('inject', () => {
  test('sends Blob, URLSearchParams and streams, and reads a response as it comes [PL-14, TS-01]', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    await using app = await build({
      routes: [
        post('/echo', { open: true, accepts: ['json', 'form'], body: any, returns: any }, ({ body }) => body as Record<string, unknown>),
        post('/stream', { open: true, returns: media('text/plain') }, async function* () {
          yield 'first ';
          await gate;
          yield 'second';
        } as never),
      ],
    });
    const echo = async (body: Parameters<typeof inject>[1]['body']) =>
      (await inject(app.app, { method: 'POST', url: '/echo', body: body! })).json();
    expect(await echo(new URLSearchParams({ a: '1' }))).toEqual({ a: '1' });
    expect(await echo(new Blob(['{"a":1}'], { type: 'application/json' }))).toEqual({ a: 1 });
    await using response = await injectStream(app.app, { method: 'POST', url: '/stream' });
    const pieces: string[] = [];
    for await (const piece of response.body) {
      pieces.push(String(piece));
      go();
    }
    expect([response.status, pieces.join('')]).toEqual([200, 'first second']);
  });

  test('leaves a stream, and its handler notices', async () => {
    let ended = false;
    await using app = await build({
      routes: [
        post('/', { open: true, returns: media('text/plain') }, ({ signal }) =>
          (async function* () {
            try {
              while (!signal.aborted) {
                yield 'tick ';
                await sleep(5);
              }
            } finally {
              ended = true;
            }
          })(),
        ),
      ],
    });
    const response = await injectStream(app.app, { method: 'POST', url: '/' });
    for await (const _ of response.body) break;
    response.close();
    await until(() => ended);
    expect(response.body.destroyed).toBe(true);
  });
});
