import { setTimeout as sleep } from 'node:timers/promises';
import { configured, createApp, Injectable, Module, type App } from '@plinth/core';
import { DATABASE, DataModule, defineMigration, table, text, type Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { HTTP_SERVER, HttpModule, post, type HttpContext } from '@plinth/http';
import { createHttpIdempotencyKeys, createHttpRateLimits, sqlIdempotencyStore, sqlRateLimitStore } from '@plinth/http/data';
import { idempotent, IdempotencyModule } from '@plinth/http/idempotency';
import { afterAll, beforeAll, expect, describe, test } from 'vitest';
import { until } from './support/serve.js';

const notes = table('abandoned_notes', { id: text({ max: 60 }).primary() });
const createNotes = defineMigration('2026_11_abandoned_notes', {
  up: ({ createTable }) => createTable(notes),
  down: ({ dropTable }) => dropTable(notes),
});

await describeDialect('a request whose client has gone', { describe, test, beforeAll, afterAll }, (suite) => {
  let app: App;
  let url: string;
  let database: Database;
  let begun = 0;
  const ended: string[] = [];

  /** Held by a request, and given back in the database. */
  @Injectable({ scope: 'request', deps: [DATABASE] })
  class Lease implements AsyncDisposable {
    constructor(private readonly database: Database) {}

    async [Symbol.asyncDispose](): Promise<void> {
      await this.database.sql`insert into ${notes} (id) values ('lease given back')`;
    }
  }

  const untilGone = async ({ signal }: HttpContext): Promise<void> => {
    begun++;
    while (!signal.aborted) await sleep(5);
  };
  const write = (id: string) => database.sql`insert into ${notes} (id) values (${id})`;
  const open = { open: true, returns: { 200: {} } } as const;

  beforeAll(async () => {
    const Data = DataModule.with({ migrations: [createNotes, createHttpIdempotencyKeys, createHttpRateLimits], pool: { max: 2 } });
    @Module({})
    class AbandonedModule {}
    const root = configured(AbandonedModule, {
      imports: [HttpModule.with({ requestLog: false }), Data, IdempotencyModule.with({ store: sqlIdempotencyStore, imports: [Data] })],
      providers: [Lease, sqlRateLimitStore],
      routes: [
        post('/pay', { ...open, around: [idempotent({ lock: '10m', wait: 0 })] }, async (context) => {
          if (context.header('x-wait') === undefined) return 'paid';
          await write('paid');
          await untilGone(context);
          throw new Error('given up');
        }),
        post('/commit', open, async (context) => {
          await database.transaction(async () => {
            await write('committed');
            await database.afterCommit(() => write('told of the commit'));
            await untilGone(context);
          });
          return 'done';
        }),
        post('/roll-back', open, async (context) => {
          await database
            .transaction(async () => {
              await write('rolled back');
              await database.transaction(async () => {
                await write('rolled back to the savepoint');
                await untilGone(context);
                await write('too late');
              });
            })
            .catch((error: { code: string }) => ended.push(error.code));
          return 'done';
        }),
        post('/lease', open, (context) => untilGone(context), { deps: [Lease] }),
      ],
    });
    app = await createApp(root, {
      env: { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: suite.database.url, HTTP_RATE_LIMITS: 'off' },
      envFile: false,
    });
    database = app.get(DATABASE);
    await database.migrate.up();
    await app.start();
    url = app.get(HTTP_SERVER).address()?.url ?? '';
  });
  afterAll(() => app.stop());

  /** Sends a request and hangs up once its handler runs. */
  const abandon = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
    const before = begun;
    const hangUp = new AbortController();
    const response = fetch(url + path, { method: 'POST', headers, signal: hangUp.signal }).catch(() => undefined);
    await until(() => begun > before);
    hangUp.abort();
    await response;
  };
  const has = async (id: string): Promise<boolean> => (await database.sql`select id from ${notes} where id = ${id}`).length === 1;
  const comes = async (id: string): Promise<void> => {
    for (const end = performance.now() + 2000; performance.now() < end; await sleep(10)) if (await has(id)) return;
    throw new Error(`"${id}" was never written.`);
  };

  test('frees its idempotency key at once: the next try is carried out', async () => {
    const headers = { 'idempotency-key': 'abandoned-1' };
    await abandon('/pay', { ...headers, 'x-wait': '1' });
    let again: Response | undefined;
    for (const end = performance.now() + 2000; performance.now() < end; await sleep(20)) {
      again = await fetch(`${url}/pay`, { method: 'POST', headers });
      // The key stands for the request as a whole: headers are no part of it.
      if (again.status !== 409) break;
    }
    expect(await again?.text()).toBe('"paid"');
    expect(await has('paid')).toBe(false);
  });

  test('runs what waits for its commit', async () => {
    await abandon('/commit');
    await comes('told of the commit');
    expect(await has('committed')).toBe(true);
  });

  test('rolls back what it has begun, savepoints and all, and the connection goes on serving (DATA_REQUEST_ENDED)', async () => {
    for (let round = 0; round < 3; round++) await abandon('/roll-back');
    await until(() => ended.length === 3);
    expect(ended).toEqual(Array.from({ length: 3 }, () => 'DATA_REQUEST_ENDED'));
    expect(await has('rolled back')).toBe(false);
    expect(await has('rolled back to the savepoint')).toBe(false);
    expect(database.pool).toMatchObject({ waiting: 0 });
  });

  test('gives back in the database what its scope has held', async () => {
    await abandon('/lease');
    await comes('lease given back');
    expect(database.pool).toMatchObject({ waiting: 0 });
  });
});
