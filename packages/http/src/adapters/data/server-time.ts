import { sql, type Database, type Sql } from '@plinth/data';

/** The database server's clock as whole microseconds since 1970; on SQLite, which has none of its own, this machine's to the millisecond. */
export function serverMicroseconds(dialect: Database['dialect']): Sql {
  switch (dialect) {
    case 'postgres':
      return sql`cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)`;
    case 'mysql':
      return sql`cast(unix_timestamp(now(6)) * 1000000 as signed)`;
    case 'mssql':
      return sql`datediff_big(microsecond, '1970-01-01', sysutcdatetime())`;
    case 'sqlite':
      return sql`cast(round(unixepoch('subsec') * 1000) * 1000 as integer)`;
  }
}
