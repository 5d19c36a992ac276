import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { get, media, ndjson, ok, type HttpOptions, type RouteDefinition } from '@plinth/http';
import { build, serve, until, type TestServer } from './support/serve.js';

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

async function start(routes: readonly RouteDefinition[], http?: HttpOptions): Promise<TestServer> {
  const server = await serve({ routes, http: { ...http } });
  servers.push(server);
  return server;
}

const bytes = { open: true, returns: media('application/octet-stream') } as const;
const any = { open: true, returns: media('*/*') } as const;

async function* twoPieces() {
  yield 'one';
  yield Buffer.from('two');
}

test.each([
  ['a Node stream', (): unknown => Readable.from(['one', 'two'])],
  ['a web stream', (): unknown => new Blob(['onetwo']).stream()],
  ['an async iterable', (): unknown => twoPieces()],
  ['a Response', (): unknown => new Response('onetwo')],
  ['a Blob', (): unknown => new Blob(['one', 'two'])],
  ['a Buffer', (): unknown => Buffer.from('onetwo')],
  ['a typed array', (): unknown => new Uint16Array(new Uint8Array(Buffer.from('onetwo')).buffer)],
  ['a part of an ArrayBuffer', (): unknown => new DataView(new Uint8Array(Buffer.from('..onetwo.')).buffer, 2, 6)],
  ['an ArrayBuffer', (): unknown => new Uint8Array(Buffer.from('onetwo')).buffer],
  ['a text', (): unknown => 'onetwo'],
] as const)('%s is a body, and HEAD sends its head alone [IO-02]', async (_name, body) => {
  const { url } = await start([get('/x', bytes, body as () => string)]);
  const response = await fetch(`${url}/x`);
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/octet-stream',
    'onetwo',
  ]);
  const head = await fetch(`${url}/x`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('where the contract leaves the media type open, the body says it [IO-02]', async () => {
  await using app = await build({
    routes: [
      get('/response', any, () => new Response('<b>', { headers: { 'content-type': 'text/html; charset=utf-8', 'x-own': '1' } })),
      get('/blob', any, () => new Blob(['a'], { type: 'image/png' })),
      get('/forged', any, () => new Blob(['a'], { type: 'nonsense' })),
      get('/text', any, () => 'x'),
      get('/bytes', any, () => Buffer.from('x')),
    ],
  });
  const { inject } = await import('@plinth/http');
  const read = async (url: string) => (await inject(app.app, { url })).headers;
  const document = await read('/response');
  expect([document['content-type'], document['x-own'], document['x-frame-options']]).toEqual(['text/html; charset=utf-8', '1', 'DENY']);
  expect((await read('/blob'))['content-type']).toBe('image/png');
  expect((await read('/forged'))['content-type']).toBe('application/octet-stream');
  expect((await read('/text'))['content-type']).toBe('text/plain; charset=utf-8');
  expect((await read('/bytes'))['content-type']).toBe('application/octet-stream');
});

test('a source that fails before its first byte is a 500 problem; later the connection breaks [IO-03]', async () => {
  const { url, logs } = await start([
    get('/early', bytes, async function* () {
      await sleep(1);
      if (Date.now() > 0) throw new Error('no luck');
      yield '';
    }),
    get('/late', bytes, async function* () {
      yield 'some';
      await sleep(20);
      throw new Error('no more');
    }),
    get('/wrong', bytes, () => Readable.from([{ not: 'bytes' }])),
  ]);
  const early = await fetch(`${url}/early`);
  expect([early.status, ((await early.json()) as { code: string }).code]).toEqual([500, 'HTTP_REPLY_STREAM']);
  expect((await fetch(`${url}/wrong`)).status).toBe(500);
  await expect(fetch(`${url}/late`).then((response) => response.text())).rejects.toThrow();
  await until(() => logs.some((line) => JSON.stringify(line).includes('no more')));
});

/** Reads the head and a little of the body, then waits without reading. */
async function readSlowly(port: number, path: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  return socket;
}

test.each(['web', 'node', 'iterable'] as const)(
  'a %s stream is read no faster than the client reads, and is released when the client goes (Fastify CVE-2026-25224) [IO-02]',
  async (kind) => {
    let made = 0;
    let released = false;
    const piece = new Uint8Array(64 * 1024);
    async function* endless() {
      try {
        while (true) {
          made++;
          yield piece;
        }
      } finally {
        released = true;
      }
    }
    const source = () => {
      if (kind === 'node') return Readable.from(endless());
      if (kind === 'iterable') return endless();
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          made++;
          controller.enqueue(piece);
        },
        cancel() {
          released = true;
        },
      });
    };
    const { port } = await start([get('/endless', bytes, source)]);
    const socket = await readSlowly(port, '/endless');
    await sleep(300);
    const before = made;
    await sleep(300);
    expect(made).toBe(before);
    expect(made).toBeLessThan(500);
    socket.destroy();
    await until(() => released);
  },
);

test('a source is released when it stays unsent: deadline, broken header, undeclared status, HEAD (NestJS StreamableFile leak) [IO-02]', async () => {
  const sources: Readable[] = [];
  const source = () => {
    const made = new Readable({ read() {} });
    sources.push(made);
    return made;
  };
  const { url } = await start([
    get('/silent', { ...bytes, limits: { timeout: 50 } }, source),
    get('/header', bytes, () =>
      ok(
        Readable.from(['x']).on('close', () => closed++),
        { headers: { 'x-a': 'a\r\nb' } },
      ),
    ),
    get('/status', { open: true, returns: { 204: null } }, (() => source()) as never),
    get('/head', bytes, source),
  ]);
  let closed = 0;
  expect((await fetch(`${url}/silent`)).status).toBe(503);
  expect((await fetch(`${url}/header`)).status).toBe(500);
  expect((await fetch(`${url}/status`)).status).toBe(500);
  expect((await fetch(`${url}/head`, { method: 'HEAD' })).status).toBe(200);
  await until(() => sources.length === 3 && sources.every((stream) => stream.destroyed) && closed === 1);
});

const Item = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } as const;

test('ndjson writes each item by its schema, one a line, as it comes [IO-02]', async () => {
  const { url } = await start([
    get('/lines', { open: true, returns: { 200: ndjson(Item) } }, async function* () {
      yield { id: 1, secret: 'x' };
      await sleep(50);
      yield { id: 2 };
    }),
    get('/list', { open: true, returns: ndjson(Item) }, () => [{ id: 3 }]),
    get('/late', { open: true, returns: ndjson(Item) }, async function* () {
      yield { id: 1 };
      yield { id: 'no' } as never;
    }),
    get('/early', { open: true, returns: ndjson(Item) }, () => [{ id: 'no' } as never]),
  ]);
  const response = await fetch(`${url}/lines`);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const pieces: string[] = [];
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) pieces.push(piece);
  expect(pieces).toEqual(['{"id":1}\n', '{"id":2}\n']);
  expect(await (await fetch(`${url}/list`)).text()).toBe('{"id":3}\n');
  await expect(fetch(`${url}/late`).then((late) => late.text())).rejects.toThrow();
  expect((await fetch(`${url}/early`)).status).toBe(500);
});

test('what is ready in one turn goes out together, compressed or not, and nothing is lost before a failure', async () => {
  const { url } = await start(
    [
      get('/many', { open: true, returns: ndjson(Item) }, async function* () {
        for (let id = 0; id < 50_000; id++) yield { id };
      }),
      get('/pause', { open: true, returns: ndjson(Item) }, async function* () {
        yield { id: 1 };
        yield { id: 2 };
        await sleep(100);
        yield { id: 3 };
        await sleep(100);
        throw new Error('broken');
      }),
    ],
    { compress: true },
  );
  const expected = Array.from({ length: 50_000 }, (_, id) => `{"id":${id}}\n`).join('');
  const coded = await fetch(`${url}/many`, { headers: { 'accept-encoding': 'gzip' } });
  expect(coded.headers.get('content-encoding')).toBe('gzip');
  expect(await coded.text()).toBe(expected);
  expect(await (await fetch(`${url}/many`, { headers: { 'accept-encoding': 'identity' } })).text()).toBe(expected);
  // A flush for each line makes it longer than it was.
  const raw = await rawLength(url, '/many', 'gzip');
  expect(raw).toBeLessThan(expected.length / 3);
  for (const coding of ['identity', 'gzip']) {
    const pieces: string[] = [];
    const response = await fetch(`${url}/pause`, { headers: { 'accept-encoding': coding } });
    const reading = (async () => {
      for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) pieces.push(piece);
    })();
    await expect(reading).rejects.toThrow();
    expect(pieces, coding).toEqual(['{"id":1}\n{"id":2}\n', '{"id":3}\n']);
  }
});

async function rawLength(url: string, path: string, coding: string): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: ${coding}\r\nConnection: close\r\n\r\n`);
  let length = 0;
  for await (const chunk of socket) length += (chunk as Buffer).length;
  return length;
}
