import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, media, post, reply } from '@plinth/http';
import { openSockets } from '../support/open-sockets.js';
import { serve, until, type TestServer } from '../support/serve.js';
import { BODY, framed, get as request, HOST, JSON_TYPE, post as posting } from './probe.js';
import { serveTarget, type Target } from './server.js';
import { exchange, readAnswers } from './wire.js';

const limits = { headersTimeout: 400, requestTimeout: 800 };

describe('a client that is slow', () => {
  let server: Target;
  beforeAll(async () => {
    server = await serveTarget({ limits });
  });
  afterAll(() => server.app.stop());

  test.concurrent('is served byte by byte, cut anywhere', async () => {
    const bytes = posting(BODY).toString('latin1');
    expect(await exchange(server.port, [...bytes], { gap: 1 })).toMatchObject({
      answers: [{ status: 200, body: BODY }],
      connection: 'kept',
    });
  });

  test.concurrent('is served with a chunked body, byte by byte', async () => {
    const bytes = framed('Transfer-Encoding: chunked\r\n', [...BODY].map((text) => `1;a=b\r\n${text}\r\n`).join('') + '0\r\nX: y\r\n\r\n');
    expect(await exchange(server.port, [...bytes], { gap: 1 })).toMatchObject({
      answers: [{ status: 200, body: BODY }],
      connection: 'kept',
    });
  });

  test.concurrent.each<[string, string[], number]>([
    ['sends nothing', [], 400],
    ['stops within the request line', ['GET /ok'], 400],
    ['sends a line of HTTP/0.9 and waits', ['GET /ok\r\n'], 400],
    ['stops within the headers', ['GET /ok HTTP/1.1\r\nHos'], 400],
    ['sends a header now and then', ['GET /ok HTTP/1.1\r\n', ...Array.from({ length: 30 }, (_, index) => `X${index}: y\r\n`)], 400],
    ['stops within the second head', [`${request('/ok')}GET /ok HTT`], 400],
    ['stops within the body', [posting(BODY).toString().slice(0, -3)], 800],
    ['sends a byte of the body now and then', [posting(BODY).toString().slice(0, -BODY.length), ...BODY.slice(0, -1)], 800],
    ['stops within a chunk', [framed('Transfer-Encoding: chunked\r\n', '9\r\n{')], 800],
    ['asks whether to send the body, and sends none', [framed('Expect: 100-continue\r\nContent-Length: 9\r\n', '')], 800],
  ])('and %s gets 408 and loses its connection', async (_what, pieces, limit) => {
    const began = performance.now();
    const wanted = pieces[0]?.includes('\r\n\r\nGET') === true ? 2 : 1;
    const found = await exchange(server.port, pieces, { gap: 150, answers: wanted, limit: 8000 });
    expect(found.answers.at(-1), found.text).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(found.answers.at(-1)?.body).toContain('"code":"HTTP_REQUEST_TIMEOUT"');
    expect(found.connection).toBe('closed');
    // Node looks every two seconds.
    expect(performance.now() - began).toBeGreaterThan(limit - 50);
    expect(performance.now() - began).toBeLessThan(limit + 3500);
  });

  test.concurrent.each([
    ['nothing is there', `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: 50\r\n\r\n{`, 404],
    ['nobody reads it', `GET /ok HTTP/1.1\r\n${HOST}Content-Length: 50\r\n\r\n{`, 200],
  ])('with a body where %s gets one answer, and no second one when its time is over', async (_what, bytes, status) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(readAnswers(text)).toMatchObject({ answers: [{ status }], rest: '' });
  });
});

describe('a client that half-closes', () => {
  let server: Target;
  beforeAll(async () => {
    server = await serveTarget({ limits });
  });
  afterAll(() => server.app.stop());

  test.each<[string, string, readonly number[]]>([
    ['before anything', '', []],
    ['within the request line', 'GET /o', [400]],
    ['behind a line of HTTP/0.9', 'GET /ok\r\n', [400]],
    ['within the headers', 'GET /ok HTTP/1.1\r\nHos', [400]],
    ['within the body', posting(BODY).toString().slice(0, -3), [400]],
    ['behind a request', request('/ok'), [200]],
    ['behind a request with a body', posting(BODY).toString(), [200]],
    // It may have gone for good, and cannot be told from one that waits.
    ['behind a request that takes its time', request('/slow'), []],
  ])('%s gets what can be said at once, and its connection ends', async (_what, bytes, statuses) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    await new Promise((resolve) => socket.once('end', resolve));
    socket.destroy();
    expect(readAnswers(text).answers.map(({ status }) => status)).toEqual(statuses);
  });
});

describe('a client that goes', () => {
  test('at any stage leaves no connection and no request behind, and the server answers as before', async () => {
    await using server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/slow', { open: true }, () => sleep(300, 'slow')),
        get('/big', { open: true }, () => 'x'.repeat(20_000_000)),
        get('/endless', { open: true, returns: { 200: media('text/plain') } }, () => reply(200, endless())),
        post('/echo', { open: true, body: { type: 'object', properties: { a: { type: 'string' } } } as const }, ({ body }) =>
          JSON.stringify(body),
        ),
      ],
    });
    const before = openSockets();
    const stages = [
      '',
      'GET /ok HT',
      'GET /ok HTTP/1.1\r\nHost: local',
      request('/ok'),
      request('/slow'),
      request('/slow').repeat(3),
      request('/big'),
      request('/endless'),
      posting(BODY).toString().slice(0, -3),
      posting(BODY).toString(),
      framed('Transfer-Encoding: chunked\r\n', '9\r\n{"a'),
      framed('Expect: 100-continue\r\nContent-Length: 9\r\n', ''),
      'RUBBISH\r\n\r\n',
    ];
    const leave: readonly ((socket: Socket) => void)[] = [(socket) => socket.resetAndDestroy(), (socket) => socket.destroy()];
    for (const wait of [0, 5, 30])
      await Promise.all(
        stages.flatMap((bytes) =>
          leave.map(
            (go) =>
              new Promise<void>((resolve) => {
                const socket = connect(server.port, '127.0.0.1', () => {
                  socket.write(bytes);
                  setTimeout(() => go(socket), wait);
                });
                socket.on('error', () => {});
                socket.on('close', () => resolve());
              }),
          ),
        ),
      );
    await until(() => openSockets() <= before);
    expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok');
    expect(server.logs.filter((line) => 'err' in line)).toEqual([]);
  });

  test('without reading its answer is cut off, and what it was sent is given back', async () => {
    await using server = await serve({
      routes: [get('/big', { open: true }, () => 'x'.repeat(30_000_000))],
      http: { limits: { writeStall: 300 } },
    });
    const before = openSockets();
    const socket = connect(server.port, '127.0.0.1', () => socket.write(request('/big')));
    socket.on('error', () => {});
    socket.pause();
    await sleep(1500);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(socket.bytesRead).toBeLessThan(30_000_000);
    await until(() => openSockets() <= before);
  });

  test.each(['/big', '/stream'])(
    'that takes its answer byte by byte is cut off, and holds no more than a few pieces of it (%s)',
    async (path) => {
      const piece = 'x'.repeat(65_536);
      let made = 0;
      let ended = false;
      await using server = await serve({
        routes: [
          get('/big', { open: true }, () => 'x'.repeat(30_000_000)),
          get('/stream', { open: true, returns: media('text/plain') }, async function* () {
            try {
              for (; made < 10_000; made++) yield piece;
            } finally {
              ended = true;
            }
          }),
        ],
        http: { limits: { writeStall: 500 } },
      });
      const before = openSockets();
      const socket = connect(server.port, '127.0.0.1', () => socket.write(request(path)));
      socket.on('error', () => {});
      let read = 0;
      socket.on('readable', () => undefined);
      const reader = setInterval(() => (read += (socket.read(1) as Buffer | null)?.length ?? 0), 50);
      try {
        await until(() => openSockets() > before + 1 && read > 0);
        // Both ends lie in this process: two sockets less, or the client's own, which does not hear of it while it reads so slowly.
        for (let waited = 0; waited < 100 && openSockets() > before + 1; waited++) await sleep(100);
        expect(openSockets()).toBeLessThanOrEqual(before + 1);
        // What the kernel's buffers on both sides take, not what the handler could give.
        if (path === '/stream') {
          await until(() => ended);
          expect(made).toBeLessThan(300);
        }
      } finally {
        clearInterval(reader);
        socket.destroy();
      }
    },
    20_000,
  );

  test('that sends more than is taken sees why, however much it sends', async () => {
    await using server = await serve({
      routes: [post('/echo', { open: true, body: { type: 'object' } as const, limits: { body: 1000 } }, () => 'ok')],
    });
    const seen = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        sendMuch(server, index % 2 === 0 ? `Content-Length: ${8 << 20}\r\n` : 'Transfer-Encoding: chunked\r\n'),
      ),
    );
    expect(seen.map((text) => readAnswers(text).answers[0]?.status)).toEqual(Array<number>(10).fill(413));
  });
});

/** Sends eight megabytes without waiting for anything, and gives what came back. */
function sendMuch(server: TestServer, framing: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`POST /echo HTTP/1.1\r\n${HOST}${JSON_TYPE}${framing}\r\n`);
      for (let count = 0; count < 128; count++) socket.write(chunk);
    });
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

async function* endless(): AsyncGenerator<string> {
  while (true) yield await sleep(1, 'x');
}
