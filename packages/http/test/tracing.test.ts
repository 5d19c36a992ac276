import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { configured, createApp, currentContext, Injectable, LOGGER, Module, type Logger } from '@plinth/core';
import { Controller, Get, get, HttpModule, inject } from '@plinth/http';
import { FETCH, FetchModule, type Fetch } from '@plinth/http/fetch';
import { describe, expect, test } from 'vitest';
import { build, type LogLine } from './support/serve.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const given = `00-${TRACE}-${SPAN}-01`;

@Injectable({ deps: [LOGGER] })
@Controller('/work', { open: true })
class Work {
  constructor(readonly log: Logger) {}
  @Get('/', {}) async run() {
    this.log.info('before');
    await sleep(1);
    this.log.child({ step: 2 }).info('after an await');
    await new Promise<void>((resolve) => setTimeout(() => (this.log.warn('in a timer'), resolve()), 1));
    return currentContext()?.traceparent ?? '';
  }
}

const lineOf = (logs: readonly LogLine[]) => logs.filter(({ msg }) => msg === 'request').at(-1) as LogLine;

describe('a trace', () => {
  test('every line of a request carries its request id, trace and span, also after await and in timers [LOG-02]', async () => {
    await using server = await build({ controllers: [Work] });
    const answer = await inject(server.app, { url: '/work', headers: { traceparent: given } });
    const lines = server.logs.filter(({ msg }) => ['before', 'after an await', 'in a timer', 'request'].includes(msg));
    expect(lines).toHaveLength(4);
    const [, trace, span, flags] = answer.text().split('-') as [string, string, string, string];
    expect([trace, flags]).toEqual([TRACE, '01']);
    expect(span).not.toBe(SPAN);
    for (const line of lines) expect(line).toMatchObject({ requestId: answer.headers['x-request-id'], traceId: TRACE, spanId: span });
  });

  test('lines of context.log carry each of them once, also outside of the request context [LOG-02]', async () => {
    const texts: string[] = [];
    const routes = ['/in', '/out'].map((path) =>
      get(path, { open: true, ...(path === '/out' && { context: false }) }, ({ log }) => {
        log.info('hello');
      }),
    );
    @Module({})
    class Root {}
    const root = configured(Root, { imports: [HttpModule], routes });
    await using app = await createApp(root, { env: {}, envFile: false, logger: { write: (text: string) => void texts.push(text) } });
    for (const url of ['/in', '/out']) await inject(app, { url, headers: { traceparent: given } });
    const lines = texts.filter((text) => text.includes('hello'));
    expect(lines).toHaveLength(2);
    for (const line of lines) for (const name of ['requestId', 'traceId', 'spanId']) expect(line.split(`"${name}"`)).toHaveLength(2);
  });

  test('is begun where none comes in, and each request has ids of its own', async () => {
    await using server = await build({ controllers: [Work] });
    const seen = new Set<unknown>();
    for (let count = 0; count < 600; count++) {
      await inject(server.app, { url: '/nothing' });
      const { traceId, spanId } = lineOf(server.logs);
      expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
      seen.add(traceId).add(spanId);
    }
    expect(seen.size).toBe(1200);
    expect((await inject(server.app, { url: '/work' })).text()).toBe(
      `00-${lineOf(server.logs)['traceId'] as string}-${lineOf(server.logs)['spanId'] as string}-00`,
    );
  });

  test.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['more in version 00', `${given}-00`],
    ['a trailing dash in version 00', `${given}-`],
    ['a space before', ` ${given} x`],
    ['a higher version without the dash', `01-${TRACE}-${SPAN}-01x`],
    ['one digit too few', given.slice(0, -1)],
    ['something long', `00-${'a'.repeat(9000)}`],
  ])('is not continued from %s', async (_name, header) => {
    await using server = await build({ controllers: [Work] });
    await inject(server.app, { url: '/nothing', headers: header === undefined ? {} : { traceparent: header } });
    expect(lineOf(server.logs)['traceId']).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(lineOf(server.logs)['traceId']).not.toBe(TRACE);
  });

  test('two traceparent headers are none', async () => {
    await using server = await build({ controllers: [Work] });
    await inject(server.app, { url: '/nothing', headers: { traceparent: [given, given] } });
    expect(lineOf(server.logs)['traceId']).not.toBe(TRACE);
  });

  test('a higher version is read as 00, and only flags that 00 knows are passed on', async () => {
    await using server = await build({ controllers: [Work] });
    const from = async (traceparent: string) => (await inject(server.app, { url: '/work', headers: { traceparent } })).text();
    expect(await from(`cc-${TRACE}-${SPAN}-ff-what-will-be`)).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-03$`));
    expect(await from(`01-${TRACE}-${SPAN}-00`)).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  test('tracestate is passed on as far as it is one', async () => {
    const routes = [get('/', { open: true }, () => currentContext()?.tracestate ?? 'none')];
    await using server = await build({ routes });
    const from = async (tracestate: string, traceparent = given) =>
      (await inject(server.app, { url: '/', headers: { traceparent, tracestate } })).text();
    expect(await from('a=1, b@c=2 ,,d=x y')).toBe('a=1,b@c=2,d=x y');
    for (const bad of ['a', 'A=1', 'a=1,a=2', 'a=b=c', Array.from({ length: 33 }, (_, index) => `k${index}=1`).join()])
      expect(await from(bad)).toBe('none');
    expect(await from('a=1', 'broken')).toBe('none');
    const long = Array.from({ length: 10 }, (_, index) => `k${index}=${'v'.repeat(97)}`);
    expect(await from(long.join())).toBe(long.slice(0, 5).join());
  });

  test('answers say it in traceresponse where that is switched on, errors included', async () => {
    await using server = await build({ controllers: [Work], http: { trace: { response: true, sampled: true } } });
    const found = await inject(server.app, { url: '/work' });
    expect(found.headers['traceresponse']).toBe(found.text());
    expect(found.text()).toMatch(/-01$/);
    const missed = await inject(server.app, { url: '/nothing', headers: { traceparent: given } });
    expect([missed.status, missed.headers['traceresponse']]).toEqual([404, `00-${TRACE}-${lineOf(server.logs)['spanId'] as string}-01`]);
    expect((await inject(server.app, { url: '/health/live' })).headers).not.toHaveProperty('traceresponse');
    await using plain = await build({ controllers: [Work] });
    expect((await inject(plain.app, { url: '/work' })).headers).not.toHaveProperty('traceresponse');
  });

  test('a call from a handler continues it with the span of the request, and has its deadline and its abort', async () => {
    const seen: (string | undefined)[] = [];
    let closed = 0;
    const upstream = createServer((request, response) => {
      seen.push(request.headers['traceparent'] as string | undefined);
      response.on('close', () => closed++);
      if (request.url === '/fast') response.end('ok');
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    const call = async (_context: unknown, fetch: Fetch) => (await fetch(`http://127.0.0.1:${port}/slow`)).text();
    const routes = [
      get(
        '/twice',
        { open: true },
        async (_context, fetch) => {
          for (let count = 0; count < 2; count++) await (await fetch(`http://127.0.0.1:${port}/fast`)).text();
          return currentContext()?.traceparent ?? '';
        },
        { deps: [FETCH] },
      ),
      get('/late', { open: true, limits: { timeout: 300 } }, call, { deps: [FETCH] }),
      get('/left', { open: true }, call, { deps: [FETCH] }),
    ];
    @Module({})
    class Root {}
    const root = configured(Root, { imports: [HttpModule, FetchModule.with({ allowPrivate: ['127.0.0.1'], ports: [port] })], routes });
    const app = await createApp(root, { env: {}, envFile: false, logger: { write: () => undefined } });
    const answer = await inject(app, { url: '/twice', headers: { traceparent: given } });
    expect(seen).toEqual([answer.text(), answer.text()]);
    expect(answer.text()).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-01$`));
    const late = await inject(app, { url: '/late' });
    expect([503, 504]).toContain(late.status);
    const gone = new AbortController();
    const left = inject(app, { url: '/left', signal: gone.signal });
    while (seen.length < 4) await sleep(5);
    gone.abort();
    await expect(left).rejects.toThrow();
    for (let tries = 0; closed < 4 && tries < 200; tries++) await sleep(5);
    expect(closed).toBe(4);
    await app.stop();
    expect(await new Promise((resolve) => upstream.getConnections((_error, count) => resolve(count)))).toBe(0);
    upstream.close();
  });
});
