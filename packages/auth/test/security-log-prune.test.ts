import { createApp, Module, provide, provideValue, type App } from '@plinth/core';
import { DATABASE, DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AuthModule,
  MemorySecurityLogStore,
  SECURITY_LOG_STORE,
  SecurityLog,
  type SecurityLogRecord,
  type SecurityLogStore,
} from '@plinth/auth';
import { authSecurityLog, createAuthSecurityLog, sqlSecurityLogStore } from '@plinth/auth/data';
import { appKey, StillClock } from './support.js';

const DAY = 86_400;

async function start(store: SecurityLogStore = new MemorySecurityLogStore(), key = appKey()) {
  const clock = new StillClock();
  @Module({ imports: [AuthModule.with({ securityLog: { store: provideValue(SECURITY_LOG_STORE, store) } })] })
  class Root {}
  const app: App = await createApp(Root, { env: { APP_KEY: key, LOG_LEVEL: 'fatal' }, envFile: false, clock });
  await app.start();
  return { app, clock, store, log: app.get(SecurityLog), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

type Started = Awaited<ReturnType<typeof start>>;

const all = (store: SecurityLogStore) => store.read(0, 10_000);

/** Ten records, a day apart; gives the time between the sixth and the seventh. */
async function tenDays({ log, clock }: Pick<Started, 'log' | 'clock'>): Promise<Date> {
  let between = new Date(0);
  for (let day = 1; day <= 10; day++) {
    await log.record({ type: 'sign-in.password', outcome: 'success', userId: '7', details: { day } });
    clock.forward(DAY / 2);
    if (day === 6) between = clock.date();
    clock.forward(DAY / 2);
  }
  return between;
}

/** A log of ten records, pruned to the last four, whose records can be changed in the store. */
async function pruned(change: (records: SecurityLogRecord[]) => SecurityLogRecord[]) {
  const t = await start();
  const before = await tenDays(t);
  await t.log.prune(before);
  const records = change([...(await all(t.store))]);
  const store: SecurityLogStore = Object.assign(new MemorySecurityLogStore(), {
    read: async (after: number, limit: number) => records.filter(({ sequence }) => sequence > after).slice(0, limit),
  });
  await t.app.stop();
  await using again = await start(store);
  return await again.log.verify();
}

test('what is older than a time is removed, and the rest can still be verified', async () => {
  await using t = await start();
  const before = await tenDays(t);
  const sixth = (await all(t.store))[5]!;
  const done = await t.log.prune(before);
  expect(done).toEqual({ ok: true, removed: 6, through: { sequence: 6, hash: sixth.hash } });
  const left = await all(t.store);
  expect(left.map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
  expect(left.at(-1)).toMatchObject({
    type: 'security-log.pruned',
    data: { through: 6, end: sixth.hash, before: before.toISOString() },
  });
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 5 });
  // Anchors of what was pruned say nothing any more, the others do.
  expect(
    await t.log.verify({
      anchors: [
        { sequence: 6, hash: sixth.hash },
        { sequence: 8, hash: left[1]!.hash },
      ],
    }),
  ).toMatchObject({ ok: true });
  expect(await t.log.verify({ anchors: [{ sequence: 8, hash: sixth.hash }] })).toMatchObject({ ok: false, sequence: 8, fault: 'altered' });
  await t.log.record({ type: 'sign-in.password', outcome: 'success' });
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 6 });
});

test('a log can be pruned again and again, also to nothing but the note of it', async () => {
  await using t = await start();
  await tenDays(t);
  const first = t.clock.date();
  expect(await t.log.prune(first)).toMatchObject({ ok: true, removed: 10 });
  expect((await all(t.store)).map(({ type }) => type)).toEqual(['security-log.pruned']);
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 1 });
  await tenDays(t);
  expect(await t.log.prune(t.clock.date())).toMatchObject({ ok: true, removed: 11, through: { sequence: 21 } });
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 1, last: { sequence: 22 } });
});

test('where nothing is old enough, nothing is removed and nothing noted', async () => {
  await using t = await start();
  await tenDays(t);
  expect(await t.log.prune(new Date(0))).toEqual({ ok: true, removed: 0, through: undefined });
  expect(await all(t.store)).toHaveLength(10);
});

test('a record that stands behind a later one of another clock is not taken for an old one', async () => {
  await using t = await start();
  await t.log.record({ type: 'a.a', outcome: 'success' });
  const before = new Date(t.clock.now() + 1);
  t.clock.forward(DAY);
  await t.log.record({ type: 'b.b', outcome: 'success' });
  t.clock.forward(-DAY);
  await t.log.record({ type: 'c.c', outcome: 'success' });
  expect(await t.log.prune(before)).toMatchObject({ removed: 1, through: { sequence: 1 } });
});

test('a log that is not whole is not pruned: what shows it would be gone', async () => {
  const store = new MemorySecurityLogStore();
  await using t = await start(store);
  const before = await tenDays(t);
  const records = [...(await all(store))];
  records[2] = { ...records[2]!, subject: '8' };
  const altered: SecurityLogStore = Object.assign(new MemorySecurityLogStore(), {
    read: async (after: number, limit: number) => records.filter(({ sequence }) => sequence > after).slice(0, limit),
    prune: async () => Promise.reject(new Error('pruned')),
  });
  await using again = await start(altered);
  expect(await again.log.prune(before)).toEqual({ ok: false, sequence: 3, fault: 'altered' });
});

test('records that are gone without a note of it are missing, as before', async () => {
  await using t = await start();
  await tenDays(t);
  await t.store.prune(6);
  expect(await t.log.verify()).toEqual({ ok: false, sequence: 1, fault: 'missing' });
});

test.each<[string, (records: SecurityLogRecord[]) => SecurityLogRecord[], object]>([
  ['more than was pruned', (records) => records.slice(1), { sequence: 1, fault: 'missing' }],
  ['the note of the pruning', (records) => records.slice(0, -1), { sequence: 1, fault: 'missing' }],
  ['a record after it', (records) => records.filter(({ sequence }) => sequence !== 9), { sequence: 9, fault: 'missing' }],
])('whoever removes %s is found out', async (_what, change, fault) => {
  expect(await pruned(change)).toEqual({ ok: false, ...fault });
});

test.each<[string, number, Partial<SecurityLogRecord>, number]>([
  ['the first record that is left', 7, { subject: '8' }, 7],
  ['where the note says that the log begins', 11, { data: { through: 5, end: 'x'.repeat(43) } }, 11],
])('whoever alters %s is found out', async (_what, sequence, change, found) => {
  const altered = await pruned((records) => records.map((record) => (record.sequence === sequence ? { ...record, ...change } : record)));
  expect(altered).toEqual({ ok: false, sequence: found, fault: 'altered' });
});

test('a note that nobody can seal is no note: one with another key opens nothing', async () => {
  const store = new MemorySecurityLogStore();
  const t = await start(store, appKey(2));
  const before = await tenDays(t);
  await t.log.prune(before);
  await t.app.stop();
  await using again = await start(store);
  expect(await again.log.verify()).toMatchObject({ ok: false, fault: 'unknown-key' });
});

test('where the note cannot be written, nothing is removed (AUTH_SECURITY_LOG)', async () => {
  const store = new MemorySecurityLogStore();
  await using t = await start(store);
  const before = await tenDays(t);
  store.append = async () => Promise.reject(new Error('the disk is full'));
  await expect(t.log.prune(before)).rejects.toMatchObject({ code: 'AUTH_SECURITY_LOG' });
  expect(await all(store)).toHaveLength(10);
});

await describeDialect('the security log in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  test('is pruned while another process writes, and is whole afterwards', async () => {
    const data = DataModule.with({ migrations: [createAuthSecurityLog], migrate: 'start' });
    const clock = new StillClock();
    const open = async () => {
      @Module({
        imports: [data, AuthModule.with({ imports: [data], securityLog: { store: sqlSecurityLogStore } })],
        providers: [provide(NeedsDatabase, { deps: [DATABASE] })],
      })
      class Root {}
      const env = { APP_KEY: appKey(), LOG_LEVEL: 'fatal', DATABASE_URL: suite.database.url };
      const app = await createApp(Root, { env, envFile: false, clock });
      await app.start();
      return app;
    };
    await using one = await open();
    await using two = await open();
    await one.get(DATABASE).repository(authSecurityLog).deleteMany({ all: true });
    const log = one.get(SecurityLog);
    const before = await tenDays({ log, clock });
    const writes = Array.from({ length: 20 }, () => two.get(SecurityLog).record({ type: 'order.paid', outcome: 'success' }));
    expect(await log.prune(before)).toMatchObject({ ok: true, removed: 6, through: { sequence: 6 } });
    await Promise.all(writes);
    expect(await two.get(SecurityLog).verify()).toMatchObject({ ok: true, records: 25 });
  });
});

class NeedsDatabase {
  constructor(readonly database: unknown) {}
}
