import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import type { Database, SqliteDriverName } from '@plinth/data';
import { describe, expect, test } from 'vitest';
import { codeOf, sqliteChild, sqliteFiles } from './support/sqlite-files.js';

const withoutBetter = new URL('./fixtures/without-better-sqlite3.mjs', import.meta.url).href;
const files = sqliteFiles();
const { open } = files;

describe.each<SqliteDriverName>(['better-sqlite3', 'node:sqlite'])('a file of SQLite on %s', (driver) => {
  test('is opened with a write-ahead log, foreign keys, no busy timeout of its own, and the durability asked for', async () => {
    const db = open('a.db', { driver });
    const pragma = async (on: Database, name: string) => Object.values((await on.knex.raw(`pragma ${name}`))[0])[0];
    expect(await pragma(db, 'journal_mode')).toBe('wal');
    expect(await pragma(db, 'foreign_keys')).toBe(1);
    expect(await pragma(db, 'busy_timeout')).toBe(0);
    expect(await pragma(db, 'synchronous')).toBe(1);
    expect(await pragma(open('b.db', { driver, synchronous: 'full' }), 'synchronous')).toBe(2);
  });

  test('the log is emptied into the file when it is closed', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table t (a integer)');
    expect(existsSync(join(files.folder, 'a.db-wal'))).toBe(true);
    await db.close();
    expect(existsSync(join(files.folder, 'a.db-wal'))).toBe(false);
  });

  test('a file that is no database, is damaged or is a directory says so, and is left as it is', async () => {
    writeFileSync(
      join(files.folder, 'text.db'),
      'no database at all, only text that is long enough to be looked at by SQLite as a header of 100 bytes...',
    );
    const text = await open('text.db', { driver })
      .ping()
      .catch((error: Error) => error);
    expect(text).toMatchObject({
      code: 'DATA_UNAVAILABLE',
      driverCode: 'SQLITE_NOTADB',
      message: expect.stringContaining('no SQLite database'),
    });
    expect(readFileSync(join(files.folder, 'text.db'), 'utf8')).toMatch(/^no database/);
    mkdirSync(join(files.folder, 'dir.db'));
    expect(
      await open('dir.db', { driver })
        .ping()
        .catch((error: Error) => error),
    ).toMatchObject({
      code: 'DATA_UNAVAILABLE',
      driverCode: expect.stringMatching(/^SQLITE_CANTOPEN/),
    });
    expect(await codeOf(open('missing/deeper/a.db', { driver }).ping())).toBe('DATA_DIRECTORY');
    const whole = open('damaged.db', { driver });
    await whole.knex.raw('create table t (a text)');
    await whole.sql`insert into t select hex(randomblob(1000)) from (with recursive c(x) as (select 1 union all select x + 1 from c where x < 200) select x from c)`;
    await whole.close();
    const file = openSync(join(files.folder, 'damaged.db'), 'r+');
    for (let page = 2; page < statSync(join(files.folder, 'damaged.db')).size / 4096; page += 2)
      writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
    const damaged = await open('damaged.db', { driver }).sql`select max(a) from t`.catch((error: Error) => error);
    expect(damaged).toMatchObject({ code: 'DATA_UNAVAILABLE', message: expect.stringContaining('damaged') });
  });

  test('a full disk is DATA_UNAVAILABLE and undoes the transaction that met it; the file serves on', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table t (a text)');
    await db.sql`insert into t values ('kept')`;
    await db.knex.raw('pragma max_page_count = 8');
    const full = await db
      .transaction(async () => {
        for (let row = 0; row < 100; row++) await db.sql`insert into t values (${'x'.repeat(3_000)})`;
      })
      .catch((error: Error) => error);
    expect(full).toMatchObject({ code: 'DATA_UNAVAILABLE', driverCode: 'SQLITE_FULL', message: expect.stringContaining('disk is full') });
    expect(db.pool.used).toBe(0);
    await db.knex.raw('pragma max_page_count = 1000');
    await db.sql`insert into t values ('later')`;
    expect(await db.sql`select a from t`).toMatchObject([{ a: 'kept' }, { a: 'later' }]);
  });

  test('a file that may only be read is DATA_READ_ONLY', async () => {
    const db = open('a.db', { driver });
    await db.knex.raw('create table t (a integer)');
    await db.knex.raw('pragma query_only = on');
    expect(await codeOf(db.sql`insert into t values (1)`)).toBe('DATA_READ_ONLY');
    await db.knex.raw('pragma query_only = off');
    // Rights bind nobody who is root.
    if (process.getuid?.() === 0) return;
    await db.close();
    chmodSync(join(files.folder, 'a.db'), 0o444);
    expect(await codeOf(open('a.db', { driver }).sql`insert into t values (1)`)).toBe('DATA_READ_ONLY');
  });

  test('integers, bytes, rows and wrong calls are the same on either driver', async () => {
    const db = open(':memory:', { driver });
    await db.knex.raw('create table t (id integer primary key, a blob)');
    expect(await db.knex('t').insert({ a: Buffer.from('hi') })).toEqual([1]);
    const [row] = await db.sql<{ id: number; a: Uint8Array }>`select * from t`;
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect([row!.id, Buffer.from(row!.a).toString()]).toEqual([1, 'hi']);
    expect(await db.sql`insert into t (a) values (${'x'}) returning id`).toMatchObject([{ id: 2 }]);
    const big = await db.sql`select ${9007199254740993n} as big`.catch((error: Error) => error);
    expect(big).toMatchObject(driver === 'node:sqlite' ? { code: 'DATA_STATEMENT' } : [{ big: 9007199254740992 }]);
    expect(inspect(big, { depth: 9 })).not.toContain('0993');
    expect(await codeOf(db.knex('t').where('a', { token: 'x' } as never))).toBe('DATA_STATEMENT');
    expect(await codeOf(db.knex.raw('select 1; delete from t'))).toBe('DATA_STATEMENT');
    expect((await db.sql`select * from t`).length).toBe(2);
    expect(await db.knex.raw("select ';' as a /* ; */ ; -- the end")).toEqual([{ a: ';' }]);
    expect(await codeOf(db.knex.raw('select ? as a'))).toBe('DATA_STATEMENT');
    expect(await db.sql`select '?' as a, "?" as b, ${3} as c from (select 2 as "?") -- ?`).toMatchObject([{ a: '?', b: 2, c: 3 }]);
  });
});

test('without better-sqlite3 the database is reached through node:sqlite, with nothing to install and nothing on stderr', async () => {
  const look = async (...preload: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [...preload, ...sqliteChild.args, 'sqlite::memory:', 'default', 'which'],
      { cwd: sqliteChild.cwd },
    );
    return { ...(JSON.parse(stdout) as object), stderr };
  };
  expect(await look()).toEqual({ rows: [{ n: 1 }], better: true, stderr: '' });
  expect(await look('--import', withoutBetter)).toEqual({ rows: [{ n: 1 }], better: false, stderr: '' });
}, 60_000);

test('better-sqlite3 that is asked for by name and not installed is DATA_DRIVER_MISSING', async () => {
  const args = ['--import', withoutBetter, ...sqliteChild.args, 'sqlite::memory:', 'better-sqlite3', 'write'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: sqliteChild.cwd });
  expect(stdout).toBe('DATA_DRIVER_MISSING');
}, 60_000);
