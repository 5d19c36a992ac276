import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, post } from '@plinth/http';
import { exchange } from '../hostile/wire.js';
import { serve, type TestServer } from '../support/serve.js';

describe('a content type is read once, as a whole', () => {
  let server: TestServer;
  let parsed = 0;
  beforeAll(async () => {
    const body = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } as const;
    server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        post('/', { open: true, body }, () => {
          parsed++;
          return 'parsed';
        }),
      ],
    });
  });
  afterAll(() => server.app.stop());

  test.each<[string, string]>([
    ['Fastify CVE-2022-39288', ''],
    ['Fastify CVE-2022-39288', ';'],
    ['Fastify CVE-2022-39288', '/'],
    ['Fastify CVE-2022-39288', 'application/'],
    ['Fastify CVE-2022-39288', '\xff/\xff'],
    ['Fastify CVE-2022-39288', 'a'.repeat(10_000)],
    ['Fastify CVE-2022-39288', '__proto__/constructor'],
    ['Fastify CVE-2026-25223', 'application/json\ta'],
    ['Fastify CVE-2026-25223', 'application/json\t;a'],
    ['Fastify CVE-2026-33806', 'application/json ; charset=utf-8 ; a'],
    ['Fastify CVE-2026-3419', 'application/json garbage'],
    ['Fastify CVE-2026-3419', 'application/json;garbage'],
    ['Fastify CVE-2026-3419', 'application/json; =a'],
  ])('%s: %j', async (_id, type) => {
    const before = parsed;
    const bytes = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 9\r\n\r\n{"b":"c"}`;
    const found = await exchange(server.port, [bytes]);
    expect(
      found.answers.map(({ status }) => status),
      found.text,
    ).toEqual([415]);
    expect(found.connection).toBe('kept');
    expect(parsed).toBe(before);
  });

  test.each([
    ' application/json',
    'application/json ',
    'APPLICATION/JSON',
    'application/json ;charset=utf-8',
    'application/json;\tcharset=UTF-8',
  ])('Fastify CVE-2025-32442 and CVE-2026-33806: what is taken is checked, however it is written: %j', async (type) => {
    const bytes = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 9\r\n\r\n{"b":"c"}`;
    expect((await exchange(server.port, [bytes])).answers.map(({ status }) => status)).toEqual([422]);
  });
});
