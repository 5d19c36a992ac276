import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineAround, defineGuard, get, guarded, media, reply, type RouteDefinition } from '@plinth/http';
import { failing, FAILURES, secret, thrower, traps, wild, type Wild } from './hostile/misbehaviours.js';
import { exchange, readAnswers } from './hostile/wire.js';
import { startChild } from './support/child-app.js';
import { openSockets } from './support/open-sockets.js';
import { serve, until, type TestServer } from './support/serve.js';

describe('a handler that', () => {
  let server: TestServer;
  let before = 0;
  beforeAll(async () => {
    server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        ...FAILURES.map(([, contract, handler], index) => wild(`/${index}`, contract, handler)),
      ],
      env: { NODE_ENV: 'production', APP_HOSTS: 'localhost,127.0.0.1' },
    });
    before = openSockets();
  });
  afterAll(() => server.app.stop());

  test.each(FAILURES.map(([what], index) => [what, index] as const))(
    '%s is a 500 that tells nothing, and leaves the connection alone',
    async (_what, index) => {
      const found = await exchange(server.port, [`GET /${index} HTTP/1.1\r\nHost: localhost\r\n\r\n`]);
      const [answer] = found.answers;
      expect(
        found.answers.map(({ status }) => status),
        found.text,
      ).toEqual([500]);
      expect(answer?.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer?.headers['cache-control']).toBe('no-store');
      expect(answer?.headers).not.toHaveProperty('set-cookie');
      expect(
        Object.keys(JSON.parse(answer?.body ?? '') as object).filter(
          (name) => !['type', 'title', 'status', 'code', 'instance', 'detail'].includes(name),
        ),
      ).toEqual([]);
      expect(found.text).not.toContain(secret);
      expect(found.connection).toBe('kept');
      expect(server.logs.filter((line) => line.level === 'error' && line['requestId'] === answer?.headers['x-request-id'])).toHaveLength(1);
    },
  );

  test('does any of this a hundred times at once leaves no connection and no request behind', async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, count) =>
        exchange(server.port, [`GET /${count % FAILURES.length} HTTP/1.1\r\nHost: localhost\r\n\r\n`]),
      ),
    );
    await until(() => openSockets() <= before);
    expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok');
  });
});

describe('a handler that takes its time', () => {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const timeout = { limits: { timeout: 60 } };

  test.each<[string, Wild]>([
    ['never answers', () => new Promise(() => {})],
    ['gives a thenable that never settles', () => ({ then: () => {} })],
    ['answers after its deadline', () => sleep(250, secret)],
    ['rejects after its deadline', () => sleep(250).then(() => thrower())],
    ['gives a stream after its deadline', () => sleep(250, Readable.from([secret]))],
  ])('and %s gets one answer: 503', async (_what, handler) => {
    await using server = await serve({ routes: [wild('/', timeout, handler), get('/ok', { open: true }, () => 'ok')] });
    const found = await exchange(server.port, [request]);
    expect(found.answers.map(({ status }) => status)).toEqual([503]);
    expect(found.text).toContain('HTTP_DEADLINE');
    expect(found.connection).toBe('kept');
    await sleep(250);
    expect(found.text).not.toContain(secret);
    expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok');
  });

  test('in a stream whose pieces stop is given up when its client goes', async () => {
    let released = false;
    const stream = new Readable({
      read() {},
      destroy(error, done) {
        released = true;
        done(error);
      },
    });
    stream.push('first');
    await using server = await serve({ routes: [wild('/', { returns: { 200: media('text/plain') } }, () => reply(200, stream as never))] });
    const socket = connect(server.port, '127.0.0.1', () => socket.write(request));
    await new Promise((resolve) => socket.once('data', resolve));
    expect(released).toBe(false);
    socket.destroy();
    await until(() => released);
    expect(stream.destroyed).toBe(true);
  });

  test.each([1, 3])('and whose stream fails after %d pieces breaks its connection, so that the client can tell', async (after) => {
    await using server = await serve({
      routes: [wild('/', { returns: { 200: media('text/plain') } }, () => reply(200, failing(after) as never))],
    });
    const found = await exchange(server.port, [request], { limit: 1000 });
    expect(found.answers).toEqual([]);
    expect(found.rest).not.toContain('0\r\n\r\n');
    expect(found.text).not.toContain(secret);
    expect(found.connection).toBe('closed');
    expect(server.logs.filter((line) => line.level === 'error')).toHaveLength(1);
  });

  test('and gives 60 MB in one text sends all of it', async () => {
    await using server = await serve({ routes: [get('/', { open: true }, () => 'ä'.repeat(30_000_000))] });
    expect((await (await fetch(server.url)).arrayBuffer()).byteLength).toBe(60_000_000);
  });
});

describe('a handler that answers twice', () => {
  type Response = { end(text?: string): void; writeHead(status: number, headers?: object): void; write(text: string): void };
  const byHand =
    (act: (response: Response) => unknown): Wild =>
    (context) =>
      act(context['response'] as never);

  test.each<[string, Wild]>([
    ['by hand, then with a value', byHand((response) => (response.end('by hand'), 'again'))],
    ['by hand, then with an error', byHand((response) => (response.end('by hand'), thrower()))],
    ['half by hand, then with a value', byHand((response) => (response.write('half'), 'again'))],
    ['with a head by hand, then with a value', byHand((response) => (response.writeHead(201, { 'content-length': 4 }), 'again'))],
    ['with a value, then by hand', byHand((response) => (setTimeout(() => response.end('late'), 5), 'first'))],
    [
      'with a value, then with a head by hand',
      byHand(
        (response) => (
          setImmediate(() => {
            try {
              response.writeHead(500);
            } catch {
              /* as it should */
            }
          }),
          'first'
        ),
      ),
    ],
  ])('%s is answered once at most', async (_what, handler) => {
    await using server = await serve({ routes: [wild('/', {}, handler), get('/ok', { open: true }, () => 'ok')] });
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    await sleep(80);
    socket.destroy();
    expect(readAnswers(text).answers.length).toBeLessThanOrEqual(1);
    expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(text).not.toContain(secret);
    expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok');
  });
});

describe('what stands around a handler', () => {
  const run = (act: () => unknown) => act as never;
  test.each<[string, RouteDefinition]>([
    [
      'a guard that throws a frozen error',
      guarded(
        defineGuard({
          name: 'g',
          run: run(() => {
            throw Object.freeze(new Error(secret));
          }),
        }),
      ).get('/', {}, () => 'x'),
    ],
    ['a guard that rejects with nothing', guarded(defineGuard({ name: 'g', run: run(() => Promise.reject()) })).get('/', {}, () => 'x')],
    ['a guard whose facts cannot be read', guarded(defineGuard({ name: 'g', run: run(() => traps) })).get('/', {}, () => 'x')],
    [
      'an around that never calls on and gives nothing',
      get('/', { open: true, around: [defineAround({ name: 'a', run: run(() => Promise.resolve()) })] }, () => 'x'),
    ],
    [
      'an around that calls on twice',
      get('/', { open: true, around: [defineAround({ name: 'a', run: async (_context, next) => (await next(), next()) })] }, () => 'x'),
    ],
    [
      'an around that throws behind the handler',
      get('/', { open: true, around: [defineAround({ name: 'a', run: async (_context, next) => (await next(), thrower()) })] }, () => 'x'),
    ],
    [
      'an around that lets the handler go and throws',
      get(
        '/',
        {
          open: true,
          around: [defineAround({ name: 'a', run: ((_context: unknown, next: () => unknown) => (void next(), thrower())) as never })],
        },
        () => sleep(10, 'x'),
      ),
    ],
  ])('%s is a 500 that tells nothing', async (_what, definition) => {
    await using server = await serve({
      routes: [definition, get('/ok', { open: true }, () => 'ok')],
      env: { NODE_ENV: 'production', APP_HOSTS: 'localhost' },
    });
    const found = await exchange(server.port, ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n']);
    expect(found.answers.map(({ status }) => status)).toEqual([500]);
    expect(found.text).not.toContain(secret);
    expect(found.connection).toBe('kept');
  });
});

describe('what nobody catches', () => {
  test.each(['/rejection', '/exception', '/emitter'])('%s ends the process with 1, once what is under way is answered', async (path) => {
    const child = await startChild('orphan-app.ts');
    try {
      const slow = fetch(`${child.url}/slow`);
      await sleep(100);
      const [cause, under] = await Promise.all([
        fetch(`${child.url}${path}`).then((response) => response.text()),
        slow.then((response) => response.text()),
      ]);
      expect([cause, under]).toEqual(['sent', 'slow']);
      expect(await child.ended).toBe(1);
      expect(child.errors()).toContain('orphan');
    } finally {
      if (child.process.exitCode === null) child.process.kill('SIGKILL');
    }
  });
});
