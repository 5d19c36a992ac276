import type { Connection } from './dialect.js';

/** A connection that knows the number of its session on the server. */
export interface NumberedConnection extends Connection {
  readonly session: number;
}

/**
 * Asks PostgreSQL over `other` whether it still works for `asked`; true where that cannot be told. A session that is gone, or waits for
 * a statement, will never answer the one that we have sent: a network in between has forgotten the connection.
 */
export function postgresServes(asked: NumberedConnection, other: NumberedConnection): Promise<boolean> {
  const sql = `select pg_backend_pid() as own, (select coalesce(state, '') from pg_stat_activity where pid = ${Number(asked.session)}) as state`;
  return serves(other, sql, (state) => state !== null && !String(state).startsWith('idle'));
}

/** The same of MariaDB and MySQL. */
export function mysqlServes(asked: NumberedConnection, other: NumberedConnection): Promise<boolean> {
  const sql = `select connection_id() as own, (select command from information_schema.processlist where id = ${Number(asked.session)}) as state`;
  return serves(other, sql, (state) => state !== null && state !== 'Sleep');
}

async function serves(other: NumberedConnection, sql: string, works: (state: unknown) => boolean): Promise<boolean> {
  const [row] = (await other.run({ sql, bindings: [] })).rows;
  // Behind a pooler our numbers are its own, and mean nothing to the server.
  if (row === undefined || Number(row['own']) !== other.session) return true;
  return works(row['state']);
}
