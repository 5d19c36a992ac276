import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import type { AppError } from '@plinth/core';
import { get, post, type HttpOptions, type HttpRequestEvent } from '@plinth/http';
import { METRICS, MetricsModule } from '@plinth/http/metrics';
import { expect, onTestFinished, test } from 'vitest';
import { sendRaw, serve, until, type TestServer } from './support/serve.js';

const production = { NODE_ENV: 'production', APP_HOSTS: 'localhost', HOST: '127.0.0.1' };
const ask = (line: string, ...rest: string[]) => [line, 'Host: localhost', ...rest, '', ''].join('\r\n');
const problem = { type: 'application/problem+json; charset=utf-8' };

/** A server in production that has one place, and a request that takes it until the test is over. */
async function fullServer(http: HttpOptions = {}): Promise<TestServer> {
  let leave = (): void => undefined;
  let begun = false;
  const held = new Promise<void>((resolve) => (leave = resolve));
  const server = await serve({
    http: { ...http, limits: { inFlight: 1 } },
    env: production,
    imports: [MetricsModule],
    routes: [
      get('/held', { open: true }, async () => {
        begun = true;
        await held;
        return 'at last';
      }),
      get('/', { open: true }, () => 'welcome'),
      post('/', { open: true, body: { type: 'object', properties: {} } as const }, () => 'taken'),
      get('/for-some', { open: true, cors: { origins: ['https://app.example'] } }, () => 'welcome'),
    ],
  });
  const client = connect(server.port, '127.0.0.1', () => client.write(ask('GET /held HTTP/1.1')));
  onTestFinished(async () => {
    leave();
    await server[Symbol.asyncDispose]();
    client.destroy();
  });
  await until(() => begun);
  return server;
}

/** Header lines, sorted, what differs from one answer to the next named; and the body. */
function partsOf(text: string): { readonly head: readonly string[]; readonly body: string } {
  const [head = '', body = ''] = text
    .replaceAll(/[0-9a-z]{10}-[0-9a-z]+/g, '<id>')
    .replace(/Date: .*/, 'Date: <now>')
    .replace(/Retry-After: [1-5]\r/, 'Retry-After: <1 to 5>\r')
    .split('\r\n\r\n');
  return { head: head.split('\r\n').toSorted(), body };
}

test('a refusal is made beforehand, and has the bytes that any other error has', async () => {
  const server = await fullServer();
  const prebuilt = await sendRaw(server.port, ask('GET / HTTP/1.1'));
  // An application that writes its errors itself has all of them written one by one.
  const written = await fullServer({ errorBody: (body) => ({ body, contentType: problem.type }) });
  const one = await sendRaw(written.port, ask('GET / HTTP/1.1'));
  expect(prebuilt.statuses).toEqual([503]);
  // The length is that of the id, too: both ids are the same number of their process.
  expect(partsOf(prebuilt.text)).toEqual(partsOf(one.text));
  const id = /X-Request-Id: (\S+)\r/.exec(prebuilt.text)?.[1];
  expect(JSON.parse(partsOf(prebuilt.text.replaceAll(id as string, 'same')).body)).toMatchObject({
    status: 503,
    code: 'HTTP_OVERLOADED',
    instance: 'urn:request:same',
  });
});

test('a connection goes on after a refusal, but not behind a body that nobody reads', async () => {
  const server = await fullServer();
  const small = ask('POST / HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 2').concat('{}');
  const kept = await sendRaw(server.port, small + ask('GET / HTTP/1.1'));
  expect([kept.text.match(/HTTP\/1\.1 503/g)?.length, kept.closed]).toEqual([2, false]);
  const large = ask('POST / HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 10000000');
  const cut = await sendRaw(server.port, large);
  expect([cut.statuses, cut.text.includes('Connection: close'), cut.closed]).toEqual([[503], true, true]);
});

test('HEAD and HTTP/1.0 are refused in their own ways, and health is answered', async () => {
  const server = await fullServer();
  const head = await sendRaw(server.port, ask('HEAD / HTTP/1.1'));
  expect([head.statuses, partsOf(head.text).body]).toEqual([[503], '']);
  const old = await sendRaw(server.port, ask('GET / HTTP/1.0'));
  expect([old.statuses, old.closed]).toEqual([[503], true]);
  expect((await sendRaw(server.port, ask('GET /health/ready HTTP/1.1'))).statuses).toEqual([200]);
});

test('the refusal of a route that answers pages of some origins says that it depends on them', async () => {
  const server = await fullServer();
  expect((await sendRaw(server.port, ask('GET /for-some HTTP/1.1'))).text).toContain('\r\nVary: Origin\r\n');
  expect((await sendRaw(server.port, ask('GET / HTTP/1.1'))).text).not.toContain('Vary');
});

test('each refusal is counted, and told to who listens to the ends of requests', async () => {
  const server = await fullServer();
  for (let sent = 0; sent < 3; sent++) await sendRaw(server.port, ask('GET / HTTP/1.1'), 50);
  const text = server.app.get(METRICS).text();
  expect(text).toMatch(/http_server_request_duration_seconds_count\{[^}]*route="\/",status="503"[^}]*\} 3\n/);
  const ends: HttpRequestEvent[] = [];
  const hear = (event: unknown): unknown => ends.push(event as HttpRequestEvent);
  subscribe('plinth:http.request', hear);
  onTestFinished(() => void unsubscribe('plinth:http.request', hear));
  await sendRaw(server.port, ask('GET / HTTP/1.1'), 50);
  expect(ends).toMatchObject([{ route: '/', status: 503, code: 'HTTP_OVERLOADED' }]);
  const [end] = ends as [HttpRequestEvent];
  expect([1, 2, 3, 4, 5]).toContain((end.error as AppError).retryAfter);
});
