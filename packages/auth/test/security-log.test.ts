import { createHmac, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createApp, EVENTS, Module, provide, provideValue, type App, type Clock, type EventBus } from '@plinth/core';
import { DATABASE, DataModule, openDatabase, type Database } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { get, guarded, HttpModule, inject, type Guard } from '@plinth/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AuthModule,
  MemorySecurityLogStore,
  role,
  SECURITY_EVENT,
  SECURITY_EVENT_TYPES,
  SECURITY_LOG_STORE,
  SecurityEvents,
  SecurityLog,
  Sessions,
  type AuthOptions,
  type SecurityEvent,
  type SecurityLogRecord,
  type SecurityLogStore,
} from '@plinth/auth';
import { authSecurityLog, createAuthSecurityLog, sqlSecurityLogStore } from '@plinth/auth/data';
import { appKey, StillClock } from './support.js';

interface Line {
  readonly msg?: string;
  readonly level?: string | number;
  readonly anchor?: { readonly sequence: number; readonly hash: string };
  readonly lost?: { readonly type: string };
}

class Bus {
  constructor(readonly events: EventBus) {}
}

interface StartOptions {
  readonly store?: SecurityLogStore;
  readonly log?: Omit<NonNullable<AuthOptions['securityLog']>, 'store'>;
  readonly clock?: Clock;
  readonly key?: string;
  readonly module?: NonNullable<Parameters<typeof Module>[0]>;
}

async function start({
  store = new MemorySecurityLogStore(),
  log = {},
  clock = new StillClock(),
  key = appKey(),
  module = {},
}: StartOptions = {}) {
  const auth = AuthModule.with({ securityLog: { ...log, store: provideValue(SECURITY_LOG_STORE, store) } });
  @Module({
    ...module,
    imports: [auth, ...(module.imports ?? [])],
    providers: [provide(Bus, { deps: [EVENTS] }), provide(NeedsSessions, { deps: [Sessions] }), ...(module.providers ?? [])],
  })
  class Root {}
  const lines: Line[] = [];
  const logger = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  const env = { APP_KEY: key, PORT: '0', LOG_LEVEL: 'info' };
  const app: App = await createApp(Root, { env, envFile: false, clock, logger });
  await app.start();
  return { app, lines, store, log: app.get(SecurityLog), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

class NeedsSessions {
  constructor(readonly sessions: Sessions) {}
}

const tried: SecurityEvent = { type: 'sign-in.password', outcome: 'failure', userId: '7', ip: '192.0.2.1', details: { known: false } };
const all = (store: SecurityLogStore) => store.read(0, 10_000);

/** A store whose records can be tampered with. */
class OpenStore extends MemorySecurityLogStore {
  records: SecurityLogRecord[] | undefined;

  override async read(after: number, limit: number): Promise<readonly SecurityLogRecord[]> {
    const found = this.records ?? (await super.read(0, Number.MAX_SAFE_INTEGER));
    return found
      .filter(({ sequence }) => sequence > after)
      .sort((a, b) => a.sequence - b.sequence)
      .slice(0, limit);
  }

  async tamper(change: (records: SecurityLogRecord[]) => void): Promise<void> {
    this.records = undefined;
    const records = [...(await this.read(0, 10_000))];
    change(records);
    this.records = records;
  }
}

test('a record says what, when, who, whom, from where, and its hash seals it with all before it [AU-21]', async () => {
  await using t = await start();
  await t.log.record({ ...tried, actor: '1' });
  await t.log.record({ type: 'order.refunded', outcome: 'success', details: { total: 12.5, manual: true } });
  const [first, second] = await all(t.store);
  expect(first).toMatchObject({
    sequence: 1,
    at: new StillClock().now(),
    type: 'sign-in.password',
    outcome: 'failure',
    actor: '1',
    subject: '7',
  });
  expect(first).toMatchObject({ client: '192.0.2.1', requestId: null, data: { known: false } });
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(appKey(), 'base64'), Buffer.alloc(0), 'plinth:auth.security-log', 32));
  const { hash, ...placed } = second!;
  const sorted = `{"actor":null,"at":${placed.at},"client":null,"data":{"manual":true,"total":12.5},"keyId":"${placed.keyId}","outcome":"success","requestId":null,"sequence":2,"subject":null,"type":"order.refunded"}`;
  expect(hash).toBe(createHmac('sha256', key).update(`${first!.hash}\n${sorted}`).digest('base64url'));
  expect(await t.log.verify()).toEqual({ ok: true, records: 2, last: { sequence: 2, hash } });
});

test('what the framework notes is recorded without being asked, with the request and its actor [AU-21]', async () => {
  const signedIn = (context: object) => Object.assign(context, {}) && { user: { roles: [] } };
  const user: Guard<{ readonly user: { readonly roles: readonly string[] } }> = {
    name: 'somebody',
    deps: [],
    security: [],
    run: signedIn,
  };
  const routes = [guarded(user, role('admin')).get('/secret', { returns: { type: 'string' } }, () => 'secret')];
  await using t = await start({ module: { imports: [HttpModule.with({})], routes } });
  const seen = t.app.get(Bus).events.next(SECURITY_EVENT);
  const answer = await inject(t.app, { url: '/secret' });
  expect(answer.status).toBe(403);
  await seen;
  await expect.poll(async () => (await all(t.store)).length).toBe(1);
  const [record] = await all(t.store);
  expect(record).toMatchObject({ type: 'access.denied', outcome: 'refused', data: { route: '/secret', needs: '"admin"' } });
  expect(record!.requestId).toBe(answer.headers['x-request-id']);
  expect(record!.client).not.toBeNull();
});

test('a recorded event is told to listeners once, and written once', async () => {
  await using t = await start();
  const seen: SecurityEvent[] = [];
  t.app.get(Bus).events.on(SECURITY_EVENT, (event) => void seen.push(event));
  await t.log.record(tried);
  t.app.get(SecurityEvents).note(tried);
  await expect.poll(async () => (await all(t.store)).length).toBe(2);
  expect(seen).toEqual([tried, tried]);
});

describe('verify finds', () => {
  const tampered = async (change: (records: SecurityLogRecord[]) => void) => {
    const store = new OpenStore();
    await using t = await start({ store });
    for (let count = 0; count < 10; count++) await t.log.record({ ...tried, details: { count } });
    const anchor = (await t.log.last())!;
    expect(await t.log.verify({ anchors: [anchor] })).toMatchObject({ ok: true, records: 10 });
    await store.tamper(change);
    return { plain: await t.log.verify(), anchored: await t.log.verify({ anchors: [anchor] }) };
  };

  test.each<[string, Partial<SecurityLogRecord>]>([
    ['time', { at: 5 }],
    ['type', { type: 'sign-in.completed' }],
    ['outcome', { outcome: 'success' }],
    ['actor', { actor: '9' }],
    ['subject', { subject: null }],
    ['client', { client: '192.0.2.2' }],
    ['request', { requestId: 'r' }],
    ['details', { data: { count: 5 } }],
    ['hash', { hash: 'A'.repeat(43) }],
  ])('a record whose %s was altered', async (_what, change) => {
    expect((await tampered((records) => void (records[3] = { ...records[3]!, ...change }))).plain).toEqual({
      ok: false,
      sequence: 4,
      fault: 'altered',
    });
  });

  test('a record that was removed', async () => {
    expect((await tampered((records) => void records.splice(3, 1))).plain).toEqual({ ok: false, sequence: 4, fault: 'missing' });
  });

  test('a record that was removed, and those after it renumbered', async () => {
    const { plain } = await tampered((records) => {
      records.splice(3, 1);
      for (let index = 3; index < records.length; index++) records[index] = { ...records[index]!, sequence: index + 1 };
    });
    expect(plain).toEqual({ ok: false, sequence: 4, fault: 'altered' });
  });

  test('a record that was put in', async () => {
    const { plain } = await tampered((records) => {
      for (let index = 3; index < records.length; index++) records[index] = { ...records[index]!, sequence: index + 2 };
      records.splice(3, 0, { ...records[2]!, sequence: 4, subject: 'victim' });
    });
    expect(plain).toEqual({ ok: false, sequence: 4, fault: 'altered' });
  });

  test('records that were exchanged', async () => {
    const { plain } = await tampered((records) => {
      const [a, b] = [records[3]!, records[6]!];
      records[3] = { ...b, sequence: 4 };
      records[6] = { ...a, sequence: 7 };
    });
    expect(plain).toEqual({ ok: false, sequence: 4, fault: 'altered' });
  });

  test('a beginning that was cut off, and an end that was, by an anchor', async () => {
    expect((await tampered((records) => void records.splice(0, 2))).plain).toEqual({ ok: false, sequence: 1, fault: 'missing' });
    const { plain, anchored } = await tampered((records) => void records.splice(8));
    expect(plain).toMatchObject({ ok: true, records: 8 });
    expect(anchored).toEqual({ ok: false, sequence: 9, fault: 'cut' });
  });

  test('records that somebody without the key has written, and ones of a key that is not listed any more', async () => {
    const store = new OpenStore();
    {
      await using first = await start({ store });
      await first.log.record(tried);
      await first.log.record(tried);
    }
    {
      await using both = await start({ store, key: `${appKey(2)},${appKey(1)}` });
      await both.log.record(tried);
      expect(await both.log.verify()).toMatchObject({ ok: true, records: 3 });
    }
    await using second = await start({ store, key: appKey(2) });
    expect(await second.log.verify()).toEqual({ ok: false, sequence: 1, fault: 'unknown-key' });
    const [, at] = await all(store);
    expect(await second.log.verify({ from: at! })).toMatchObject({ ok: true, records: 1 });
  });
});

test('the end of the chain is written to the log after so many records, after an hour, and at the stop', async () => {
  const timers: { callback: () => void; ms: number }[] = [];
  const clock: Clock = Object.assign(new StillClock(), {
    setTimeout: (callback: () => void, ms: number) => {
      timers.push({ callback, ms });
      return { cancel: () => undefined };
    },
  });
  const t = await start({ clock, log: { anchorEvery: 3 } });
  const anchors = () => t.lines.filter(({ anchor }) => anchor !== undefined).map(({ anchor }) => anchor!.sequence);
  for (let count = 0; count < 3; count++) await t.log.record(tried);
  expect(anchors()).toEqual([3]);
  await t.log.record(tried);
  timers.findLast(({ ms }) => ms === 3_600_000)!.callback();
  expect(anchors()).toEqual([3, 4]);
  await t.log.record(tried);
  const last = await t.log.last();
  await t.app.stop();
  expect(anchors()).toEqual([3, 4, 5]);
  expect(t.lines.findLast(({ anchor }) => anchor !== undefined)!.anchor).toEqual(last);
});

test('secrets are left out, long texts shortened, and what is no event refused', async () => {
  await using t = await start();
  const details = { password: 'hunter2', accessToken: 'abc', note: 'x'.repeat(5_000), line: 'a\u0000b\nc' };
  await t.log.record({ ...tried, userId: `7\n${'y'.repeat(400)}`, details });
  const [record] = await all(t.store);
  expect(record!.data).toEqual({ password: '[redacted]', accessToken: '[redacted]', note: 'x'.repeat(255), line: 'a b c' });
  expect(record!.subject).toHaveLength(255);
  const tooMuch = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, 'x'.repeat(200)]));
  for (const wrong of [
    { type: 'Signed In' },
    { type: 'x' },
    { type: `a.${'b'.repeat(70)}` },
    { details: tooMuch },
    { details: { deep: {} as string } },
  ])
    await expect(t.log.record({ ...tried, ...wrong })).rejects.toMatchObject({ code: 'AUTH_SECURITY_LOG_EVENT' });
  expect(await all(t.store)).toHaveLength(1);
});

class BrokenStore extends MemorySecurityLogStore {
  broken = true;

  override async append(record: SecurityLogRecord): Promise<boolean> {
    if (this.broken) throw new Error('the disk is full');
    return super.append(record);
  }
}

test('a store that fails loses no sign-in, and the record stands in the log as an error', async () => {
  const store = new BrokenStore();
  await using t = await start({ store });
  await t.log.record(tried);
  expect(t.lines.filter(({ lost }) => lost !== undefined)).toMatchObject([{ lost: { type: 'sign-in.password', subject: '7' } }]);
  store.broken = false;
  await t.log.record(tried);
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 1 });
});

test('a log that must not miss anything refuses what it cannot record', async () => {
  const store = new BrokenStore();
  await using t = await start({ store, log: { whenDown: 'closed' } });
  await expect(t.log.record(tried)).rejects.toMatchObject({ code: 'AUTH_SECURITY_LOG', kind: 'unavailable' });
  expect(t.lines.some(({ lost }) => lost !== undefined)).toBe(true);
  store.broken = false;
  await t.log.record(tried);
  expect(await all(store)).toHaveLength(1);
});

test('a store that hangs fills no memory: after 1,000 records that wait, the next are lost aloud', async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  class HangingStore extends MemorySecurityLogStore {
    override async append(record: SecurityLogRecord): Promise<boolean> {
      await gate;
      return super.append(record);
    }
  }
  await using t = await start({ store: new HangingStore() });
  const recorded = Array.from({ length: 1_005 }, () => t.log.record(tried));
  await Promise.all(recorded.slice(1_000));
  expect(t.lines.filter(({ lost }) => lost !== undefined)).toHaveLength(5);
  release();
  await Promise.all(recorded);
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 1_000 });
});

test('the memory keeps the last records, which can be verified from where they begin', async () => {
  await using t = await start({ store: new MemorySecurityLogStore({ most: 5 }) });
  for (let count = 0; count < 12; count++) await t.log.record(tried);
  const [first] = await all(t.store);
  expect(first!.sequence).toBe(8);
  expect(await t.log.verify()).toEqual({ ok: false, sequence: 1, fault: 'missing' });
  expect(await t.log.verify({ from: first! })).toMatchObject({ ok: true, records: 4 });
});

test('options that make no sense are refused where they are written', () => {
  for (const securityLog of [{ anchorEvery: 0 }, { anchorAfter: 1.5 }, { whenDown: 'maybe' as 'open' }])
    expect(() => AuthModule.with({ securityLog })).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});

test('the catalogue has every event that the framework notes', () => {
  const sources = new URL('../src/', import.meta.url);
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const noted = files.flatMap((name) => {
    const text = readFileSync(new URL(name, sources), 'utf8');
    return [...text.matchAll(/\.note\((?:key, )?\{\s*type: ([^,]+),/g)].flatMap(([, type]) =>
      [...type!.matchAll(/'([^']+)'/g)].map((found) => found[1]!),
    );
  });
  expect(noted.length).toBeGreaterThan(15);
  expect(noted.filter((type) => !Object.hasOwn(SECURITY_EVENT_TYPES, type))).toEqual([]);
});

await describeDialect('the security log in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const startOn = async (options: AuthOptions['securityLog'] = {}) => {
    const data = DataModule.with({ migrations: [createAuthSecurityLog], migrate: 'start' });
    const auth = AuthModule.with({ imports: [data], securityLog: { ...options, store: sqlSecurityLogStore } });
    @Module({ imports: [data, auth], routes: [get('/', { open: true, returns: { type: 'string' } }, () => '')] })
    class Root {}
    const env = { APP_KEY: appKey(), DATABASE_URL: suite.database.url, PORT: '0', LOG_LEVEL: 'fatal' };
    const app = await createApp(Root, { env, envFile: false });
    await app.start();
    return app;
  };
  const emptied = async (): Promise<Database> => {
    const database = openDatabase({ url: suite.database.url, migrations: [createAuthSecurityLog] });
    await database.migrate.up();
    await database.repository(authSecurityLog).deleteMany({ all: true });
    return database;
  };

  test('two processes write one chain, however many records at once', async () => {
    const database = await emptied();
    await using one = await startOn();
    await using two = await startOn();
    const logs = [one.get(SecurityLog), two.get(SecurityLog)];
    await Promise.all(Array.from({ length: 60 }, (_, count) => logs[count % 2]!.record({ ...tried, details: { count } })));
    expect(await logs[0]!.verify()).toMatchObject({ ok: true, records: 60 });
    const counts = (await database.repository(authSecurityLog).findMany()).map(
      ({ details }) => (JSON.parse(details) as { count: number }).count,
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, count) => count));
    await database.close();
  }, 60_000);

  test('what somebody changes in the database is found', async () => {
    const database = await emptied();
    await using app = await startOn();
    const log = app.get(SecurityLog);
    for (let count = 0; count < 5; count++) await log.record({ ...tried, details: { count } });
    expect(await log.verify()).toMatchObject({ ok: true, records: 5 });
    await database.sql`update ${authSecurityLog} set outcome = 'success' where sequence = 3`;
    expect(await log.verify()).toEqual({ ok: false, sequence: 3, fault: 'altered' });
    await database.sql`update ${authSecurityLog} set outcome = 'failure' where sequence = 3`;
    expect(await log.verify()).toMatchObject({ ok: true });
    await database.sql`delete from ${authSecurityLog} where sequence = 2`;
    expect(await log.verify()).toEqual({ ok: false, sequence: 2, fault: 'missing' });
    await database.close();
  });

  test('a log that must not miss anything refuses a record that only the end of a transaction could write', async () => {
    const database = await emptied();
    await using app = await startOn({ whenDown: 'closed' });
    const work = app.get(DATABASE).transaction(() => app.get(SecurityLog).record(tried));
    if (suite.dialect === 'sqlite') await expect(work).rejects.toMatchObject({ code: 'AUTH_SECURITY_LOG' });
    else await work;
    expect(await database.repository(authSecurityLog).count()).toBe(suite.dialect === 'sqlite' ? 0 : 1);
    await database.close();
  });

  test('a record stays when the transaction around it is rolled back', async () => {
    const database = await emptied();
    await using app = await startOn();
    const log = app.get(SecurityLog);
    const data = app.get(DATABASE);
    const work = data.transaction(async () => {
      await log.record(tried);
      await log.record(tried);
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    await log.record(tried);
    expect(await log.verify()).toMatchObject({ ok: true, records: 3 });
    await database.close();
  });
});
