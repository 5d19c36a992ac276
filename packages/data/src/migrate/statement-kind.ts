import { createHash } from 'node:crypto';

const comments = /^(?:\s+|\/\*.*?\*\/|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$))*/s;
const reads = /^\(*\s*(?:select|show|describe|desc|explain|set|use|pragma|values|table)\b/i;
const control = /^(?:begin|start\s+transaction|commit|rollback|savepoint|release|save\s+tran)/i;
const schema = /^(?:create|alter|drop|rename|truncate|comment\s+on|grant|revoke|reindex|exec\s+sp_rename)\b/i;
// PostgreSQL leaves an invalid index behind; MariaDB drops the tables before the one that it cannot drop.
const halfway = /\bconcurrently\b|^drop\s+(?:table|view)\b.*,/is;

/** A statement without the comments before it. */
function bare(sql: string): string {
  return sql.replace(comments, '');
}

/** Whether a statement begins or ends a transaction or a savepoint. */
export function isControl(sql: string): boolean {
  return control.test(bare(sql));
}

/** Whether a statement may leave something behind: anything but reading, settings and transaction control. */
export function hasEffect(sql: string): boolean {
  const text = bare(sql);
  return !reads.test(text) && !control.test(text);
}

/** Whether a statement changes the schema. */
export function changesSchema(sql: string): boolean {
  return schema.test(bare(sql));
}

const again = '/* may be repeated */ ';

/** Marks a statement that mends by itself what an attempt that failed or was cut off has left: nobody has to look first. */
export function mayBeRepeated(sql: string): string {
  return again + sql;
}

/** Whether a statement was marked so. */
export function isRepeatable(sql: string): boolean {
  return sql.startsWith(again);
}

/** Whether a statement that failed has certainly left nothing behind. */
export function isAllOrNothing(sql: string): boolean {
  return isRepeatable(sql) || !halfway.test(bare(sql));
}

const follows = '/* follows the database */ ';

/** Marks a statement that depends on what the database holds: without the database it would not be known, so it has no fingerprint. */
export function followsDatabase(sql: string): string {
  return follows + sql;
}

/** The fingerprints of the schema changes among statements, in order; undefined where their text is not the same each time. */
export function fingerprint(statements: readonly string[]): string | undefined {
  const changes = statements.filter((sql) => changesSchema(sql) && !sql.startsWith(follows));
  // knex rebuilds tables of SQLite under random names.
  if (changes.some((sql) => sql.includes('_knex_temp_'))) return undefined;
  return changes.map((sql) => createHash('sha256').update(bare(sql).replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16)).join(' ');
}
