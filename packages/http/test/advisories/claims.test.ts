import { describe, expect, test } from 'vitest';
import { get, inject, post } from '@plinth/http';
import { field, file, multipart } from '@plinth/http/multipart';
import { exchange } from '../hostile/wire.js';
import { build, serve } from '../support/serve.js';

describe('what a client says of itself', () => {
  test('NestJS CVE-2024-29409: a file is what its bytes are, not what its part says', async () => {
    const body = multipart({ title: field({ type: 'string' }), picture: file({ types: ['image/png'] }) });
    await using server = await build({ routes: [post('/', { open: true, body }, ({ body: { picture } }) => picture.type)] });
    const form = new FormData();
    form.set('title', 'x');
    form.set('picture', new File(['<!doctype html><script>alert(1)</script>'], 'a.png', { type: 'image/png' }));
    const response = await inject(server.app, { method: 'POST', url: '/', body: form });
    expect([415, 422]).toContain(response.status);
  });

  test('Node CVE-2026-21710: a header called __proto__ is a header, in every form of them', async () => {
    let seen: unknown;
    await using server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/', { open: true }, (context) => {
          const { request } = context as unknown as { request: { headers: object; headersDistinct: object } };
          seen = [Object.keys(request.headers), Object.keys(request.headersDistinct)];
          return [context.header('__proto__'), context.header('constructor'), context.header('tostring')].join();
        }),
      ],
    });
    const bytes = 'GET / HTTP/1.1\r\nHost: localhost\r\n__proto__: x\r\n__PROTO__: y\r\nconstructor: z\r\nhasOwnProperty: z\r\n\r\n';
    const found = await exchange(server.port, [bytes]);
    expect([found.answers[0]?.status, found.answers[0]?.body, found.connection]).toEqual([200, ',z,', 'kept']);
    expect(seen).toBeDefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('Node CVE-2026-58044: headers above the limit are refused with the request, never dropped', async () => {
    await using server = await serve({
      routes: [get('/ok', { open: true }, () => 'ok'), get('/', { open: true }, (context) => context.header('authorization') ?? 'nobody')],
    });
    for (const count of [98, 99, 1999, 2000, 3000]) {
      const bytes = `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(count)}Authorization: me\r\n\r\n`;
      const [answer] = (await exchange(server.port, [bytes])).answers;
      expect([answer?.status, answer?.status === 200 ? answer.body : '']).toEqual(count === 98 ? [200, 'me'] : [431, '']);
    }
  });

  test('Node CVE-2024-22019, CVE-2024-27982, CVE-2025-23167, CVE-2022-32213, CVE-2022-32214, CVE-2022-32215, CVE-2022-35256, CVE-2019-15605: a second request hidden in the first', async () => {
    await using server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/hidden', { open: true }, () => 'hidden'),
        post('/', { open: true, body: { type: 'string' } as const, accepts: 'text', limits: { body: 100_000 } }, () => 'posted'),
      ],
    });
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const start = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n';
    const chunked = `0\r\n\r\n${hidden}`;
    const tries = [
      `${start} Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `${start}Content-Length : ${hidden.length}\r\n\r\n${hidden}`,
      `${start}Content-Length: 1\r\n\rX${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n0\r\n\rX${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n0\n\n${hidden}`,
      `${start}Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunkedchunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding:\r\n chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding\n : chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunked\nX: y\r\n\r\n${chunked}`,
      `${start}X: y\rTransfer-Encoding: chunked\r\n\r\n${chunked}`,
      `${start}Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n1;x\nx\r\n${hidden}`,
      `${start}Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n${hidden}`,
      `${start}Content-Length: ${hidden.length}\r\nContent-Length: 0\r\n\r\n${hidden}`,
    ];
    for (const bytes of tries) {
      const found = await exchange(server.port, [bytes]);
      expect(
        found.answers.map(({ status }) => status),
        bytes,
      ).toEqual([bytes.includes('chunkedchunked') ? 501 : 400]);
      expect(found.connection, bytes).toBe('closed');
      expect(found.text).not.toContain('hidden');
    }
  });
});
