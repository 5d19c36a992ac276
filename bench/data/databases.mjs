// A database of our own on each server, made, filled, looked into and dropped by the run itself, never by a contender.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createTables, fromStored, insertStatements, seeds } from './tables.mjs';

const name = `plinth_bench_${process.pid}`;

/** `{ title, version, urlFor(contender), run(sql, contender), rows(sql, contender), drop() }` of a filled database. */
export async function createDatabase(database) {
  const made = await { postgres: createPostgres, mysql: createMysql, sqlite: createSqlite }[database]();
  try {
    for (const sql of createTables(database)) await made.run(sql);
    for (const [table, rows] of Object.entries(seeds())) for (const sql of insertStatements(database, table, rows)) await made.run(sql);
    await made.filled();
    return made;
  } catch (error) {
    await made.drop();
    throw error;
  }
}

async function createPostgres() {
  const server = new URL(process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432');
  if (server.pathname.length < 2) server.pathname = '/postgres';
  const own = new URL(server);
  own.pathname = `/${name}`;
  const asOwner = async (...statements) => {
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  };
  // Waiting for the disk is the same for everyone, and differs from second to second.
  await asOwner(
    `create database ${name}`,
    `alter database ${name} set synchronous_commit = off`,
    `alter database ${name} set timezone = 'UTC'`,
  );
  const client = new pg.Client({ connectionString: own.href });
  await client.connect();
  return {
    title: 'PostgreSQL',
    version: (await client.query('show server_version')).rows[0].server_version,
    urlFor: () => own.href,
    run: (sql) => client.query(sql),
    rows: async (sql) => (await client.query(sql)).rows.map(fromStored),
    empty: (table) => client.query(`truncate ${table}`),
    async filled() {
      // Keys were given: what the database counts goes on behind them.
      for (const table of Object.keys(seeds()).filter((each) => each !== 'article_tags'))
        await client.query(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`);
      await client.query('vacuum analyze');
    },
    async drop() {
      await client.end();
      await asOwner(`drop database if exists ${name} with (force)`);
    },
  };
}

async function createMysql() {
  const server = new URL(process.env.TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306');
  server.protocol = 'mysql:';
  const own = new URL(server);
  own.pathname = `/${name}`;
  const client = await mysql.createConnection({ uri: server.href, timezone: 'Z' });
  await client.query(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  await client.query(`use ${name}`);
  return {
    title: 'MariaDB',
    version: (await client.query('select version() as version'))[0][0].version,
    urlFor: () => own.href,
    run: (sql) => client.query(sql),
    rows: async (sql) => (await client.query(sql))[0].map(fromStored),
    empty: (table) => client.query(`truncate ${table}`),
    filled: () => client.query(`analyze table ${Object.keys(seeds()).join(', ')}`),
    async drop() {
      await client.query(`drop database if exists ${name}`);
      await client.end();
    },
  };
}

/** One file per contender: processes that share a file would wait for each other's locks. */
async function createSqlite() {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-data-'));
  const template = join(folder, 'template.db');
  const files = new Map([['template', new Sqlite(template)]]);
  const fileOf = (contender) => join(folder, `${contender}.db`);
  const open = (contender) => {
    if (!files.has(contender)) files.set(contender, new Sqlite(fileOf(contender), { timeout: 5_000 }));
    return files.get(contender);
  };
  return {
    title: 'SQLite',
    version: files.get('template').prepare('select sqlite_version()').pluck().get(),
    urlFor(contender) {
      copyFileSync(template, fileOf(contender));
      return fileOf(contender);
    },
    run: async (sql, contender = 'template') => open(contender).exec(sql),
    rows: async (sql, contender) => open(contender).prepare(sql).all().map(fromStored),
    empty: async (table, contender) => open(contender).exec(`delete from ${table}; pragma wal_checkpoint(truncate)`),
    async filled() {
      files.get('template').exec('analyze; vacuum');
      files.get('template').close();
      files.delete('template');
    },
    async drop() {
      for (const file of files.values()) file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
