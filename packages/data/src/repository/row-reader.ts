import type { DialectName } from '../dialect/dialect.js';
import { readValue } from '../table/row-codec.js';
import type { TableColumn, TableInfo } from '../table/table.js';

/** Turns a row of the driver, whose properties are named as the table's, into a row of the table; in place. Throws `DATA_STORED_VALUE`. */
export type RowReader = (raw: object) => Record<string, unknown>;

/** Compiles the reader of some columns of a table. */
export function compileReader(info: TableInfo, dialect: DialectName, columns: readonly TableColumn[] = info.columns): RowReader {
  const count = columns.length;
  const names = columns.map((column) => column.property);
  const plain = columns.map((column) => plainType(column, dialect));
  const booleans = columns.map((column) => column.codec.type === 'boolean');
  return (raw) => {
    const row = raw as Record<string, unknown>;
    for (let index = 0; index < count; index++) {
      const name = names[index]!;
      const value = row[name];
      if (value === null || typeof value === plain[index]) continue;
      // What MariaDB and SQLite have for true and false.
      if (booleans[index] && (value === 1 || value === 0)) row[name] = value === 1;
      else row[name] = readValue(info, columns[index]!, value, dialect);
    }
    return row;
  };
}

/** The type of JavaScript whose values are right as they come; the codec reads everything else. */
function plainType({ codec }: TableColumn, dialect: DialectName): string | undefined {
  switch (codec.type) {
    case 'text':
      return 'string';
    case 'uuid':
      // A uuid of PostgreSQL is one, and in lower case.
      return dialect === 'postgres' ? 'string' : undefined;
    case 'integer':
    case 'smallint':
    case 'double':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return undefined;
  }
}
