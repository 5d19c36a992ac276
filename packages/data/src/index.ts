export { DATA_ERRORS } from './errors.js';
export {
  CheckViolation,
  CommitOutcomeUnknown,
  ConnectionLost,
  DatabaseFailure,
  Deadlock,
  FAILURE_CODES,
  ForeignKeyViolation,
  LockTimeout,
  NotNullViolation,
  OutOfRange,
  QueryTimeout,
  ReadOnly,
  SchemaMismatch,
  SerializationFailure,
  StatementFailure,
  Unavailable,
  UniqueViolation,
  ValueTooLong,
  type FailureFacts,
} from './failure/database-errors.js';
export { DATABASE, type Database, type SqlRows } from './database/database.js';
export type { DatabaseOptions } from './database/database-options.js';
export { DataModule, type DataModuleOptions } from './database/data-module.js';
export { openDatabase } from './database/open-database.js';
export { hidePassword } from './database/connection-url.js';
export type { PoolUse } from './database/pool.js';
export { queryChannel, type QueryEvent, type QueryLogger } from './database/query-observer.js';
export type { DialectName, Isolation } from './dialect/dialect.js';
export type { TransactionOptions } from './transaction/transaction.js';
export { inTransaction, type TransactionAround } from './transaction/in-transaction.js';
export { table, type AnyTable, type Table, type TableOptions } from './table/table.js';
export { bigint, boolean, bytes, date, decimal, double, enumOf, id, integer, json, text, timestamp, uuid } from './table/columns.js';
export type { AnyColumn, Column, OnDelete, TimestampColumn, UuidColumn } from './table/column.js';
export type { ColumnsOf, Id, Insert, Patch, PrimaryKey, Row } from './table/types.js';
export { tableSchema, type JsonRow, type TableSchema, type TableSchemaOptions } from './table/table-schema.js';
export { Repository, type FindOptions, type UpsertOptions } from './repository/repository.js';
export type { All, Condition, Filter, OrderBy, OrderTerm, TextCondition, Where } from './repository/where.js';
export type { OffsetPage, OffsetPageOptions, Page, PageOptions } from './repository/page.js';
export {
  many,
  manyToMany,
  maybe,
  one,
  type Loaded,
  type Relation,
  type RelationOptions,
  type RowWith,
  type With,
} from './repository/relations.js';
export { Sql, sql, type SqlPart } from './sql/sql.js';
export { defineMigration, type Migration, type MigrationContext } from './migrate/define-migration.js';
export { Migrator, type MigrationStatus } from './migrate/migrator.js';
export { defineSeed, type Seed } from './seed/define-seed.js';
export { Seeder } from './seed/seeder.js';
