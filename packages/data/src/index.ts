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
export { DATABASE, DATABASES, type Database, type SqlRows } from './database/database.js';
export type { DatabaseOptions } from './database/database-options.js';
export { DataModule, type DataModuleOptions } from './database/data-module.js';
export { openDatabase } from './database/open-database.js';
export { hidePassword } from './database/connection-url.js';
export type { PoolUse } from './database/pool.js';
export { queryChannel, type QueryEvent, type QueryLogger } from './database/query-observer.js';
export type { DialectName, Isolation } from './dialect/dialect.js';
export type { SqliteDriverName } from './dialect/sqlite-driver.js';
export type { TransactionOptions } from './transaction/transaction.js';
export { inTransaction, type TransactionAround } from './transaction/in-transaction.js';
export { Transactional, type AsyncMethodDecorator, type TransactionalOptions } from './transaction/transactional.js';
export type { FullText } from './table/full-text.js';
export { table, type AnyTable, type Table, type TableOptions } from './table/table.js';
export {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumOf,
  id,
  integer,
  json,
  smallint,
  text,
  time,
  timestamp,
  uuid,
} from './table/columns.js';
export type { AnyColumn, Column, IntegerColumn, OnDelete, TimestampColumn, UuidColumn } from './table/column.js';
export type { ColumnsOf, Id, Insert, Patch, PrimaryKey, Row } from './table/types.js';
export { tableSchema, type JsonRow, type SchemaPurpose, type TableSchema, type TableSchemaOptions } from './table/table-schema.js';
export { filterOf, type FilterOptions, type TableFilter } from './filter/filter-of.js';
export type { FilterDeclaration, FilterOperator, FilterQuery } from './filter/filter-types.js';
export { Repository } from './repository/repository.js';
export type {
  Change,
  FindByIdOptions,
  FindOneOptions,
  FindOptions,
  Found,
  Increment,
  IterateOptions,
  Property,
  UpsertOptions,
  WriteOptions,
} from './repository/options.js';
export type { Aggregated, AggregateOptions, Aggregates, Bounds, Group, GroupOptions, Having } from './repository/aggregate-types.js';
export type { DeletedOptions } from './repository/deleted.js';
export type { LockOptions } from './repository/lock.js';
export type { All, Condition, Filter, JsonCondition, OrderBy, OrderTerm, Search, TextCondition, Where } from './repository/where.js';
export type { OffsetPage, OffsetPageOptions, Page, PageColumns, PageOptions } from './repository/page.js';
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
export {
  defineMigration,
  type Migration,
  type MigrationAction,
  type MigrationBody,
  type MigrationOptions,
  type MigrationStep,
} from './migrate/define-migration.js';
export type { MigrationSql } from './migrate/dry-run.js';
export type { IndexOptions } from './migrate/indexes.js';
export type { MigrationContext } from './migrate/migration-context.js';
export type { MigrationState, MigrationStatus } from './migrate/migration-status.js';
export { Migrator, type UpOptions } from './migrate/migrator.js';
export type { DownOptions } from './migrate/plan.js';
export {
  factory,
  type Definition,
  type Factory,
  type FactoryContext,
  type FactoryOptions,
  type FromParent,
  type Overrides,
} from './factory/factory.js';
export type { Random } from './factory/random.js';
export { defineSeed, type Seed, type SeedOptions } from './seed/define-seed.js';
export { Seeder, type SeedRunOptions, type SeedStatus } from './seed/seeder.js';
