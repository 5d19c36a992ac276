import { execFile } from 'node:child_process';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type App, type BootError, createApp, HEALTH, Injectable, Module, token } from '@plinth/core';
import { DATABASE, type Database, DataModule, defineMigration, defineSeed, integer, table } from '@plinth/data';
import { describeDialect, testServer } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const counters = table('counters', { id: integer().primary(), value: integer().default(0) });
const migrations = [defineMigration('001', { up: ({ createTable }) => createTable(counters) })];
const seeds = [defineSeed('first', (db) => db.repository(counters).insert({ id: 1 }))];
const env = (DATABASE_URL?: string) => ({ LOG_LEVEL: 'fatal', ...(DATABASE_URL !== undefined && { DATABASE_URL }) });

@Injectable({ deps: [DATABASE] })
class Counters {
  constructor(private readonly db: Database) {}
  count() {
    return this.db.repository(counters).count();
  }
}

const appOf = (options: Parameters<typeof DataModule.with>[0] = {}) => {
  @Module({ imports: [DataModule.with(options)], providers: [Counters] })
  class AppModule {}
  return AppModule;
};
const boot = (options: Parameters<typeof DataModule.with>[0], url?: string) => createApp(appOf(options), { env: env(url), envFile: false });
const problemsOf = async (work: Promise<unknown>) => ((await work.catch((error: unknown) => error)) as BootError).problems;
let app: App | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

await describeDialect('DataModule', { describe, test, beforeAll, afterAll }, (suite) => {
  test('an application gets its database, migrated and seeded at start, healthy, and closed at stop [DA-01]', async () => {
    app = await boot({ migrations, seeds, migrate: 'start' }, suite.database.url);
    await app.start();
    expect(await app.get(Counters).count()).toBe(1);
    expect((await app.get(HEALTH).ready()).checks).toMatchObject([{ name: 'database', status: 'up' }]);
    const db = app.get(DATABASE);
    await app.stop();
    await expect(db.ping()).rejects.toMatchObject({ code: 'DATA_CLOSED' });
    app = undefined;
  });

  test('a process whose application has stopped ends by itself [DA-01]', async () => {
    const child = fileURLToPath(new URL('./fixtures/idle-app.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', '@oxc-node/core/register', '-C', '@plinth/source', child, suite.database.url],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        timeout: 20_000,
      },
    );
    expect(stdout).toBe('stopped');
  }, 30_000);
});

test('without DATABASE_URL the option url counts; with it, the variable wins', async () => {
  app = await boot({ url: 'sqlite::memory:' });
  expect(app.get(DATABASE).url).toBe('sqlite::memory:');
  await app.stop();
  app = await boot({ url: 'sqlite:./never.db' }, 'sqlite::memory:');
  expect(app.get(DATABASE).url).toBe('sqlite::memory:');
});

test('no URL at all, and a URL of another kind, are problems of the boot that name the cure', async () => {
  expect(JSON.stringify(await problemsOf(boot({})))).toContain('DATABASE_URL');
  const problems = await problemsOf(boot({}, 'mongodb://ann:topsecret@host/x'));
  expect(problems).toMatchObject([{ code: 'DATA_URL' }]);
  expect(problems[0]!.help).toContain('postgres://');
  expect(JSON.stringify(problems)).not.toContain('topsecret');
});

test('a database that cannot be reached at start is a sentence with the URL, without its password', async () => {
  const problems = await problemsOf(boot({}, 'postgres://ann:topsecret@127.0.0.1:1/shop'));
  expect(problems).toMatchObject([{ code: 'DATA_UNREACHABLE_AT_START' }]);
  expect(problems[0]!.message).toBe(
    'The database at postgres://ann:***@127.0.0.1:1/shop cannot be reached: nothing listens there (ECONNREFUSED).',
  );
});

test('two databases live beside each other under tokens of their own', async () => {
  const REPORTS = token<Database>('REPORTS');
  @Module({
    imports: [
      DataModule.with({ url: 'sqlite::memory:' }),
      DataModule.with({ token: REPORTS, name: 'reports', variable: 'REPORTS_URL', url: 'sqlite::memory:' }),
    ],
  })
  class AppModule {}
  app = await createApp(AppModule, { env: env(), envFile: false });
  await app.start();
  await app.get(DATABASE).transaction(async () => {
    expect(app!.get(REPORTS).inTransaction).toBe(false);
    await app!.get(REPORTS).ping();
  });
  expect((await app.get(HEALTH).ready()).checks.map((check) => check.name).sort()).toEqual(['database', 'reports']);
});

describe('when the database goes away and comes back', () => {
  let proxy: Server;
  const sockets = new Set<Socket>();
  const upstream = new URL(testServer('postgres').url!);
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      proxy = createServer((socket) => {
        const target = connect(Number(upstream.port), upstream.hostname);
        for (const end of [socket, target]) sockets.add(end.on('error', () => undefined));
        socket.pipe(target).pipe(socket);
      }).listen(port, '127.0.0.1', () => resolve((proxy.address() as { port: number }).port));
    });
  const hangUp = () =>
    new Promise<void>((resolve) => {
      proxy.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    });
  afterAll(() => hangUp());

  test('queries fail as unavailable, readiness is off, and both recover by themselves [DA-01]', async () => {
    const port = await listen(0);
    app = await boot({ migrations: [] }, `postgres://postgres@127.0.0.1:${port}/postgres`);
    await app.start();
    const db = app.get(DATABASE);
    await Promise.all([db.ping(), db.ping(), db.ping()]);
    await hangUp();
    for (let attempt = 0; attempt < 4; attempt++) await expect(db.sql`select 1`).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await app.get(HEALTH).ready()).status).toBe('down');
    await listen(port);
    expect((await db.sql<{ one: number }>`select 1 as one`)[0]!.one).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await app.get(HEALTH).ready()).status).toBe('up');
  });
});

test('DataModule without options is the database of DATABASE_URL', async () => {
  @Module({ imports: [DataModule] })
  class Root {}
  await using app = await createApp(Root, { env: { DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'fatal' }, envFile: false });
  await app.get(DATABASE).ping();
  await expect(createApp(Root, { env: { LOG_LEVEL: 'fatal' }, envFile: false })).rejects.toThrow('DATABASE_URL');
});

test('a health check that goes down says so once, with code and reason, in the report and in the log', async () => {
  const lines: { level: string; msg: string }[] = [];
  const logger = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  app = await createApp(appOf({ url: 'sqlite::memory:' }), { env: { LOG_FORMAT: 'json' }, envFile: false, logger });
  await app.start();
  await app.get(DATABASE).close();
  for (let probes = 0; probes < 2; probes++) {
    const [check] = (await app.get(HEALTH).ready()).checks;
    expect(check).toMatchObject({ status: 'down', code: 'DATA_CLOSED', reason: expect.stringContaining('closed') as string });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
  }
  expect(lines.filter(({ msg }) => msg.startsWith('the database'))).toEqual([
    expect.objectContaining({
      level: 'error',
      module: 'data',
      database: 'database',
      code: 'DATA_CLOSED',
      reason: expect.stringContaining('closed') as string,
    }),
  ]);
});

test('a database whose only connection is at work is busy, not down', async () => {
  app = await boot({}, 'sqlite::memory:');
  await app.start();
  const db = app.get(DATABASE);
  let leave = (): void => undefined;
  const held = new Promise<void>((resolve) => (leave = resolve));
  const long = db.transaction(async () => held);
  const ready = await app.get(HEALTH).ready();
  leave();
  await long;
  expect(ready.checks).toMatchObject([{ name: 'database', status: 'up', details: { busy: true, used: 1, waiting: 1 } }]);
  expect((await app.get(HEALTH).ready()).checks).toMatchObject([{ name: 'database', status: 'up' }]);
});
