import type { Knex } from 'knex';
import type { Dialect } from '../dialect/dialect.js';
import { DATA_ERRORS } from '../errors.js';
import { quote } from '../sql/grammars.js';
import { PLACE } from '../table/column.js';
import { constantDefault, isSimple } from '../table/table-ddl.js';
import { checkValue, toDriver } from '../table/row-codec.js';
import type { TableColumn, TableInfo } from '../table/table.js';
import { defaultName } from './constraint-names.js';

/**
 * The statements that add a column to a table that is there: with its checks, reference and indexes, under the names that `createTable`
 * gives them. On MySQL and MariaDB it is one statement, which takes effect or does not. `fill` is the value of rows that exist; default:
 * the column's own constant default. Throws `DATA_TABLE`, `DATA_VALUE`.
 */
export function addColumnSql(knex: Knex, dialect: Dialect, info: TableInfo, column: TableColumn, fill: unknown): readonly string[] {
  const named = (name: string): string => quote(name, dialect.name);
  if (info.primary.includes(column) || column.codec.serial === true) {
    throw DATA_ERRORS.TABLE({
      table: JSON.stringify(info.name),
      reason: `${column.property} is of the primary key, which cannot be added later`,
    });
  }
  const value = fill === undefined ? constantDefault(column) : checkValue(info, column, fill);
  const literal = value === undefined ? undefined : toLiteral(knex, toDriver(column, value, dialect.name), dialect);
  const stays = fill === undefined && isSimple(column);
  const parts: Parts = {
    table: named(info.name),
    column: named(column.name),
    type: `${column.codec.sqlType(dialect.name, column.unique || column.index)}${column.nullable ? ' null' : ' not null'}`,
    literal,
    reference: referenceOf(dialect, info, column),
    check: column.codec.checkSql?.(named(column.name), dialect.name),
    unique: column.unique ? named(defaultName(info.name, [column.name], 'unique')) : undefined,
    index: column.index && !column.unique ? named(defaultName(info.name, [column.name], 'index')) : undefined,
    checkName: named(defaultName(info.name, [column.name], 'check')),
    referenceName: named(defaultName(info.name, [column.name], 'fkey')),
    comment: column.comment === undefined ? undefined : toLiteral(knex, column.comment, dialect),
  };
  const statements = writers[dialect.name](parts);
  if (literal !== undefined && !stays && (dialect.name === 'postgres' || dialect.name === 'mysql'))
    statements.push(`alter table ${parts.table} alter column ${parts.column} drop default`);
  if (parts.comment !== undefined && dialect.name === 'postgres')
    statements.push(`comment on column ${parts.table}.${parts.column} is ${parts.comment}`);
  return statements;
}

/** Whether rows that exist would be left without a value. */
export function leavesEmpty(column: TableColumn, fill: unknown): boolean {
  return !column.nullable && fill === undefined && constantDefault(column) === undefined;
}

interface Parts {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly literal: string | undefined;
  readonly reference: string | undefined;
  readonly check: string | undefined;
  readonly unique: string | undefined;
  readonly index: string | undefined;
  readonly checkName: string;
  readonly referenceName: string;
  /** The column's comment as a literal. */
  readonly comment: string | undefined;
}

const writers = {
  postgres(parts: Parts): string[] {
    const { table, column, type, literal, unique, index } = parts;
    const adds = [`add column ${column} ${type}${literal === undefined ? '' : ` default ${literal}`}`, ...constraints(parts)];
    if (unique !== undefined) adds.push(`add constraint ${unique} unique (${column})`);
    return [`alter table ${table} ${adds.join(', ')}`, ...(index === undefined ? [] : [`create index ${index} on ${table} (${column})`])];
  },
  mysql(parts: Parts): string[] {
    const { table, column, type, literal, unique, index, comment } = parts;
    // In parentheses: only as an expression may long text and json have one.
    const given = literal === undefined ? '' : ` default (${literal})`;
    const adds = [`add column ${column} ${type}${given}${comment === undefined ? '' : ` comment ${comment}`}`];
    if (unique !== undefined) adds.push(`add unique ${unique} (${column})`);
    if (index !== undefined) adds.push(`add index ${index} (${column})`);
    return [`alter table ${table} ${[...adds, ...constraints(parts)].join(', ')}`];
  },
  sqlite(parts: Parts): string[] {
    const { table, column, type, literal, unique, index, check, reference, checkName, referenceName } = parts;
    const inline = [
      literal === undefined ? '' : ` default ${literal}`,
      check === undefined ? '' : ` constraint ${checkName} check (${check})`,
      reference === undefined ? '' : ` constraint ${referenceName} ${reference}`,
    ];
    const statements = [`alter table ${table} add column ${column} ${type}${inline.join('')}`];
    if (unique !== undefined) statements.push(`create unique index ${unique} on ${table} (${column})`);
    if (index !== undefined) statements.push(`create index ${index} on ${table} (${column})`);
    return statements;
  },
  mssql(parts: Parts): string[] {
    const { table, column, type, literal, unique, index } = parts;
    const statements = [`alter table ${table} add ${column} ${type}${literal === undefined ? '' : ` default ${literal} with values`}`];
    for (const constraint of constraints(parts)) statements.push(`alter table ${table} ${constraint}`);
    if (unique !== undefined) statements.push(`create unique index ${unique} on ${table} (${column})`);
    if (index !== undefined) statements.push(`create index ${index} on ${table} (${column})`);
    return statements;
  },
};

function constraints({ column, check, reference, checkName, referenceName }: Parts): string[] {
  return [
    ...(check === undefined ? [] : [`add constraint ${checkName} check (${check})`]),
    ...(reference === undefined ? [] : [`add constraint ${referenceName} foreign key (${column}) ${reference}`]),
  ];
}

function referenceOf(dialect: Dialect, info: TableInfo, column: TableColumn): string | undefined {
  if (column.reference === undefined) return undefined;
  const place = column.reference.column()[PLACE];
  if (place === undefined)
    throw DATA_ERRORS.TABLE({ table: JSON.stringify(info.name), reason: `${column.property} refers to a column that is in no table` });
  // SQL Server knows no RESTRICT; its NO ACTION refuses at once, too.
  const { onDelete } = column.reference;
  const action = dialect.name === 'mssql' && onDelete === 'restrict' ? 'no action' : onDelete;
  return `references ${quote(place.table, dialect.name)} (${quote(place.name, dialect.name)}) on delete ${action}`;
}

// DDL takes no bound values; knex knows how each database wants a value written.
function toLiteral(knex: Knex, value: unknown, dialect: Dialect): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean' && dialect.name !== 'postgres') return value ? '1' : '0';
  if (value instanceof Uint8Array && dialect.name === 'postgres') return `'\\x${Buffer.from(value).toString('hex')}'`;
  return knex.raw('?', [value as Knex.RawBinding]).toQuery();
}
