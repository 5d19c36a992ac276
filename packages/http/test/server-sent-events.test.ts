import { connect } from 'node:net';
import { setInterval, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { defineGuard, get, guarded, media, type HttpOptions, type RouteDefinition } from '@plinth/http';
import { event, events, lastEventId, type PlainEvent } from '@plinth/http/sse';
import { build, serve, type TestServer } from './support/serve.js';

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

async function start(routes: readonly RouteDefinition[], http?: HttpOptions): Promise<TestServer> {
  const server = await serve({ routes, http: { ...http }, env: { HTTP_DRAIN: '2s' } });
  servers.push(server);
  return server;
}

const order = { type: 'object', properties: { id: { type: 'string' }, total: { type: 'number' } }, required: ['id'] } as const;
const feed = events({ placed: order, note: { type: 'string' } }, { heartbeat: 40, retry: 2000 });

/** Reads a stream of events until `enough` says so, then leaves. */
async function read(url: string, enough: (text: string) => boolean, headers: Record<string, string> = {}): Promise<string> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) if (enough((text += chunk))) break;
  leaving.abort();
  return text;
}

test('events are written by the schema of their name, with ids, and undeclared fields stay here [IO-09]', async () => {
  const { url } = await start([
    get('/feed', { open: true, returns: feed }, async function* () {
      yield event('placed', { id: 'a', total: 3, secret: 'x' }, { id: '7' });
      yield event('note', 'two\nlines', { retry: 500 });
    }),
  ]);
  const response = await fetch(`${url}/feed`);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(await response.text()).toBe(
    'retry: 2000\n\nevent: placed\nid: 7\ndata: {"id":"a","total":3}\n\nevent: note\nretry: 500\ndata: "two\\nlines"\n\n',
  );
});

test('the head goes out at once and silence is filled with comments [IO-09]', async () => {
  const { url } = await start([
    get('/silence', { open: true, returns: feed }, async function* ({ signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield { event: 'note' as const, data: 'never' };
    }),
  ]);
  const begun = performance.now();
  expect(await read(`${url}/silence`, (text) => text.split(':\n\n').length > 3)).toContain(':\n\n:\n\n:\n\n');
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('no line break gets into a field: names, ids and data cannot make events of their own (NestJS CVE-2026-35515, Hono CVE-2026-29085, h3 CVE-2026-33128)', async () => {
  const { url } = await start([
    get('/evil', { open: true, returns: events() }, async function* (): AsyncGenerator<PlainEvent> {
      yield { event: 'a\ndata: forged', id: '1\r\nevent: forged\0', data: 'x\r\revent: forged\n\ndata: y' };
    }),
  ]);
  expect(await (await fetch(`${url}/evil`)).text()).toBe(
    ':\n\nevent: adata: forged\nid: 1event: forged\ndata: x\ndata: \ndata: event: forged\ndata: \ndata: data: y\n\n',
  );
});

test('plain events: texts as they are, everything else as JSON, a web stream as the source', async () => {
  const { url } = await start([
    get(
      '/plain',
      { open: true, returns: events() },
      () =>
        new ReadableStream<PlainEvent>({
          start(controller) {
            controller.enqueue({ data: 'text' });
            controller.enqueue({ data: { a: 1 } });
            controller.close();
          },
        }),
    ),
  ]);
  expect(await (await fetch(`${url}/plain`)).text()).toBe(':\n\ndata: text\n\ndata: {"a":1}\n\n');
});

test('a client that connects again says what it has seen', async () => {
  const { url } = await start([
    get('/again', { open: true, returns: events() }, async function* (context): AsyncGenerator<PlainEvent> {
      yield { data: lastEventId(context) ?? 'new' };
    }),
  ]);
  const ask = async (id?: string) => (await fetch(`${url}/again`, { headers: id === undefined ? {} : { 'last-event-id': id } })).text();
  expect(await ask()).toContain('data: new');
  expect(await ask('41')).toContain('data: 41');
  expect(await ask('x'.repeat(1025))).toContain('data: new');
});

test('a source ends when its client goes away, also while it is silent [IO-09]', async () => {
  let ended = 0;
  const { url } = await start([
    get('/left', { open: true, returns: events(undefined, { heartbeat: 30 }) }, async function* ({ signal }): AsyncGenerator<PlainEvent> {
      try {
        for (let count = 0; ; count++) {
          yield { data: count };
          await sleep(10_000, undefined, { signal });
        }
      } finally {
        ended++;
      }
    }),
  ]);
  await read(`${url}/left`, (text) => text.includes('data: 0'));
  await expect.poll(() => ended, { timeout: 3000 }).toBe(1);
});

test('a silent web stream hears that its reader has gone', async () => {
  let cancelled = 0;
  const silent = () => new ReadableStream<never>({ cancel: () => void cancelled++ }, { highWaterMark: 0 });
  const { url } = await start([
    get('/events', { open: true, returns: events() }, () => silent()),
    get('/bytes', { open: true, returns: media('application/octet-stream') }, () => {
      let given = false;
      return new ReadableStream<Uint8Array>({
        pull: (controller) => (given ? new Promise(() => {}) : ((given = true), controller.enqueue(new Uint8Array(1)))),
        cancel: () => void cancelled++,
      });
    }),
  ]);
  for (const path of ['/events', '/bytes']) {
    const leaving = new AbortController();
    await fetch(`${url}${path}`, { signal: leaving.signal });
    leaving.abort();
  }
  await expect.poll(() => cancelled, { timeout: 3000 }).toBe(2);
});

test('a client that does not read stops its source: nothing piles up [IO-09]', async () => {
  let given = 0;
  const { port } = await start([
    get('/flood', { open: true, returns: events() }, async function* (): AsyncGenerator<PlainEvent> {
      for (;;) {
        given++;
        yield { data: 'x'.repeat(10_000) };
      }
    }),
  ]);
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write('GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await sleep(300);
  const before = given;
  await sleep(300);
  expect(given).toBe(before);
  // What the buffers of the kernel on both sides hold, and no more.
  expect(before * 10_000).toBeLessThan(20_000_000);
  socket.destroy();
});

test('a server that stops ends its streams properly, and is not held up by them [IO-09]', async () => {
  const { app, url } = await start([
    get('/long', { open: true, returns: feed }, async function* ({ signal }) {
      yield { event: 'note' as const, data: 'first' };
      await sleep(60_000, undefined, { signal });
    }),
  ]);
  const response = await fetch(`${url}/long`);
  const text = response.text();
  await sleep(50);
  const begun = performance.now();
  await app.stop();
  expect(await text).toContain('data: "first"');
  expect(performance.now() - begun).toBeLessThan(1900);
});

test('an event that was not declared, or data that breaks its schema, breaks the connection and is logged with its code', async () => {
  const { url, logs } = await start([
    get('/undeclared', { open: true, returns: feed }, async function* () {
      yield { event: 'other', data: 1 } as never;
    }),
    get('/broken', { open: true, returns: feed }, async function* () {
      yield { event: 'placed', data: { total: 'many' } } as never;
    }),
  ]);
  for (const path of ['/undeclared', '/broken']) await expect(fetch(`${url}${path}`).then((response) => response.text())).rejects.toThrow();
  const codes = logs.filter(({ msg }) => msg === 'request').map(({ err }) => (err as { code?: string } | undefined)?.code);
  expect(codes).toEqual(['HTTP_EVENT', 'HTTP_EVENT']);
});

test('a user may hold six streams open, and a closed one counts no more', async () => {
  const known = defineGuard({ name: 'known', run: (context) => ({ user: { id: context.header('x-user') ?? '' } }) });
  const { url } = await start([
    guarded(known).get(
      '/mine',
      { returns: events(undefined, { heartbeat: 20 }) },
      async function* ({ signal }): AsyncGenerator<PlainEvent> {
        yield { data: 'open' };
        await sleep(60_000, undefined, { signal }).catch(() => {});
      },
    ),
  ]);
  const leaving = new AbortController();
  const open = (user: string) => fetch(`${url}/mine`, { headers: { 'x-user': user }, signal: leaving.signal });
  for (let count = 0; count < 6; count++) expect((await open('ada')).status).toBe(200);
  const seventh = await open('ada');
  expect(seventh.status).toBe(429);
  expect(await seventh.json()).toMatchObject({ code: 'HTTP_EVENT_STREAMS' });
  expect((await open('eve')).status).toBe(200);
  leaving.abort();
  await expect.poll(async () => (await fetch(`${url}/mine`, { headers: { 'x-user': 'ada' } })).status, { timeout: 3000 }).toBe(200);
});

test('a schema of an event that does not compile stops the boot and names the event', async () => {
  const returns = events({ bad: { type: 'nonsense' } as never });
  const booting = build({ routes: [get('/bad', { open: true, returns }, async function* () {})] });
  await expect(booting).rejects.toThrow(/event bad of 200 of GET \/bad/);
});

test('a client that leaves a stream whose source listens to its signal is no fault', async () => {
  const told: unknown[] = [];
  const { url, logs } = await start(
    [
      get('/clock', { open: true, returns: events(undefined, { heartbeat: 0 }) }, async function* ({ signal }) {
        for await (const tick of setInterval(5, 'tick', { signal })) yield { data: tick };
      }),
    ],
    { onError: (error) => void told.push(error) },
  );
  await read(`${url}/clock`, (text) => text.includes('tick'));
  await expect.poll(() => logs.find((line) => line.msg === 'request')).toBeDefined();
  await sleep(30);
  expect(told).toEqual([]);
  expect(logs.filter((line) => line['err'] !== undefined || line.level === 'error')).toEqual([]);
});
