import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { defineGuard, get, guarded, inject, post, type ProblemDetails, type RouteDefinition } from '@plinth/http';
import { build, sendRaw, serve, until } from './support/serve.js';

const text = { type: 'object', properties: { a: { type: 'string' } } } as const;
const echo = post('/', { open: true, body: text }, () => 'x');
const formType = { 'content-type': 'application/x-www-form-urlencoded' };

async function detailOf(
  routes: readonly RouteDefinition[],
  request: Parameters<typeof inject>[1],
): Promise<readonly [code: string, detail: string | undefined]> {
  await using server = await build({ routes });
  const { code, detail } = (await inject(server.app, request)).json() as ProblemDetails;
  return [code, detail];
}

describe('a refusal', () => {
  test.each([
    ['text/plain', 'its Content-Type is text/plain'],
    ['application/json; charset=latin1', 'its charset is latin1, and only utf-8 is taken'],
    ['application/json; charset=utf8', 'its charset is utf8, and only utf-8 is taken'],
    ['application/json; x=y', 'its Content-Type has the parameter x, and only charset=utf-8 is taken'],
    ['application/json; charset=utf-8; x=y', 'its Content-Type has more than the parameter charset=utf-8'],
    ['application/json;', 'its Content-Type is malformed'],
    ['application/json garbage', 'its Content-Type is malformed'],
  ])('of the content type "%s" says what is not taken', async (contentType, reason) => {
    const found = await detailOf([echo], { method: 'POST', url: '/', headers: { 'content-type': contentType }, body: '{}' });
    expect(found).toEqual(['HTTP_MEDIA_TYPE', `The body must be sent as application/json: ${reason}.`]);
  });

  test('of a body without content type says that there is none', async () => {
    expect((await detailOf([echo], { method: 'POST', url: '/', body: '{}' }))[1]).toContain('the request has no Content-Type');
  });

  test.each([
    ['/?n=abc', 'must be an integer'],
    ['/?n=', 'must be an integer, got an empty text'],
    ['/?n=9007199254740993', 'must be an integer from -(2^53 - 1) to 2^53 - 1'],
    ['/?n=1e3', 'must be an integer'],
  ])('of the query %s speaks as its sender does, for whom every value is a text', async (url, message) => {
    const n = { type: 'object', properties: { n: { type: 'integer' } } } as const;
    await using server = await build({
      routes: [get('/', { open: true, query: n }, () => 'x'), post('/form', { open: true, accepts: 'form', body: n }, () => 'x')],
    });
    const issue = { pointer: '/n', message };
    expect((await inject(server.app, { url })).json()).toMatchObject({ issues: [{ in: 'query', ...issue }] });
    expect((await inject(server.app, { method: 'POST', url: '/form', headers: formType, body: url.slice(2) })).json()).toMatchObject({
      issues: [{ in: 'body', ...issue }],
    });
  });

  test('of a JSON text where a number belongs still says what it got: JSON has numbers', async () => {
    const n = { type: 'object', properties: { n: { type: 'integer' } } } as const;
    await using server = await build({ routes: [post('/', { open: true, body: n }, () => 'x')] });
    expect((await inject(server.app, { method: 'POST', url: '/', body: { n: '5' } })).json()).toMatchObject({
      issues: [{ message: 'must be an integer, got a string' }],
    });
  });

  test('of a form says what is wrong with it', async () => {
    const form = post('/', { open: true, accepts: 'form', body: text }, () => 'x');
    expect(await detailOf([form], { method: 'POST', url: '/', headers: formType, body: 'a=%ff' })).toEqual([
      'HTTP_FORM',
      'The form is refused: its encoding is not valid.',
    ]);
    expect(await detailOf([form], { method: 'POST', url: '/', headers: formType, body: 'a=1&'.repeat(1001) })).toEqual([
      'HTTP_FORM',
      'The form is refused: it has more than 1000 fields.',
    ]);
  });

  test('of a body that its client cut short is in the log: nobody is left to be answered', async () => {
    await using server = await serve({ routes: [echo] });
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"'),
    );
    setTimeout(() => socket.resetAndDestroy(), 50);
    await until(() => server.logs.some((line) => line.msg === 'request'));
    expect(server.logs.filter((line) => line.msg === 'request')).toMatchObject([{ status: 499, route: '/', code: 'HTTP_BODY_CUT' }]);
  });

  test('of a body whose client closes its side early says that it has left, tells the handler, and a client that still reads', async () => {
    let aborted = 0;
    const streamed = post('/stream', { open: true, accepts: 'ndjson', body: text, returns: {} }, async ({ body, signal }) => {
      signal.addEventListener('abort', () => aborted++);
      for await (const chunk of body) void chunk;
      return 'x';
    });
    await using server = await serve({ routes: [echo, streamed] });
    for (const [path, framing, begun] of [
      ['/', 'json\r\nContent-Length: 100', '{"a"'],
      ['/', 'json\r\nTransfer-Encoding: chunked', '3\r\n{"a'],
      ['/stream', 'x-ndjson\r\nContent-Length: 100', '{"a"'],
    ] as const) {
      const answer = await new Promise<string>((resolve) => {
        let received = '';
        const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () => {
          socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/${framing}\r\n\r\n${begun}`);
          setTimeout(() => socket.end(), 50);
        });
        socket.on('data', (chunk) => (received += chunk.toString()));
        socket.on('error', () => resolve(received));
        socket.on('end', () => resolve(received));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*HTTP_BODY_CUT/);
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    }
    const lines = server.logs.filter((line) => line.msg !== 'listening' && line.status !== undefined);
    expect(lines).toMatchObject(['/', '/', '/stream'].map((route) => ({ msg: 'request', status: 499, route, code: 'HTTP_BODY_CUT' })));
    await until(() => aborted === 1);
  });

  test('of a body cut short behind another request waits for the answer to that', async () => {
    const slow = get('/slow', { open: true, returns: {} }, async () => {
      await sleep(200);
      return 'first';
    });
    await using server = await serve({ routes: [echo, slow] });
    const answer = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () =>
        socket.end(
          'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nPOST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"',
        ),
      );
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('error', () => resolve(received));
      socket.on('end', () => resolve(received));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*first[^]*HTTP\/1\.1 400 [^]*HTTP_BODY_CUT/);
  });

  test('of a fact that would hide a part of the context names it', async () => {
    const bad = guarded(defineGuard({ name: 'bad', run: () => ({ params: 'x' }) as never }));
    const [code, detail] = await detailOf([(bad as ReturnType<typeof guarded>).get('/', {}, () => 'x') as RouteDefinition], { url: '/' });
    expect([code, detail]).toEqual(['HTTP_FACT', 'A guard gave the fact "params", which is a name of the request context itself.']);
  });

  test('before routing is the last answer of its connection', async () => {
    await using server = await serve({ routes: [get('/', { open: true }, () => 'x')] });
    const raw = await sendRaw(server.port, 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect([raw.statuses, raw.closed]).toEqual([[421], true]);
  });
});

describe('a reply that breaks its contract', () => {
  const circular: Record<string, unknown> = { name: 'x' };
  circular['a'] = { b: circular };
  let deep: Record<string, unknown> = {};
  for (let level = 0; level < 600; level++) deep = { deeper: deep };

  test.each([
    ['a number that is none', { a: Number.NaN }, 'The reply of GET / breaks its contract: status 200: /a is no finite number.'],
    ['itself', circular, 'The reply of GET / breaks its contract: status 200: /a/b contains itself.'],
  ])('because it holds %s is told in one short sentence', async (_name, value, detail) => {
    await using server = await build({ routes: [get('/', { open: true, returns: {} }, () => value)] });
    expect((await inject(server.app, { url: '/' })).json()).toMatchObject({ code: 'HTTP_REPLY', detail });
  });

  test('six hundred levels down is told without all of them', async () => {
    await using server = await build({ routes: [get('/', { open: true, returns: {} }, () => deep)] });
    const { detail = '' } = (await inject(server.app, { url: '/' })).json() as ProblemDetails;
    expect(detail).toContain('…');
    expect(detail.length).toBeLessThan(400);
    expect(JSON.stringify(server.logs).length).toBeLessThan(6000);
  });
});

test('of an expectation is the last answer of its connection, whatever follows', async () => {
  await using server = await serve({ routes: [echo] });
  for (const after of ['{"a":"b"}', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'POST / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n'])
    expect(
      (await sendRaw(server.port, `POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100Content-Length: 9\r\n\r\n${after}`)).statuses,
    ).toEqual([417]);
});
