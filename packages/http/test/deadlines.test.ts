import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configured, createApp, Module, type App } from '@plinth/core';
import { DATABASE, DataModule, type Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { get, HTTP_SERVER, HttpModule, post } from '@plinth/http';
import { serve, until } from './support/serve.js';

describe('a body that comes drop by drop', () => {
  const slowly = (port: number, path: string, pieces: number, pause: number): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', async () => {
        socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${pieces}\r\n\r\n`);
        for (let sent = 0; sent < pieces && !socket.destroyed; sent++) {
          await sleep(pause);
          if (!socket.destroyed) socket.write('x');
        }
      });
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('keep-alive')) socket.destroy();
      });
      socket.on('error', () => {}).on('close', () => resolve(text));
    });
  const route = (path: `/${string}`, bodyTimeout?: number) =>
    post(path, { open: true, accepts: 'text', body: {}, ...(bodyTimeout !== undefined && { limits: { bodyTimeout } }) }, () => 'done');

  test('is answered with 408, and its connection closed', async () => {
    await using server = await serve({ routes: [route('/')], http: { limits: { requestTimeout: 300 } } });
    const answer = await slowly(server.port, '/', 100, 50);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close[^]*HTTP_REQUEST_TIMEOUT/);
  });

  test('may take its time where the route says so', async () => {
    await using server = await serve({ routes: [route('/fast'), route('/slow', 5000)], http: { limits: { requestTimeout: 300 } } });
    expect(await slowly(server.port, '/slow', 12, 50)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await slowly(server.port, '/fast', 12, 50)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

await describeDialect('a query of a request that is over', { describe, test, beforeAll, afterAll }, (suite) => {
  const outcomes: unknown[] = [];
  let app: App;
  let url: string;

  @Module({})
  class QueryModule {}

  beforeAll(async () => {
    const root = configured(QueryModule, {
      imports: [HttpModule.with({ requestLog: false }), DataModule.with({ pool: { max: 1, acquireTimeout: 10_000 } })],
      routes: [
        get(
          '/late',
          { open: true, limits: { timeout: 200 } },
          async (_context, database: Database) => {
            await sleep(500);
            outcomes.push(await database.sql`select 1`.catch((error: unknown) => error));
            return 'x';
          },
          { deps: [DATABASE] },
        ),
        get(
          '/waiting',
          { open: true, limits: { timeout: 300 } },
          async (_context, database: Database) => {
            const started = performance.now();
            // Not a read, which SQLite has another connection for.
            outcomes.push(await database.transaction(() => 2).catch((error: unknown) => error), performance.now() - started);
            return 'x';
          },
          { deps: [DATABASE] },
        ),
        get('/now', { open: true }, async (_context, database: Database) => String((await database.sql`select 3 as n`).length), {
          deps: [DATABASE],
        }),
      ],
    });
    app = await createApp(root, {
      env: { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: suite.database.url, HTTP_RATE_LIMITS: 'off' },
      envFile: false,
    });
    await app.start();
    url = app.get(HTTP_SERVER).address()?.url ?? '';
  });
  afterAll(() => app.stop());

  test('is not started any more: DATA_REQUEST_ENDED', async () => {
    outcomes.length = 0;
    expect((await fetch(`${url}/late`)).status).toBe(503);
    await until(() => outcomes.length === 1);
    expect(outcomes[0]).toMatchObject({ code: 'DATA_REQUEST_ENDED' });
    expect(await (await fetch(`${url}/now`)).text()).toBe('1');
  });

  test('stops waiting for a connection', async () => {
    outcomes.length = 0;
    let release = (): void => {};
    const held = app.get(DATABASE).transaction(() => new Promise<void>((resolve) => (release = resolve)));
    await sleep(50);
    expect((await fetch(`${url}/waiting`)).status).toBe(503);
    await until(() => outcomes.length === 2);
    expect(outcomes[0]).toMatchObject({ code: 'DATA_REQUEST_ENDED' });
    expect(outcomes[1]).toBeLessThan(3000);
    expect(app.get(DATABASE).pool.waiting).toBe(0);
    release();
    await held;
    expect(await (await fetch(`${url}/now`)).text()).toBe('1');
  });
});
