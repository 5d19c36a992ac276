import type { Dialect } from '../dialect/dialect.js';
import type { TableColumn } from '../table/table.js';
import { type Grammar, type JsonPlace, type JsonScalar, jsonPath, likePattern, type RowLock, type TextOperator } from './grammar.js';
import type { SqlWriter } from './sql-writer.js';

/** The SQL of MariaDB and MySQL. */
export const mysqlGrammar: Grammar = {
  name: 'mysql',
  gives: 'nothing',
  mostTuples: 1_000,
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  place: () => '?',
  writeList(writer: SqlWriter, _column: TableColumn, name: string, values: readonly unknown[], negate: boolean) {
    writer.stable = false;
    writer.text += `${name} ${negate ? 'not in (' : 'in ('}`;
    values.forEach((value, index) => {
      if (index > 0) writer.text += ', ';
      writer.bind(value);
    });
    writer.text += ')';
  },
  writeText(writer: SqlWriter, name: string, operator: TextOperator, operand: string) {
    writer.text += `${name} like `;
    writer.bind(likePattern(operator, operand));
    writer.text += ` escape '!'`;
  },
  nulls: () => '',
  writeLimit(writer: SqlWriter, limit: number | undefined, offset: number | undefined) {
    if (limit === undefined && (offset === undefined || offset === 0)) return;
    // A bound limit has to be an integer type, and the driver binds doubles; both are checked whole numbers.
    writer.text += ` limit ${limit ?? '18446744073709551615'}`;
    if (offset !== undefined && offset > 0) {
      writer.text += ` offset ${offset}`;
      writer.stable = false;
    }
  },
  lock({ kind, wait }: RowLock, { variant }: Dialect) {
    // MariaDB has no FOR SHARE.
    const words = kind === 'update' ? 'for update' : variant === 'mariadb' ? 'lock in share mode' : 'for share';
    return { hint: '', suffix: ` ${words}${wait === 'skip' ? ' skip locked' : wait === 'fail' ? ' nowait' : ''}` };
  },
  writeJsonExists(writer: SqlWriter, place: JsonPlace) {
    writer.text += `json_contains_path(${place.column}, 'one', `;
    writer.bind(jsonPath(place.path));
    writer.text += ') = 1';
  },
  writeJsonEqual(writer: SqlWriter, place: JsonPlace, value: JsonScalar) {
    const types = value === null ? `'NULL'` : typeof value === 'boolean' ? `'BOOLEAN'` : typeof value === 'string' ? `'STRING'` : numbers;
    writer.text += 'coalesce(json_type(';
    writeExtract(writer, place);
    writer.text += `) in (${types})`;
    if (value !== null) {
      writer.text += ' and ';
      writeComparable(writer, place, typeof value === 'number');
      writer.text += ' = ';
      writer.bind(typeof value === 'boolean' ? String(value) : value);
    }
    writer.text += ', false)';
  },
  writeJsonCompare(writer: SqlWriter, place: JsonPlace, comparison: string, value: string | number) {
    const number = typeof value === 'number';
    writeType(writer, place, number ? numbers : `'STRING'`);
    writeComparable(writer, place, number);
    writer.text += ` ${comparison} `;
    writer.bind(value);
    writer.text += ')';
  },
  writeJsonText(writer: SqlWriter, place: JsonPlace, operator: TextOperator, operand: string) {
    writeType(writer, place, `'STRING'`);
    writeComparable(writer, place, false);
    writer.text += ' like ';
    writer.bind(likePattern(operator, operand));
    writer.text += ` escape '!')`;
  },
};

const numbers = `'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'`;

function writeExtract(writer: SqlWriter, { column, path }: JsonPlace): void {
  writer.text += `json_extract(${column}, `;
  writer.bind(jsonPath(path));
  writer.text += ')';
}

function writeType(writer: SqlWriter, place: JsonPlace, types: string): void {
  writer.text += '(json_type(';
  writeExtract(writer, place);
  writer.text += `) in (${types}) and `;
}

// Case and accents count, as on the other databases.
function writeComparable(writer: SqlWriter, place: JsonPlace, number: boolean): void {
  writer.text += number ? '(' : 'cast(json_unquote(';
  writeExtract(writer, place);
  writer.text += number ? ' + 0)' : ') as char character set utf8mb4) collate utf8mb4_bin';
}
