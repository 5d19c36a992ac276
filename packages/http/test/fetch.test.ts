import diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createFetch, defineClient, FETCH, FetchModule, type FetchEvent, type FetchOptions } from '@plinth/http/fetch';
import { type BootError, configured, createApp, createContext, Module, runInContext } from '@plinth/core';
import { get, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import { startChild } from './support/child-app.js';
import { build } from './support/serve.js';

const LOOPBACK = ['127.0.0.1'];

async function upstream(listener: RequestListener): Promise<{ port: number; url: string } & AsyncDisposable> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientFor(port: number, options: FetchOptions = {}) {
  const owned = createFetch({ allowPrivate: LOOPBACK, ports: [port, 80, 443], retry: false, ...options });
  return { fetch: owned.fetch, [Symbol.asyncDispose]: () => owned.close() };
}

const fakeDns =
  (...answers: string[][]): LookupFunction =>
  (_name, _options, callback) => {
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]!;
    (callback as unknown as (error: null, all: object[]) => void)(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const code = (value: string) => expect.objectContaining({ code: value });

const HTTP_FETCH_REFUSED = 'HTTP_FETCH_REFUSED';

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://017700000001/',
  'http://0/',
  'http://localhost/',
  'http://localhost./',
  'http://LOCALHOST/',
  'http://１２７.０.０.１/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::a00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001::1]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://[ff02::1]/',
  'http://10.0.0.1/',
  'http://172.31.0.1/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://168.63.129.16/',
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
])('%s is refused, and nothing of the network is told', async (url) => {
  const { fetch, close } = createFetch();
  const error = await fetch(url).catch((refused: unknown) => refused as Error);
  expect(error).toEqual(code(HTTP_FETCH_REFUSED));
  expect((error as Error).cause).toBeInstanceOf(Error);
  await close();
});

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'data:text/plain,x',
  'http://user:geheim@example.com/',
  'no url',
  `http://example.com/${'a'.repeat(9000)}`,
])('%.40s is no URL to call, and its credentials are not repeated', async (url) => {
  const error = (await createFetch()
    .fetch(url)
    .catch((refused: unknown) => refused)) as Error;
  expect(error).toEqual(code('HTTP_FETCH_URL'));
  expect(JSON.stringify(error) + error.message).not.toContain('geheim');
});

test('only the listed hosts and ports are called', async () => {
  const { fetch } = createFetch({ allow: ['api.example.com', '*.example.org'], lookup: fakeDns(['10.0.0.1']) });
  for (const url of [
    'http://example.com/',
    'http://api.example.com.evil.test/',
    'http://example.org/',
    'http://xexample.org/',
    'http://api.example.com:8080/',
  ])
    await expect(fetch(url)).rejects.toThrow(code('HTTP_FETCH_REFUSED'));
});

test('a name is checked by what it resolves to, and the connection goes to the checked address', async () => {
  await using server = await upstream((_request, response) => response.end('inside'));
  await using rebound = clientFor(server.port, { allowPrivate: [], lookup: fakeDns(['127.0.0.1']) });
  await expect(rebound.fetch(`http://innocent.test:${server.port}/`)).rejects.toThrow(code('HTTP_FETCH_REFUSED'));
  await using mixed = clientFor(server.port, { lookup: fakeDns(['10.9.9.9', '127.0.0.1'], ['10.9.9.9']) });
  expect(await (await mixed.fetch(`http://innocent.test:${server.port}/`)).text()).toBe('inside');
});

test.each(['ENOTFOUND', 'EAI_AGAIN'])(
  'a name of which the DNS says %s refuses a URL of a caller with 422 and is no fault; of a declared client it is one (503)',
  async (reason) => {
    const reported: string[] = [];
    let asked = 0;
    const lookup: LookupFunction = (name, _options, callback) => {
      asked++;
      callback(Object.assign(new Error(`getaddrinfo ${reason} ${name}`), { code: reason }), '', 0);
    };
    const GONE = defineClient('GONE', { baseUrl: 'https://gone.example/', lookup, retry: false });
    const call = (path: string, key: typeof FETCH) =>
      get(path, { open: true }, async (_context, fetch) => (await fetch('https://gone.example/x')).text(), { deps: [key] });
    await using built = await build({
      imports: [FetchModule.with({ lookup, clients: [GONE] })],
      routes: [call('/given', FETCH), call('/declared', GONE.token)],
      http: { onError: (_error, { code }) => void reported.push(code) },
    });
    const given = await inject(built.app, { url: '/given' });
    expect([given.status, given.json()]).toEqual([422, expect.objectContaining({ code: 'HTTP_FETCH_NO_HOST' })]);
    // What may be different in a moment is asked again, within the tries of a client.
    expect(asked).toBe(reason === 'EAI_AGAIN' ? 3 : 1);
    expect(reported).toEqual([]);
    const declared = await inject(built.app, { url: '/declared' });
    expect([declared.status, declared.json()]).toEqual([503, expect.objectContaining({ code: 'HTTP_FETCH_FAILED' })]);
    expect(reported).toEqual(['HTTP_FETCH_FAILED']);
  },
);

test('a name that is public first and private then is looked up once for each connection, and never reached inside', async () => {
  let reached = 0;
  await using server = await upstream((_request, response) => {
    reached++;
    response.end('inside');
  });
  let lookups = 0;
  const counted = (...answers: string[][]): LookupFunction => {
    const dns = fakeDns(...answers);
    return (...args) => {
      lookups++;
      dns(...args);
    };
  };
  // Public, and nobody answers at this port.
  const rebinding = counted(['8.8.8.8'], ['127.0.0.1']);
  await using rebound = clientFor(server.port, { allowPrivate: [], lookup: rebinding, connectTimeout: 150, timeout: 1000 });
  const first = (await rebound.fetch(`http://innocent.test:${server.port}/`).catch((error: unknown) => error)) as { code: string };
  expect(first.code).toMatch(/^HTTP_FETCH_(FAILED|NO_ANSWER)$/);
  expect(lookups).toBe(1);
  await expect(rebound.fetch(`http://innocent.test:${server.port}/`)).rejects.toThrow(code('HTTP_FETCH_REFUSED'));
  expect([lookups, reached]).toEqual([2, 0]);
  lookups = 0;
  await using kept = clientFor(server.port, { lookup: counted(['127.0.0.1'], ['10.9.9.9']) });
  expect(await (await kept.fetch(`http://innocent.test:${server.port}/`)).text()).toBe('inside');
  expect(lookups).toBe(1);
});

test('a service with an authority of its own is called over TLS, and others are not believed', async () => {
  const pem = (name: string) => readFileSync(new URL(`fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
  const server = createSecureServer({ cert: pem('first.cert'), key: pem('first.key') }, (_request, response) => response.end('secret'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `https://localhost:${port}/`;
  await using trusting = clientFor(port, { ca: pem('first.cert') });
  expect(await (await trusting.fetch(url)).text()).toBe('secret');
  for (const ca of [undefined, pem('second.cert'), [pem('second.cert')]]) {
    await using doubting = clientFor(port, ca === undefined ? {} : { ca });
    await expect(doubting.fetch(url)).rejects.toThrow(code('HTTP_FETCH_FAILED'));
  }
  // Its certificate is for localhost, whatever the name resolves to.
  await using misled = clientFor(port, { ca: pem('first.cert'), lookup: fakeDns(['127.0.0.1']) });
  await expect(misled.fetch(`https://other.test:${port}/`)).rejects.toThrow(code('HTTP_FETCH_FAILED'));
  server.closeAllConnections();
  server.close();
});

test('an abort after the head ends the reading of the body, and the connection', async () => {
  let closed = false;
  await using server = await upstream((_request, response) => {
    response.on('close', () => (closed = true));
    response.writeHead(200).write('begin');
  });
  await using client = clientFor(server.port);
  const aborter = new AbortController();
  const answer = await client.fetch(server.url, { signal: aborter.signal });
  const reader = answer.body!.getReader();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('begin');
  const rest = reader.read();
  aborter.abort(new Error('enough'));
  await expect(rest).rejects.toThrow('enough');
  await expect.poll(() => closed).toBe(true);
});

test('an answer that nobody reads gives its place back when its time is over', async () => {
  await using server = await upstream((_request, response) => response.writeHead(200).write('begin'));
  await using client = clientFor(server.port, { concurrency: 1, queue: 1, timeout: 200 });
  const forgotten = await client.fetch(server.url);
  await sleep(100);
  // It waits for the place, within its own time.
  const next = await client.fetch(server.url);
  expect([forgotten.status, next.status]).toEqual([200, 200]);
  await next.body!.cancel();
});

test('pools are closed when the application stops, with what is under way', async () => {
  let connections = 0;
  await using server = await upstream((request, response) => {
    connections++;
    request.socket.once('close', () => connections--);
    if (request.url === '/fast') response.end('x');
  });
  @Module({})
  class Root {}
  const root = configured(Root, { imports: [FetchModule.with({ allowPrivate: LOOPBACK, ports: [server.port], retry: false })] });
  const app = await createApp(root, { env: {}, envFile: false });
  const call = app.get(FETCH);
  await (await call(`${server.url}/fast`)).text();
  const slow = call(`${server.url}/slow`).catch((error: unknown) => error);
  await expect.poll(() => connections).toBeGreaterThan(0);
  await app.stop();
  expect(await slow).toEqual(code('HTTP_FETCH_FAILED'));
  await expect.poll(() => connections).toBe(0);
  await expect(call(`${server.url}/fast`)).rejects.toThrow(code('HTTP_FETCH_FAILED'));
});

test('a breaker without its package is found at boot, with the cure; others need none', async () => {
  const child = await startChild('without-cockatiel.ts');
  const { booted, called, plain } = JSON.parse(child.url) as Record<'booted' | 'called' | 'plain', object>;
  expect(JSON.stringify(booted)).toContain('HTTP_FETCH_BREAKER');
  expect(JSON.stringify(booted)).toContain('pnpm add cockatiel');
  expect(called).toMatchObject({ code: 'HTTP_FETCH_BREAKER', help: expect.stringContaining('pnpm add cockatiel') as string });
  expect(plain).toMatchObject({ code: 'HTTP_FETCH_REFUSED' });
  child.process.kill();
  await child.ended;
});

test('metadata addresses stay refused in an allowed range', async () => {
  const { fetch } = createFetch({ allowPrivate: ['169.254.0.0/16'] });
  await expect(fetch('http://169.254.169.254/')).rejects.toThrow(code('HTTP_FETCH_REFUSED'));
});

test('redirects are not followed; opted in, each is checked and secrets stay with their origin', async () => {
  const seen: IncomingMessage[] = [];
  await using other = await upstream((request, response) => {
    seen.push(request);
    response.end('there');
  });
  await using first = await upstream((request, response) => {
    const to = { '/out': `${other.url}/x`, '/in': 'http://169.254.169.254/', '/loop': '/loop', '/file': 'file:///etc/passwd' }[
      request.url!
    ];
    response.writeHead(302, { location: to }).end();
  });
  await using plain = clientFor(first.port);
  expect((await plain.fetch(`${first.url}/out`)).status).toBe(302);
  await using following = clientFor(first.port, { redirects: 2, ports: [first.port, other.port, 80] });
  const headers = { authorization: 'Bearer a', cookie: 'a=b', 'x-api-key': 'k', accept: 'text/plain' };
  const answer = await following.fetch(`${first.url}/out`, { headers });
  expect([await answer.text(), answer.redirected, answer.url]).toEqual(['there', true, `${other.url}/x`]);
  expect(seen[0]!.headers).toMatchObject({ accept: 'text/plain' });
  for (const name of ['authorization', 'cookie', 'x-api-key']) expect(seen[0]!.headers).not.toHaveProperty(name);
  await expect(following.fetch(`${first.url}/in`)).rejects.toThrow(code('HTTP_FETCH_REFUSED'));
  await expect(following.fetch(`${first.url}/file`)).rejects.toThrow(code('HTTP_FETCH_URL'));
  await expect(following.fetch(`${first.url}/loop`)).rejects.toThrow(code('HTTP_FETCH_REDIRECTS'));
});

test('an answer is cut at its limit, also one that grows when it is decompressed', async () => {
  await using server = await upstream((request, response) => {
    if (request.url === '/bomb') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000)));
    response.end(Buffer.alloc(request.url === '/fits' ? 1000 : 1001));
  });
  await using client = clientFor(server.port, { limit: 1000 });
  expect((await (await client.fetch(`${server.url}/fits`)).bytes()).length).toBe(1000);
  await expect((await client.fetch(`${server.url}/over`)).text()).rejects.toThrow(code('HTTP_FETCH_TOO_LARGE'));
  await expect((await client.fetch(`${server.url}/bomb`)).text()).rejects.toThrow(code('HTTP_FETCH_TOO_LARGE'));
});

test('the time is that of head and body together, and never more than the caller has left', async () => {
  await using server = await upstream((request, response) => {
    if (request.url === '/body') response.writeHead(200).write('begin');
  });
  await using client = clientFor(server.port, { timeout: 150 });
  await expect(client.fetch(server.url)).rejects.toThrow(code('HTTP_FETCH_TIMEOUT'));
  await expect((await client.fetch(`${server.url}/body`)).text()).rejects.toThrow(code('HTTP_FETCH_TIMEOUT'));
  await using patient = clientFor(server.port);
  const startedAt = performance.now();
  const inTime = runInContext(createContext({ id: 'r', deadline: Date.now() + 100 }), () => patient.fetch(server.url));
  await expect(inTime).rejects.toThrow(code('HTTP_FETCH_TIMEOUT'));
  expect(performance.now() - startedAt).toBeLessThan(2000);
  const gone = new AbortController();
  const left = runInContext(createContext({ id: 'r', signal: gone.signal }), () => patient.fetch(server.url));
  gone.abort(new Error('the client has gone'));
  await expect(left).rejects.toThrow('the client has gone');
});

test('a connection that nobody takes, or that is cut, fails with its cause', async () => {
  await using cutting = await upstream((request, response) => {
    if (request.url === '/middle') response.writeHead(200, { 'content-length': 100 }).write('half', () => request.socket.destroy());
    else request.socket.destroy();
  });
  await using client = clientFor(cutting.port);
  const error = (await client.fetch(cutting.url).catch((failed: unknown) => failed)) as Error;
  expect(error).toEqual(code('HTTP_FETCH_FAILED'));
  expect(error.cause).toBeInstanceOf(Error);
  await expect((await client.fetch(`${cutting.url}/middle`)).text()).rejects.toThrow(code('HTTP_FETCH_FAILED'));
  await using nobody = clientFor(80, { lookup: () => undefined, connectTimeout: 100 });
  await expect(nobody.fetch('http://silent.test/')).rejects.toThrow(code('HTTP_FETCH_NO_ANSWER'));
});

test('what may be repeated is tried again, what may not is not', async () => {
  const calls = new Map<string, string[]>();
  await using server = await upstream((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const list = calls.get(request.url!) ?? [];
      calls.set(request.url!, [...list, body]);
      response.writeHead(list.length < 2 ? 503 : 200, request.url === '/later' ? { 'retry-after': '60' } : {}).end();
    });
  });
  await using client = clientFor(server.port, { retry: { base: 1 } });
  const status = async (path: string, init?: Parameters<typeof client.fetch>[1]) => (await client.fetch(server.url + path, init)).status;
  expect(await status('/get')).toBe(200);
  expect(await status('/put', { method: 'PUT', body: new URLSearchParams({ a: 'b' }) })).toBe(200);
  expect(calls.get('/put')).toEqual(['a=b', 'a=b', 'a=b']);
  expect(await status('/post', { method: 'POST', body: 'x' })).toBe(503);
  expect(await status('/key', { method: 'POST', body: 'x', headers: { 'idempotency-key': 'k' } })).toBe(200);
  expect(await status('/stream', { method: 'PUT', body: new Blob(['x']).stream() })).toBe(503);
  expect(await status('/later')).toBe(503);
  expect([calls.get('/post')?.length, calls.get('/stream')?.length, calls.get('/later')?.length]).toEqual([1, 1, 1]);
});

test('a service that is down gets its budget of further tries and no more', async () => {
  let calls = 0;
  await using server = await upstream((_request, response) => {
    calls++;
    response.writeHead(503).end();
  });
  await using client = clientFor(server.port, { retry: { base: 1, budget: 0 } });
  for (let index = 0; index < 20; index++) await client.fetch(server.url);
  expect(calls).toBe(30);
});

test('after failures in a row a host is left alone, until one request finds it well', async () => {
  let well = false;
  let calls = 0;
  await using server = await upstream((_request, response) => {
    calls++;
    response.writeHead(well ? 200 : 500).end();
  });
  const events: FetchEvent[] = [];
  const hear = (event: unknown) => void events.push(event as FetchEvent);
  diagnostics.subscribe('plinth:http.fetch', hear);
  await using client = clientFor(server.port, { breaker: { failures: 2, halfOpenAfter: 100 } });
  await client.fetch(server.url);
  await client.fetch(server.url);
  await expect(client.fetch(server.url)).rejects.toThrow(code('HTTP_FETCH_CIRCUIT'));
  expect(calls).toBe(2);
  well = true;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect((await client.fetch(server.url)).status).toBe(200);
  diagnostics.unsubscribe('plinth:http.fetch', hear);
  expect(events.map(({ type, host }) => [type, host])).toEqual(
    ['request', 'open', 'request', 'request', 'closed', 'request'].map((type) => [type, '127.0.0.1']),
  );
});

test('so many at a time, so many in the queue; a place is free when its body is read', async () => {
  await using server = await upstream((_request, response) => response.end('x'));
  await using client = clientFor(server.port, { concurrency: 1, queue: 1 });
  const first = await client.fetch(server.url);
  const second = client.fetch(server.url);
  await expect(client.fetch(server.url)).rejects.toThrow(code('HTTP_FETCH_BUSY'));
  await first.text();
  expect(await (await second).text()).toBe('x');
});

test('callers cannot write the framing, nor break out of a header', async () => {
  const { fetch } = createFetch();
  for (const headers of [
    { host: 'x' },
    { 'Transfer-Encoding': 'chunked' },
    { 'content-length': '1' },
    { connection: 'x' },
    { 'x-a': 'a\r\nb: c' },
    { 'x-a': 'a'.repeat(20_000) },
  ])
    await expect(fetch('http://example.com/', { headers: headers as unknown as Record<string, string> })).rejects.toThrow(
      code('HTTP_FETCH_REQUEST'),
    );
  await expect(fetch('http://example.com/', { method: 'G ET' })).rejects.toThrow(code('HTTP_FETCH_REQUEST'));
});

test('options that make no sense are refused', () => {
  for (const options of [
    { allowPrivate: ['10.0.0.0/99'] },
    { allowPrivate: ['here'] },
    { allow: ['http://x'] },
    { timeout: 0 },
    { concurrency: 1.5 },
    { retry: { times: -1 } },
  ])
    expect(() => createFetch(options)).toThrow(code('HTTP_FETCH_OPTIONS'));
});

test.each([
  [{ timeout: '3s' }, 'timeout is "3s", and not a whole number'],
  [{ limit: NaN }, 'limit is NaN'],
  [{ retry: { times: '2' } }, 'retry.times is "2"'],
  [{ retry: true }, 'retry is true, and not false or an object of options'],
  [{ breaker: { failures: 0 } }, 'breaker.failures is 0'],
  [{ ports: [0] }, 'ports is 0'],
  [{ ports: 443 }, 'ports is 443, and not a list'],
  [{ baseUrl: 'nothing' }, 'baseUrl is "nothing", and not an absolute URL'],
])('a client that is declared with %o is named, with the option and its value', (options, said) => {
  const declare = () => defineClient('STOCK', { baseUrl: 'https://stock.example', ...(options as object) });
  expect(declare).toThrow(expect.objectContaining({ code: 'HTTP_FETCH_OPTIONS' }) as Error);
  expect(declare).toThrow(`The options of the client STOCK make no sense: ${said}`);
});

test('what only shows at boot names the client, too', async () => {
  const clients = [defineClient('STOCK', { baseUrl: 'https://stock.example', allow: ['https://x'] })];
  const problems = await build({ imports: [FetchModule.with({ clients })] }).catch((error: BootError) => error);
  expect((problems as BootError).message).toContain('the client STOCK make no sense: allow holds "https://x"');
  const own = await build({ imports: [FetchModule.with({ allowPrivate: ['here'] })] }).catch((error: BootError) => error);
  expect((own as BootError).message).toContain('The options of FetchModule.with make no sense: allowPrivate holds "here"');
});

test('a declared client stays below its base and sends its headers, the trace, and the id only if asked', async () => {
  const seen: IncomingMessage[] = [];
  await using server = await upstream((request, response) => {
    seen.push(request);
    response.end();
  });
  const stock = defineClient('STOCK', { baseUrl: `${server.url}/v1`, allowPrivate: LOOPBACK, headers: { 'x-key': 'k' }, requestId: true });
  @Module({})
  class Root {}
  const app = await createApp(configured(Root, { imports: [FetchModule.with({ clients: [stock] })] }), { env: {}, envFile: false });
  const call = app.get(stock.token);
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await runInContext(createContext({ id: 'r7', traceparent, tracestate: 'v=1' }), () => call('items?x=1'));
  expect(seen[0]).toMatchObject({ url: '/v1/items?x=1', headers: { 'x-key': 'k', traceparent, tracestate: 'v=1', 'x-request-id': 'r7' } });
  for (const path of ['../admin', '/admin', '//example.com/', 'http://example.com/'])
    await expect(call(path)).rejects.toThrow(code('HTTP_FETCH_URL'));
  await app.stop();
});
