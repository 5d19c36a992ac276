import type { TableColumn } from '../table/table.js';
import { type Grammar, type JsonPlace, type JsonScalar, jsonPath, type TextOperator } from './grammar.js';
import type { SqlWriter } from './sql-writer.js';

// Lists of more values are bound as one text; SQLite takes 32,766 variables.
const longList = 16;

/** The SQL of SQLite 3.35 and later. */
export const sqliteGrammar: Grammar = {
  name: 'sqlite',
  gives: 'returning',
  mostTuples: 1_000,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  place: () => '?',
  writeList(writer: SqlWriter, column: TableColumn, name: string, values: readonly unknown[], negate: boolean) {
    writer.text += `${name} ${negate ? 'not in (' : 'in ('}`;
    if (values.length > longList && column.codec.type !== 'bytes') {
      writer.text += 'select value from json_each(';
      writer.bind(`[${values.map((value) => (typeof value === 'bigint' ? value.toString() : JSON.stringify(value))).join(',')}]`);
      writer.text += '))';
      return;
    }
    writer.stable = false;
    values.forEach((value, index) => {
      if (index > 0) writer.text += ', ';
      writer.bind(value);
    });
    writer.text += ')';
  },
  // LIKE of SQLite ignores the case of ASCII letters.
  writeText: (writer, name, operator, operand) => writeSubstring(writer, () => void (writer.text += name), operator, operand),
  nulls: () => '',
  writeLimit(writer: SqlWriter, limit: number | undefined, offset: number | undefined) {
    if (limit === undefined && (offset === undefined || offset === 0)) return;
    writer.text += ' limit ';
    writer.bind(limit ?? -1);
    if (offset !== undefined && offset > 0) {
      writer.text += ' offset ';
      writer.bind(offset);
    }
  },
  // BEGIN IMMEDIATE has the whole file locked for us.
  lock: () => ({ hint: '', suffix: '' }),
  writeJsonExists(writer: SqlWriter, place: JsonPlace) {
    writeJson(writer, 'json_type', place);
    writer.text += ' is not null';
  },
  writeJsonEqual(writer: SqlWriter, place: JsonPlace, value: JsonScalar) {
    writer.text += 'coalesce(';
    writeJson(writer, 'json_type', place);
    writer.text += `, '') in (${typeof value === 'string' ? `'text'` : typeof value === 'number' ? `'integer', 'real'` : `'${value}'`})`;
    if (value === null || typeof value === 'boolean') return;
    writer.text += ' and ';
    writeJson(writer, 'json_extract', place);
    writer.text += ' is ';
    writer.bind(value);
  },
  writeJsonCompare(writer: SqlWriter, place: JsonPlace, comparison: string, value: string | number) {
    writer.text += '(';
    writeJson(writer, 'json_type', place);
    writer.text += typeof value === 'string' ? ` = 'text' and ` : ` in ('integer', 'real') and `;
    writeJson(writer, 'json_extract', place);
    writer.text += ` ${comparison} `;
    writer.bind(value);
    writer.text += ')';
  },
  writeJsonText(writer: SqlWriter, place: JsonPlace, operator: TextOperator, operand: string) {
    writer.text += '(';
    writeJson(writer, 'json_type', place);
    writer.text += ` = 'text' and `;
    writeSubstring(writer, () => writeJson(writer, 'json_extract', place), operator, operand);
    writer.text += ')';
  },
};

function writeSubstring(writer: SqlWriter, writeName: () => void, operator: TextOperator, operand: string): void {
  writer.text += operator === 'contains' ? 'instr(' : 'substr(';
  writeName();
  writer.text += operator === 'contains' ? ', ' : operator === 'startsWith' ? ', 1, length(' : ', -length(';
  writer.bind(operand);
  if (operator === 'contains') {
    writer.text += ') > 0';
    return;
  }
  writer.text += ')) = ';
  writer.bind(operand);
}

function writeJson(writer: SqlWriter, fn: 'json_type' | 'json_extract', { column, path }: JsonPlace): void {
  writer.text += `${fn}(${column}, `;
  writer.bind(jsonPath(path));
  writer.text += ')';
}
