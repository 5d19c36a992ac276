import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { boolean, type Database, integer, type SqliteDriverName, table } from '@plinth/data';
import { describe, expect, test } from 'vitest';
import { codeOf, sqliteChild, sqliteFiles } from './support/sqlite-files.js';

const files = sqliteFiles();
const { open } = files;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [...sqliteChild.args, ...args], { cwd: sqliteChild.cwd, stdio: ['ignore', 'pipe', 'inherit'] });
const ended = (process: ChildProcess): Promise<void> => new Promise((resolve) => process.once('exit', () => resolve()));

describe.each<SqliteDriverName>(['better-sqlite3', 'node:sqlite'])('sharing a file of SQLite on %s', (driver) => {
  test('two databases of one process write to it in turns: the second waits for the transaction of the first, and the event loop goes on', async () => {
    const first = open('a.db', { driver });
    await first.knex.raw('create table t (who text)');
    // Another path to the same file.
    const second = open('./a.db', { driver });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const order: string[] = [];
    let running = 0;
    const write = (db: Database, who: string, ms: number) =>
      db.transaction(async () => {
        expect(++running).toBe(1);
        await db.sql`insert into t values (${who})`;
        await pause(ms);
        order.push(who);
        running--;
      });
    await second.ping();
    delay.enable();
    const holder = write(first, 'first', 1_000);
    await pause(50);
    const waiting = [write(second, 'second', 5), second.sql`insert into t values ('alone')`.then(() => order.push('alone'))];
    const again = holder.then(() => write(first, 'again', 5));
    expect(await second.knex.raw('select count(*) as n from t').catch(() => 'in line')).toBeDefined();
    await Promise.all([holder, ...waiting, again]);
    delay.disable();
    expect(order.slice(0, 2)).toEqual(['first', 'second']);
    expect(order.slice(2).sort()).toEqual(['again', 'alone']);
    expect((await first.sql`select * from t`).length).toBe(4);
    // A blocking wait would have stopped it for the whole second.
    expect(delay.max / 1e6).toBeLessThan(700);
  });

  test('whoever waits for another database of the process longer than the lock limit gets DATA_LOCK_TIMEOUT, and the next one its turn', async () => {
    const first = open('a.db', { driver });
    await first.knex.raw('create table t (a integer)');
    const second = open('a.db', { driver, lockTimeout: 100 });
    await first.transaction(async () => {
      await first.sql`insert into t values (1)`;
      expect(await codeOf(second.sql`insert into t values (2)`)).toBe('DATA_LOCK_TIMEOUT');
      expect((await second.sql`select * from t`).length).toBe(0);
    });
    expect((await second.sql`select * from t`).length).toBe(1);
    await second.sql`insert into t values (3)`;
    expect((await first.sql`select * from t`).length).toBe(2);
  });

  test('what a transaction in this process has lost (a closed database in the middle) frees the file for the others', async () => {
    const first = open('a.db', { driver });
    await first.knex.raw('create table t (a integer)');
    const second = open('a.db', { driver });
    const gone = first.transaction(async () => {
      await first.sql`insert into t values (1)`;
      await first.close(0);
      await first.sql`insert into t values (2)`;
    });
    expect(await codeOf(gone)).not.toBe('no error');
    await second.sql`insert into t values (3)`;
    expect(await second.sql`select a from t`).toMatchObject([{ a: 3 }]);
  });

  test('a change of the schema by another connection is seen by statements that were compiled before it', async () => {
    const db = open('a.db', { driver });
    const other = open('a.db', { driver });
    await db.knex.raw('create table t (a integer, b integer)');
    await db.sql`insert into t values (1, 2)`;
    expect(await other.sql`select * from t`).toEqual([{ a: 1, b: 2 }]);
    await db.knex.raw('alter table t rename column b to c');
    expect(await other.sql`select * from t`).toEqual([{ a: 1, c: 2 }]);
    await db.knex.raw('alter table t add column d integer default 3');
    expect(await other.sql`select * from t`).toEqual([{ a: 1, c: 2, d: 3 }]);
    expect(await db.sql`select * from t`).toEqual([{ a: 1, c: 2, d: 3 }]);
  });

  test('reads outside of a transaction do not wait for one that is open, see what is committed, and their own writes always', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table t (a integer)');
    const seen: number[] = [];
    const count = async () => (await db.sql<{ n: number }>`select count(*) as n from t`)[0]!.n;
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const writing = db.transaction(async () => {
      await db.sql`insert into t values (1)`;
      seen.push(await count());
      await ended;
    });
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    seen.push(await count());
    end();
    await writing;
    seen.push(await count());
    expect(seen).toEqual([1, 0, 1]);
    // With another transaction open all the time, each write is seen by the read after it.
    let stale = 0;
    const busy = Promise.all(Array.from({ length: 5 }, () => db.transaction(() => pause(20))));
    for (let n = 2; n < 30; n++) {
      await db.sql`insert into t values (${n})`;
      if ((await count()) !== n) stale++;
    }
    await busy;
    expect(stale).toBe(0);
    await db.knex.raw('create temp table own (a integer)');
    const held = db.transaction(() => pause(20));
    expect(await db.sql`select * from own`).toEqual([]);
    await held;
    expect(db.pool.used).toBe(0);
  });

  test('a loop over the rows of iterate() may write, ends early, and leaves the file free', async () => {
    const notes = table('notes', { id: integer().primary(), seen: boolean() });
    const db = open('a.db', { driver });
    await db.knex.raw('create table notes (id integer primary key, seen integer not null)');
    await db.repository(notes).insertMany(Array.from({ length: 500 }, (_, index) => ({ id: index + 1, seen: false })));
    let rows = 0;
    for await (const row of db.repository(notes).iterate()) {
      await db.repository(notes).update(row.id, { seen: true });
      if (++rows === 300) break;
    }
    expect(await db.repository(notes).count({ seen: true })).toBe(300);
    await db.transaction(async () => {
      for await (const row of db.repository(notes).iterate()) if (row.id === 10) break;
      await db.repository(notes).update(500, { seen: true });
    });
    expect(await db.repository(notes).count({ seen: true })).toBe(301);
    await db.knex.raw('drop table notes');
    await db.close();
    expect(existsSync(join(files.folder, 'a.db-wal'))).toBe(false);
  });

  test('processes that write at the same time lose nothing', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table counter (n integer)');
    await db.knex.raw('insert into counter values (0)');
    const url = `sqlite:${join(files.folder, 'a.db')}`;
    const others = [run(url, driver, 'count', '60'), run(url, driver, 'count', '60')];
    const exits = others.map(ended);
    for (let turn = 0; turn < 60; turn++) {
      await db.transaction(async () => {
        const [row] = await db.sql<{ n: number }>`select n from counter`;
        await new Promise((resolve) => setImmediate(resolve));
        await db.sql`update counter set n = ${row!.n + 1}`;
      });
    }
    await Promise.all(exits);
    expect(others.map((other) => other.exitCode)).toEqual([0, 0]);
    expect(await db.sql`select n from counter`).toMatchObject([{ n: 180 }]);
  }, 60_000);

  test('kill -9 in the middle of writes: what was acknowledged is there, and no transaction is torn', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table ledger (pair integer, side text)');
    const writer = run(`sqlite:${join(files.folder, 'a.db')}`, driver, 'ledger');
    const exit = ended(writer);
    let acknowledged = 0;
    for await (const line of createInterface({ input: writer.stdout! })) {
      acknowledged = Number(line);
      if (acknowledged === 200) writer.kill('SIGKILL');
    }
    await exit;
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    const pairs = await db.sql<{ pair: number; sides: number }>`select pair, count(*) as sides from ledger group by pair`;
    expect(pairs.length).toBeGreaterThanOrEqual(acknowledged);
    expect(pairs.filter(({ sides }) => sides !== 2)).toEqual([]);
    expect(await db.knex.raw('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }, 60_000);
});
