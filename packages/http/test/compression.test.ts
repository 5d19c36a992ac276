import { Readable } from 'node:stream';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { file, get, media, ndjson, ok, type HttpOptions, type RouteDefinition } from '@plinth/http';
import { serve, until, type TestServer } from './support/serve.js';

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

async function start(routes: readonly RouteDefinition[], http: HttpOptions = { compress: true }) {
  const server = await serve({ routes, http });
  servers.push(server);
  return (path: string, encoding?: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const sent = { ...headers, ...(encoding !== undefined && { 'accept-encoding': encoding }) };
      request({ port: server.port, host: '127.0.0.1', path, headers: sent, method, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
      })
        .on('error', reject)
        .end();
    });
}

const long = 'Lorem ipsum '.repeat(500);
const text = { open: true, returns: media('text/plain') } as const;
const List = { type: 'array', items: { type: 'string' } } as const;

test.each([
  ['br', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['zstd', 'zstd', zstdDecompressSync],
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ['br;q=0.5, gzip;q=0.9', 'gzip', gunzipSync],
  ['*', 'br', brotliDecompressSync],
  ['br;q=0, *', 'zstd', zstdDecompressSync],
  ['GZIP', 'gzip', gunzipSync],
] as const)('Accept-Encoding: %s is answered in %s', async (accepted, coding, decompress) => {
  const ask = await start([get('/x', { open: true, returns: List }, () => [long])]);
  const got = await ask('/x', accepted);
  expect(got.headers).toMatchObject({ 'content-encoding': coding, vary: 'Accept-Encoding', 'content-length': String(got.body.length) });
  expect(JSON.parse(decompress(got.body).toString())).toEqual([long]);
});

test('what is small, compressed already, of another type, not to be transformed or not wanted is sent as it is', async () => {
  const ask = await start([
    get('/small', text, () => 'x'),
    get('/image', { open: true, returns: media('image/png') }, () => long),
    get('/encoded', text, () => ok(long, { headers: { 'content-encoding': 'x-own' } })),
    get('/transform', { ...text, cache: { noTransform: true } }, () => long),
    get('/long', text, () => long),
    get('/off', { ...text, compress: false }, () => long),
    get('/cookie', text, (context) => (context.setCookie('a', 'b'), long)),
    get('/chosen', { ...text, compress: true }, (context) => (context.setCookie('a', 'b'), long)),
  ]);
  for (const path of ['/small', '/image', '/transform', '/off', '/cookie'])
    expect((await ask(path, 'gzip')).headers['content-encoding'], path).toBeUndefined();
  expect((await ask('/encoded', 'gzip')).headers['content-encoding']).toBe('x-own');
  for (const header of [undefined, '', 'identity', 'gzip;q=0', 'identity;q=1, gzip;q=0.5', 'deflate'])
    expect((await ask('/long', header)).headers['content-encoding'], header).toBeUndefined();
  expect((await ask('/long')).headers.vary).toBe('Accept-Encoding');
  expect((await ask('/chosen', 'gzip')).headers['content-encoding']).toBe('gzip');
  const head = await ask('/long', 'gzip', {}, 'HEAD');
  expect([head.headers['content-encoding'], head.body.length]).toEqual(['gzip', 0]);
});

test('a client that takes nothing that there is gets 406 (HTTP_NOT_ACCEPTABLE), one that refuses identity gets even small answers compressed', async () => {
  const ask = await start([get('/x', text, () => 'x')]);
  for (const header of ['identity;q=0', 'deflate, identity;q=0', '*;q=0']) {
    const got = await ask('/x', header);
    expect([got.status, (JSON.parse(got.body.toString()) as { code: string }).code, got.headers['content-encoding']]).toEqual([
      406,
      'HTTP_NOT_ACCEPTABLE',
      undefined,
    ]);
  }
  expect(gunzipSync((await ask('/x', 'gzip, identity;q=0')).body).toString()).toBe('x');
});

test('the ETag of a compressed answer is weak, and still leads to 304', async () => {
  const ask = await start([get('/x', { ...text, etag: true }, () => long)]);
  const plain = await ask('/x');
  const coded = await ask('/x', 'gzip');
  expect(coded.headers.etag).toBe(`W/${plain.headers.etag as string}`);
  const same = await ask('/x', 'gzip', { 'if-none-match': coded.headers.etag as string });
  expect([same.status, same.body.length, same.headers['content-encoding']]).toEqual([304, 0, undefined]);
});

test('pieces of a stream of lines arrive at once, and a failing source is an error without a coding', async () => {
  let release = () => {};
  const ask = await start([
    get('/lines', { open: true, returns: ndjson({ type: 'integer' }) }, async function* () {
      yield 1;
      await new Promise<void>((resolve) => (release = resolve));
      yield 2;
    }),
    get('/broken', text, () =>
      Readable.from(
        (async function* () {
          await Promise.resolve();
          if (long !== '') throw new Error('no');
          yield '';
        })(),
      ),
    ),
    get('/long', text, () => new Blob([long]).stream()),
    get('/file', text, () => file(import.meta.filename)),
  ]);
  for (const coding of ['br', 'gzip', 'zstd']) {
    const response = await fetch(`${servers.at(-1)!.url}/lines`, { headers: { 'accept-encoding': coding } });
    expect(response.headers.get('content-encoding')).toBe(coding);
    const reader = response.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('1\n');
    release();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('2\n');
    await reader.cancel();
  }
  const broken = await ask('/broken', 'gzip');
  expect([broken.status, broken.headers['content-encoding'], (JSON.parse(broken.body.toString()) as { code: string }).code]).toEqual([
    500,
    undefined,
    'HTTP_REPLY_STREAM',
  ]);
  expect(gunzipSync((await ask('/long', 'gzip')).body).toString()).toBe(long);
  expect(gunzipSync((await ask('/file', 'gzip')).body).toString()).toContain('pieces of a stream');
  expect((await ask('/file', 'gzip', { range: 'bytes=0-5' })).headers['content-encoding']).toBeUndefined();
});

test('a client that leaves ends the compressor and its source', async () => {
  let ended = false;
  await start([
    get('/endless', text, async function* () {
      try {
        while (true) yield Buffer.from(String(Math.random()).repeat(4000));
      } finally {
        ended = true;
      }
    }),
  ]);
  const leaving = new AbortController();
  const response = await fetch(`${servers.at(-1)!.url}/endless`, { headers: { 'accept-encoding': 'gzip' }, signal: leaving.signal });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  leaving.abort();
  await until(() => ended);
});
