import { DATA_ERRORS } from '../errors.js';
import { NotNullViolation } from '../failure/database-errors.js';
import { checkValue } from '../table/row-codec.js';
import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';

/** Checked values by property; a column that the database generates is left out. */
export type Checked = Readonly<Record<string, unknown>>;

/** A row to insert: checked, with its defaults. Throws `DATA_COLUMN_UNKNOWN`, `DATA_COLUMN_REQUIRED`, `DATA_NOT_NULL` and what `checkValue` throws. */
export function completeRow(info: TableInfo, row: object, now: Date): Checked {
  const given = row as Readonly<Record<string, unknown>>;
  for (const property of Object.keys(given)) columnOf(info, property);
  const complete: Record<string, unknown> = {};
  for (const column of info.columns) {
    const value = given[column.property];
    if (value !== undefined) complete[column.property] = checkNullable(info, column, value);
    else if (column.default === 'generated') continue;
    else complete[column.property] = defaultOf(info, column, now);
  }
  return complete;
}

/** The changes of an update, checked; undefined leaves a column as it is. */
export function completePatch(info: TableInfo, patch: object, now: Date): Checked {
  const changes: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(patch)) {
    const column = columnOf(info, property);
    if (value === undefined) continue;
    if (info.primary.includes(column)) {
      throw DATA_ERRORS.VALUE({ table: info.name, column: property, given: 'a new primary key', expected: 'no change of the primary key' });
    }
    changes[property] = checkNullable(info, column, value);
  }
  if (Object.keys(changes).length === 0) return changes;
  for (const column of info.columns) {
    if (column.updateNow && !Object.hasOwn(changes, column.property)) changes[column.property] = now;
  }
  return changes;
}

function checkNullable(info: TableInfo, column: TableColumn, value: unknown): unknown {
  if (value !== null) return checkValue(info, column, value);
  if (column.nullable) return null;
  throw new NotNullViolation({ table: info.name, columns: [column.name] });
}

function defaultOf(info: TableInfo, column: TableColumn, now: Date): unknown {
  const { default: given } = column;
  if (given === 'now') return new Date(now);
  if (typeof given === 'object') return checkNullable(info, column, 'make' in given ? given.make() : given.value);
  if (column.nullable) return null;
  throw DATA_ERRORS.COLUMN_REQUIRED({ table: info.name, column: column.property });
}
