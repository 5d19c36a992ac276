// Drizzle on the three drivers.
import Sqlite from 'better-sqlite3';
import { drizzle as onSqlite } from 'drizzle-orm/better-sqlite3';
import { drizzle as onMysql } from 'drizzle-orm/mysql2';
import { drizzle as onPostgres } from 'drizzle-orm/node-postgres';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { prepareSqlite } from './prepare-sqlite.mjs';

/** `{ db, close }` */
export function connect({ database, url, connections }, schema) {
  if (database === 'sqlite') {
    const client = prepareSqlite(new Sqlite(url));
    return { db: onSqlite({ client, schema }), close: () => client.close() };
  }
  if (database === 'mysql') {
    const client = mysql.createPool({ uri: url, connectionLimit: connections, timezone: 'Z' });
    // MariaDB has no LATERAL, which the mode 'default' needs.
    return { db: onMysql({ client, schema, mode: 'planetscale' }), close: () => client.end() };
  }
  const client = new pg.Pool({ connectionString: url, max: connections });
  return { db: onPostgres({ client, schema }), close: () => client.end() };
}

/** What a relational query loads beside articles. */
export const withRelations = { author: true, comments: true, articleTags: { columns: {}, with: { tag: true } } };

/** A many-to-many relation goes through its joining table, which the application strips. */
export function withTags(rows) {
  for (const row of rows) {
    row.tags = row.articleTags.map(({ tag }) => tag);
    delete row.articleTags;
  }
  return rows;
}

export const affectedBy = {
  postgres: (result) => result.rowCount,
  mysql: ([header]) => header.affectedRows,
  sqlite: (result) => result.changes,
};

/** What its relational queries cannot do, with or without LATERAL. */
export const cannot = {
  mysql: { pageWithRelations: 'its relational queries refer out of derived tables, which MariaDB does not allow' },
};
