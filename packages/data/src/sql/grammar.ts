import type { Dialect, DialectName } from '../dialect/dialect.js';
import type { TableColumn } from '../table/table.js';
import type { SqlWriter } from './sql-writer.js';

/** Which rows a lock keeps from whom, and whether it waits for others' locks. */
export interface RowLock {
  readonly kind: 'update' | 'share';
  readonly wait: 'wait' | 'skip' | 'fail';
}

/** How a condition on text looks for its operand. */
export type TextOperator = 'contains' | 'startsWith' | 'endsWith';

/** Types of a value inside a json column. */
export type JsonScalar = string | number | boolean | null;

/** A value inside a json column: the quoted column, and the keys and indexes that lead to it. */
export interface JsonPlace {
  readonly column: string;
  readonly path: readonly (string | number)[];
}

/** What differs between the SQL of the databases; one file each. Names it is given are quoted already. */
export interface Grammar {
  readonly name: DialectName;
  /** How a writing statement gives rows back; `insert` only: not from UPDATE and DELETE. */
  readonly gives: 'returning' | 'output' | 'nothing';
  /** Most rows of one VALUES list. */
  readonly mostTuples: number;
  quote(name: string): string;
  /** The placeholder of the nth value, from 1. */
  place(number: number): string;
  /** `column in (values)`; the list is not empty. */
  writeList(writer: SqlWriter, column: TableColumn, name: string, values: readonly unknown[], negate: boolean): void;
  /** A text condition, case-sensitive, in which `%` and `_` mean themselves. */
  writeText(writer: SqlWriter, name: string, operator: TextOperator, operand: string): void;
  /** What follows an ORDER BY term so that null is the smallest value. */
  nulls(direction: 'asc' | 'desc', nullable: boolean): string;
  /** LIMIT (1 or more) and OFFSET at the end of a SELECT. */
  writeLimit(writer: SqlWriter, limit: number | undefined, offset: number | undefined, sorted: boolean): void;
  /** What stands after the table's name (`hint`) and at the end of the SELECT (`suffix`). */
  lock(lock: RowLock, dialect: Dialect): { readonly hint: string; readonly suffix: string };
  /** Whether a value is there at a place (also null). */
  writeJsonExists(writer: SqlWriter, place: JsonPlace): void;
  /** Whether the value at a place is this one, of this type; false, not null, where there is none. */
  writeJsonEqual(writer: SqlWriter, place: JsonPlace, value: JsonScalar): void;
  /** Compares the value at a place, where it has the type of the operand. */
  writeJsonCompare(writer: SqlWriter, place: JsonPlace, comparison: '>' | '>=' | '<' | '<=', value: string | number): void;
  /** A text condition on the value at a place, where it is text. */
  writeJsonText(writer: SqlWriter, place: JsonPlace, operator: TextOperator, operand: string): void;
}

/** A LIKE pattern with `!` as its escape. */
export function likePattern(operator: TextOperator, operand: string, special = /[!%_]/g): string {
  const escaped = operand.replace(special, (character) => `!${character}`);
  if (operator === 'contains') return `%${escaped}%`;
  return operator === 'startsWith' ? `${escaped}%` : `%${escaped}`;
}

/** A path as MySQL, SQLite and SQL Server write it: `$."a"[0]`. */
export function jsonPath(path: readonly (string | number)[]): string {
  return `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `."${step}"`)).join('')}`;
}
