import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, currentContext } from '@plinth/core';
import {
  defineGuard,
  get,
  guarded,
  HTTP_SERVER,
  inject,
  media,
  type ErrorInfo,
  type HttpOptions,
  type HttpRequestEvent,
  type HttpRequestStartEvent,
  type RequestLogOptions,
} from '@plinth/http';
import { describe, expect, test } from 'vitest';
import { build, sendRaw, serve, until, type LogLine } from './support/serve.js';

const code = (value: string) => expect.objectContaining({ code: value }) as unknown;
const linesOf = (logs: readonly LogLine[]) => logs.filter(({ msg }) => msg === 'request');

const fails = (thrown: () => unknown) =>
  get('/fails', { open: true }, () => {
    throw thrown();
  });
const broken = new Error('broken');
const breaksOff = get('/breaks-off', { open: true, returns: { 200: media('text/plain') } }, () =>
  (async function* () {
    yield 'begin';
    await sleep(1);
    throw broken;
  })(),
);

describe('the log line of a request', () => {
  const routes = [
    get('/orders/:id', { open: true }, () => 'text'),
    get('/slow', { open: true }, async () => (await sleep(30), 'late')),
    get('/long', { open: true, returns: { 200: media('text/plain') } }, () =>
      (async function* () {
        yield 'a';
        await sleep(60);
        yield 'b';
      })(),
    ),
    fails(() => broken),
  ];
  const logOf = (requestLog: RequestLogOptions) => build({ routes, http: { requestLog } });

  test('is left out for the routes that are ignored, but never for a fault of ours', async () => {
    await using server = await logOf({ ignore: ['/health/*', '/orders/:id', '/fails'] });
    for (const url of ['/health/live', '/orders/7', '/fails', '/healthy', '/slow']) await inject(server.app, { url });
    expect(linesOf(server.logs).map(({ route, status }) => [route, status])).toEqual([
      ['/fails', 500],
      ['', 404],
      ['/slow', 200],
    ]);
  });

  test('has the level of its status, and is a warning where the handler was slow; a long stream is not', async () => {
    await using server = await logOf({ slow: 20, level: { '4xx': 'warn', 404: 'error', '5xx': 'fatal' } });
    for (const url of ['/orders/7', '/slow', '/long', '/nothing', '/fails', '/orders/%00']) await inject(server.app, { url });
    expect(linesOf(server.logs).map(({ level, slow }) => [level, slow])).toEqual([
      ['info', undefined],
      ['warn', true],
      ['info', undefined],
      ['error', undefined],
      ['fatal', undefined],
      ['warn', undefined],
    ]);
    await using silent = await logOf({ level: () => 'silent' });
    for (const url of ['/orders/7', '/fails']) await inject(silent.app, { url });
    expect(linesOf(silent.logs)).toMatchObject([{ level: 'error', status: 500, err: { message: 'broken' } }]);
  });

  test('has the address, headers and fields that are asked for, without secrets and without losing its own', async () => {
    await using server = await logOf({
      ip: true,
      headers: ['User-Agent', 'Authorization', 'x-absent'],
      fields: ({ method }) => ({ verb: method, status: 7, level: 'fatal', msg: 'fake', password: 'hunter2', tenant: { token: 'hunter3' } }),
    });
    await inject(server.app, { url: '/orders/7?secret=hunter4', headers: { 'user-agent': 'probe', authorization: 'Bearer hunter5' } });
    const [line] = linesOf(server.logs);
    expect(line).toMatchObject({ level: 'info', status: 200, verb: 'GET', headers: { 'user-agent': 'probe' } });
    expect(line).toHaveProperty('ip');
    expect(JSON.stringify(server.logs)).not.toMatch(/hunter\d|fake/);
  });

  test('is written without fields that fail, and that is said', async () => {
    await using server = await logOf({
      fields: () => {
        throw new Error('no fields');
      },
    });
    expect((await inject(server.app, { url: '/orders/7' })).status).toBe(200);
    expect((await inject(server.app, { url: '/fails' })).status).toBe(500);
    expect(linesOf(server.logs)).toMatchObject([{ status: 200 }, { status: 500, err: { message: 'broken' } }]);
    expect(server.logs.filter(({ msg }) => msg === 'fields of requestLog have failed')).toHaveLength(2);
  });

  test.each<RequestLogOptions>([{ slow: -1 }, { slow: NaN }, { ignore: ['health'] }, { level: { 404: 'loud' as never } }])(
    'options that make no sense stop the boot: %j',
    async (requestLog) => {
      await expect(logOf(requestLog)).rejects.toMatchObject({ problems: [code('HTTP_REQUEST_LOG')] });
    },
  );
});

describe('the channels', () => {
  async function heard(run: () => Promise<void>): Promise<{ starts: HttpRequestStartEvent[]; ends: HttpRequestEvent[] }> {
    const starts: HttpRequestStartEvent[] = [];
    const ends: HttpRequestEvent[] = [];
    const start = (event: unknown) => void starts.push(event as HttpRequestStartEvent);
    const end = (event: unknown) => void ends.push(event as HttpRequestEvent);
    subscribe('plinth:http.request.start', start);
    subscribe('plinth:http.request', end);
    try {
      await run();
    } finally {
      unsubscribe('plinth:http.request.start', start);
      unsubscribe('plinth:http.request', end);
    }
    return { starts, ends };
  }

  test('tell of the beginning and the end of a request: route, status, times, bytes, trace and server [OB-03]', async () => {
    const routes = [
      get('/wait/:ms', { open: true }, async () => (await sleep(25), 'done')),
      guarded(defineGuard({ name: 'slow', run: () => sleep(25) })).get('/quick', {}, () => 'now'),
    ];
    await using first = await build({ routes });
    await using second = await build({ routes });
    const { starts, ends } = await heard(async () => {
      await inject(first.app, { url: '/wait/1?token=secret', headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } });
      await inject(second.app, { url: '/quick' });
    });
    expect(starts).toMatchObject([
      { method: 'GET', route: '/wait/:ms', traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), traceFlags: 1 },
      { route: '/quick', parentSpanId: undefined },
    ]);
    expect(ends).toMatchObject([
      { ...starts[0], status: 200, bytes: 4, code: undefined, error: undefined },
      { ...starts[1], status: 200, bytes: 3 },
    ]);
    expect(ends.map(({ server }) => server)).toEqual([first, second].map(({ app }) => app.get(HTTP_SERVER).identity));
    expect(ends[0]!.server).not.toBe(ends[1]!.server);
    expect(ends[0]!.handlerDuration).toBeGreaterThan(20);
    expect(ends[1]!.handlerDuration).toBeLessThan(20);
    for (const { duration, handlerDuration } of ends) expect(duration).toBeGreaterThanOrEqual(handlerDuration!);
    expect(JSON.stringify([starts, ends.map((event) => ({ ...event, server: undefined }))])).not.toContain('secret');
  });

  test('tell of what failed, of what was missed, and only of the end of what was refused before its route was known [OB-03]', async () => {
    await using server = await serve({ routes: [fails(() => broken), breaksOff] });
    const { starts, ends } = await heard(async () => {
      for (const url of ['/fails', '/nothing']) await inject(server.app, { url });
      await inject(server.app, { url: '/breaks-off' }).catch(() => undefined);
      await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n', 50);
    });
    expect(starts.map(({ route }) => route)).toEqual(['/fails', '', '/breaks-off']);
    expect(ends.map(({ route, status, code: found, error }) => [route, status, found, error])).toEqual([
      ['/fails', 500, 'INTERNAL', broken],
      ['', 404, 'HTTP_NO_ROUTE', undefined],
      ['/breaks-off', 200, undefined, broken],
      ['', 421, 'HTTP_HOST_NOT_SERVED', undefined],
    ]);
    expect(ends.map(({ handlerDuration }) => typeof handlerDuration)).toEqual(['number', 'undefined', 'number', 'undefined']);
  });
});

describe('onError', () => {
  type Told = readonly [error: unknown, info: ErrorInfo];
  const withHook = (told: Told[], http: HttpOptions = {}): HttpOptions => ({ ...http, onError: (...args) => void told.push(args) });

  test('is told of each 5xx once, with the error that was thrown and its request, and never of a 4xx [ERR-07]', async () => {
    const told: Told[] = [];
    const outage = new AppError({ code: 'OUTAGE', kind: 'unavailable', detail: 'gone' });
    const user = guarded(defineGuard({ name: 'user', run: () => ({ user: { id: 7 } }) }));
    const routes = [
      fails(() => broken),
      user.get('/users/:id', {}, async () => {
        await sleep(1);
        throw outage;
      }),
      get('/actor', { open: true }, () => {
        (currentContext() as { actor: unknown }).actor = 'u8';
        throw undefined;
      }),
      get('/mine', { open: true }, () => {
        throw new AppError({ code: 'TAKEN', kind: 'conflict', detail: 'taken' });
      }),
    ];
    await using server = await serve({ routes, http: withHook(told) });
    const ids: unknown[] = [];
    for (const url of ['/fails', '/users/1?token=x', '/actor', '/mine', '/nothing', '/users/%00'])
      ids.push(
        (await inject(server.app, { url, headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } })).headers['x-request-id'],
      );
    expect(told.map(([error]) => error)).toEqual([broken, outage, undefined]);
    const traceId = 'a'.repeat(32);
    expect(told.map(([, info]) => info)).toMatchObject([
      { requestId: ids[0], method: 'GET', route: '/fails', status: 500, code: 'INTERNAL', user: undefined, late: false, traceId },
      { requestId: ids[1], route: '/users/:id', status: 503, code: 'OUTAGE', user: { id: 7 }, late: false, traceId },
      { requestId: ids[2], route: '/actor', status: 500, code: 'INTERNAL', user: 'u8', late: false, traceId },
    ]);
  });

  test('is told of a stream that broke off after its answer was begun [ERR-07]', async () => {
    const told: Told[] = [];
    await using server = await serve({ routes: [breaksOff], http: withHook(told, { requestLog: false }) });
    await expect(inject(server.app, { url: '/breaks-off' })).rejects.toThrow();
    await until(() => told.length > 0);
    expect(told).toMatchObject([[broken, { route: '/breaks-off', status: 200, code: 'INTERNAL', late: true }]]);
  });

  test('is told once of a handler that came too late and then failed, and not of a client that left [ERR-07]', async () => {
    const told: Told[] = [];
    const route = get('/late', { open: true, limits: { timeout: 50 } }, async () => {
      await sleep(250);
      throw broken;
    });
    const left = get('/left', { open: true }, async ({ signal }) => {
      await sleep(5000, undefined, { signal });
    });
    await using server = await serve({ routes: [route, left], http: withHook(told) });
    expect((await fetch(`${server.url}/late`)).status).toBe(503);
    await until(() => server.logs.some(({ msg }) => msg === 'failed after it had been answered'));
    await expect(fetch(`${server.url}/left`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await until(() => linesOf(server.logs).some(({ status }) => status === 499));
    expect(told).toMatchObject([[code('HTTP_DEADLINE'), { route: '/late', status: 503, code: 'HTTP_DEADLINE', late: false }]]);
  });

  test('may fail itself: that is logged, and changes no answer [ERR-07]', async () => {
    for (const onError of [
      () => {
        throw new Error('tracker down');
      },
      async () => {
        await sleep(1);
        throw new Error('tracker down');
      },
    ]) {
      await using server = await serve({ routes: [fails(() => broken)], http: { onError } });
      expect((await inject(server.app, { url: '/fails' })).status).toBe(500);
      await until(() => server.logs.some(({ msg }) => msg === 'onError has failed'));
      expect(linesOf(server.logs)).toMatchObject([{ status: 500, err: { message: 'broken' } }]);
    }
  });
});

test('refusals of an overloaded server are one warning a second with their number, and what clients ask for in vain is no error', async () => {
  let leave = (): void => undefined;
  const held = new Promise<void>((resolve) => (leave = resolve));
  await using server = await serve({
    http: { limits: { inFlight: 2 } },
    routes: [get('/slow', { open: true }, () => held.then(() => 'done'))],
  });
  const waiting = [fetch(`${server.url}/slow`), fetch(`${server.url}/slow`)];
  await sleep(100);
  const refused = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/slow`)));
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  const told = () => server.logs.filter((line) => line['code'] === 'HTTP_OVERLOADED');
  expect(told()).toMatchObject([{ level: 'warn', refused: 1, status: 503 }]);
  await expect.poll(() => told().length, { timeout: 3000 }).toBe(2);
  expect(told()[1]).toMatchObject({ level: 'warn', refused: 19 });
  leave();
  await Promise.all(waiting);
  expect(server.logs.filter((line) => line.level === 'error')).toEqual([]);
});
