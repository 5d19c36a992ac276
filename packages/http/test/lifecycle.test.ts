import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HEALTH_CHECK, provideFactory, provideValue, token } from '@plinth/core';
import { get, HTTP_SERVER, inject, post } from '@plinth/http';
import { build, sendRaw, serve, until } from './support/serve.js';

const EARLY = token<string>('EARLY');

const slow = (ms: number) =>
  get('/slow', { open: true }, async () => {
    await sleep(ms);
    return 'done';
  });

describe('the server', () => {
  test('takes any free port for port 0 and says which [IO-08]', async () => {
    await using one = await serve({});
    await using two = await serve({});
    expect(one.port).toBeGreaterThan(0);
    expect(two.port).not.toBe(one.port);
    expect(one.url).toBe(`http://127.0.0.1:${one.port}`);
  });

  test('says in a sentence that its port is taken [LC-10]', async () => {
    await using first = await serve({});
    const second = await build({ env: { PORT: String(first.port) } });
    const error = (await second.app.start().catch((thrown: unknown) => thrown)) as Error;
    const cause = [error, error.cause as Error].find((thrown) => (thrown as { code?: string } | undefined)?.code === 'HTTP_PORT_IN_USE');
    expect(cause).toMatchObject({
      message: `Port ${first.port} of 127.0.0.1 is already taken.`,
      help: expect.stringContaining('PORT') as string,
    });
    // The system's error would only add its stack.
    expect(cause?.cause).toBeUndefined();
  });

  test('says in a sentence that it cannot listen on an address that this machine does not have', async () => {
    const server = await build({ env: { HOST: '203.0.113.7' } });
    const error = (await server.app.start().catch((thrown: unknown) => thrown)) as Error;
    expect(error.cause).toMatchObject({
      code: 'HTTP_ADDRESS',
      message: 'Cannot listen on 203.0.113.7, port 0: this machine does not have that address.',
    });
  });

  test('cannot be called while its module is still being built', async () => {
    const early = provideFactory(EARLY, {
      deps: [HTTP_SERVER],
      create: (http) => http.inject({ url: '/' }).then(String, (error: unknown) => (error as { code: string }).code),
    });
    await using server = await build({ providers: [early] });
    expect(server.app.get(EARLY)).toBe('HTTP_NOT_LISTENING');
  });

  test('tells whether it lives and is ready, and nothing else', async () => {
    let up = true;
    const check = provideValue(
      HEALTH_CHECK,
      {
        name: 'database',
        check: () => {
          if (!up) throw new Error('db-7.internal is gone');
        },
      },
      { many: true },
    );
    await using server = await serve({ providers: [check] });
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, await ready.json(), ready.headers.get('cache-control')]).toEqual([200, { status: 'up' }, 'no-store']);
    up = false;
    await sleep(1100);
    const down = await fetch(`${server.url}/health/ready`);
    expect([down.status, await down.json()]).toEqual([503, { status: 'down' }]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  test('finishes requests in flight, closes keep-alive connections, and turns readiness red at once [LC-08]', async () => {
    const server = await serve({ routes: [slow(600)], env: { HTTP_GRACE: '300ms' } });
    const inFlight = fetch(`${server.url}/slow`);
    await sleep(50);
    const stopped = server.app.stop('SIGTERM');
    await sleep(50);
    // Still accepting, and every answer says that it is the last one of its connection.
    const ready = await fetch(`${server.url}/health/ready`);
    expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
    const answer = await inFlight;
    expect([answer.status, await answer.text(), answer.headers.get('connection')]).toEqual([200, 'done', 'close']);
    await stopped;
    await expect(fetch(`${server.url}/slow`)).rejects.toThrow();
  });

  test('does not wait for idle keep-alive connections', async () => {
    const server = await serve({ routes: [get('/', { open: true }, () => 'x')] });
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    await new Promise((resolve) => socket.once('data', resolve));
    const start = performance.now();
    await server.app.stop();
    expect(performance.now() - start).toBeLessThan(1000);
    socket.destroy();
  });

  test('aborts the signals of what is left at the limit of the drain, and stops [LC-09]', async () => {
    let aborted = false;
    const stuck = get(
      '/stuck',
      { open: true },
      (context) =>
        new Promise<string>((resolve) =>
          context.signal.addEventListener('abort', () => {
            aborted = true;
            resolve('cut');
          }),
        ),
    );
    const server = await serve({ routes: [stuck], env: { HTTP_DRAIN: '100ms' } });
    const answer = fetch(`${server.url}/stuck`);
    await sleep(50);
    await server.app.stop();
    expect(aborted).toBe(true);
    expect(await (await answer).text()).toBe('cut');
  });

  test('gives a handler its deadline: 503 and an aborted signal [PL-10]', async () => {
    let reason: unknown;
    const route = get(
      '/',
      { open: true, limits: { timeout: 100 } },
      (context) => new Promise<string>(() => context.signal.addEventListener('abort', () => (reason = context.signal.reason))),
    );
    await using server = await build({ routes: [route] });
    const response = await inject(server.app, { url: '/' });
    expect([response.status, (response.json() as { code: string }).code, response.headers['retry-after']]).toEqual([
      503,
      'HTTP_DEADLINE',
      '5',
    ]);
    await until(() => reason !== undefined);
    expect((reason as Error).name).toBe('TimeoutError');
  });

  test('aborts the signal of a handler whose client has gone [PL-11]', async () => {
    let aborted = false;
    const route = post('/', { open: true, body: {} }, async (context) => {
      context.signal.addEventListener('abort', () => (aborted = true));
      await sleep(300);
      return 'x';
    });
    await using server = await serve({ routes: [route] });
    const abort = new AbortController();
    const answer = fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: abort.signal,
    }).catch((error: Error) => error.name);
    await sleep(100);
    abort.abort();
    expect(await answer).toBe('AbortError');
    await until(() => aborted);
    await until(() => server.logs.some((line) => line.msg === 'request' && line['status'] === 499));
  });

  test('does not wait for a long body that no route reads', async () => {
    await using server = await serve({ routes: [get('/', { open: true }, () => 'x')] });
    const raw = await sendRaw(server.port, `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100)}`);
    expect([raw.statuses, raw.closed]).toEqual([[200], true]);
  });

  test('cuts a body that never ends', async () => {
    await using server = await serve({
      routes: [post('/', { open: true, body: {} }, () => 'x')],
      http: { limits: { requestTimeout: 300, headersTimeout: 200 } },
    });
    const raw = await sendRaw(
      server.port,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
      5000,
    );
    expect([raw.statuses, raw.closed]).toEqual([[408], true]);
    expect(raw.text).toContain('HTTP_REQUEST_TIMEOUT');
  });

  test('ends a connection whose client does not read its answer', async () => {
    let cut = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(256 * 1024);
      } finally {
        cut = true;
      }
    }
    const { media } = await import('@plinth/http');
    await using server = await serve({
      routes: [get('/', { open: true, returns: { 200: media('application/octet-stream') } }, () => endless())],
      http: { limits: { writeStall: 200 } },
    });
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.pause();
    socket.on('error', () => {});
    await until(() => cut);
    expect(cut).toBe(true);
    socket.destroy();
  });

  test('sheds what is above its limit of requests in flight, but for its health', async () => {
    await using server = await serve({ routes: [slow(300)], http: { limits: { inFlight: 1 } } });
    const first = fetch(`${server.url}/slow`);
    await sleep(50);
    const second = await fetch(`${server.url}/slow`);
    expect([second.status, second.headers.get('retry-after'), ((await second.json()) as { code: string }).code]).toEqual([
      503,
      expect.stringMatching(/^[1-5]$/),
      'HTTP_OVERLOADED',
    ]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect((await first).status).toBe(200);
  });

  test('can be called through memory before it listens, with the same bytes as through a socket [PL-14]', async () => {
    const routes = [
      get('/a/:id', { open: true, returns: { type: 'object', properties: { id: { type: 'string' } } } as const }, ({ params }) => params),
    ];
    await using server = await build({ routes });
    const before = await inject(server.app, { url: '/a/1', headers: { connection: 'close' } });
    await server.app.start();
    const url = server.app.get(HTTP_SERVER).address()?.url;
    const { request } = await import('node:http');
    const socket = await new Promise<{ status: number | undefined; headers: object; body: string }>((resolve, reject) =>
      request(`${url}/a/1`, { agent: false, headers: { connection: 'close' } }, (response) => {
        let body = '';
        response
          .on('data', (chunk) => (body += chunk))
          .on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on('error', reject)
        .end(),
    );
    const strip = (headers: object) => ({ ...headers, date: '', 'x-request-id': '' });
    expect({ status: before.status, headers: strip(before.headers), body: before.text() }).toEqual({
      ...socket,
      headers: strip(socket.headers),
    });
  });
});

test('while the server stops, what cannot be parsed gets no answer behind one that said it was the last [LC-08]', async () => {
  const text = 'x'.repeat(8 * 1024 * 1024);
  await using server = await serve({
    routes: [get('/big', { open: true }, () => text)],
    env: { HTTP_GRACE: '300ms', HTTP_DRAIN: '5s' },
  });
  const client = connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const over = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('connect', resolve));
  const stopping = server.app.stop('SIGTERM');
  client.pause();
  client.write('GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until(() => server.logs.some(({ msg }) => msg === 'request'));
  client.write('NONSENSE\r\n\r\n');
  await sleep(100);
  client.on('data', (chunk) => chunks.push(chunk)).resume();
  await over;
  const received = Buffer.concat(chunks).toString('latin1');
  expect(received.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200']);
  expect(received).toMatch(/\r\nConnection: close\r\n/i);
  expect(received.length).toBeGreaterThan(text.length);
  expect(server.logs.filter(({ msg }) => msg === 'request refused before it was read')).toEqual([]);
  void stopping.catch(() => undefined);
}, 20_000);
