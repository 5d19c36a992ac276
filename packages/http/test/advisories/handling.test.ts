import { describe, expect, test } from 'vitest';
import { get, inject, media, post, reply, route } from '@plinth/http';
import { build, serve, until } from '../support/serve.js';
import { locked, nested } from './shared.js';

describe('what the server does with it', () => {
  test('Node CVE-2025-59466: a stack that overflows within an asynchronous context is an error like others', async () => {
    const recurse = (): number => recurse() + 1;
    await using server = await build({
      routes: [
        get('/now', { open: true }, () => String(recurse())),
        get('/later', { open: true }, async () => {
          await Promise.resolve();
          return String(recurse());
        }),
        get('/json', { open: true, returns: {} } as never, (() => nested(50_000)) as never),
        post('/deep', { open: true, body: {} as never }, () => 'ok'),
      ],
    });
    for (const url of ['/now', '/later', '/json']) expect((await inject(server.app, { url })).status, url).toBe(500);
    const body = '['.repeat(500_000);
    expect((await inject(server.app, { method: 'POST', url: '/deep', body, headers: { 'content-type': 'application/json' } })).status).toBe(
      400,
    );
    expect((await inject(server.app, { url: '/health/live' })).status).toBe(200);
  });

  test('NestJS CVE-2023-26108: a source whose client has gone is closed', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<string> {
      try {
        while (true) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield 'x';
        }
      } finally {
        closed = true;
      }
    }
    await using server = await serve({
      routes: [get('/', { open: true, returns: { 200: media('text/plain') } }, () => reply(200, source()))],
    });
    const gone = new AbortController();
    const response = await fetch(server.url, { signal: gone.signal });
    await response.body?.getReader().read();
    gone.abort();
    await until(() => closed);
    expect(closed).toBe(true);
  });

  test('a route of another method is none: NestJS CVE-2026-33011', async () => {
    await using server = await build({ routes: [locked.get('/', {}, () => 'secret'), route('POST', '/', { open: true }, () => 'posted')] });
    const statuses = await Promise.all(
      ['GET', 'HEAD', 'POST', 'PUT'].map(async (method) => (await inject(server.app, { method, url: '/' })).status),
    );
    expect(statuses).toEqual([401, 401, 200, 405]);
  });
});
