import { DATA_ERRORS } from '../errors.js';
import { describeType } from '../table/row-codec.js';
import { columnOf, type TableColumn, type TableInfo } from '../table/table.js';

/** The columns that an option such as `select` names. Throws `DATA_COLUMN_UNKNOWN`, and `DATA_VALUE` for what is no list of names. */
export function readColumns(info: TableInfo, option: string, properties: unknown): TableColumn[] {
  return checkList(info, option, properties).map((property) => {
    if (typeof property === 'string') return columnOf(info, property);
    throw refuse(info, option, property, 'the name of a column');
  });
}

/** What was given as a list. Throws `DATA_VALUE`: a text has a length too. */
export function checkList(info: TableInfo, name: string, given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  throw refuse(info, name, given, 'a list');
}

function refuse(info: TableInfo, name: string, given: unknown, expected: string): Error {
  return DATA_ERRORS.VALUE({ table: info.name, column: `(${name})`, given: describeType(given), expected });
}
