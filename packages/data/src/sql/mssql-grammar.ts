import type { TableColumn } from '../table/table.js';
import { type Grammar, type JsonPlace, type JsonScalar, jsonPath, likePattern, type RowLock, type TextOperator } from './grammar.js';
import type { SqlWriter } from './sql-writer.js';

// SQL Server takes 2,100 values in a statement; the rest of it needs some.
const longList = 1_000;
const textTypes = /^n?(?:var)?char/;

/** The SQL of SQL Server 2017 and later. */
export const mssqlGrammar: Grammar = {
  name: 'mssql',
  gives: 'output',
  mostTuples: 1_000,
  quote: (name) => `[${name.replaceAll(']', ']]')}]`,
  place: (number) => `@p${number}`,
  writeList(writer: SqlWriter, column: TableColumn, name: string, values: readonly unknown[], negate: boolean) {
    writer.text += `${name} ${negate ? 'not in (' : 'in ('}`;
    if (values.length > longList && column.codec.type !== 'bytes') {
      const type = column.codec.sqlType('mssql', true);
      const collation = textTypes.test(type) ? ' collate Latin1_General_100_BIN2' : '';
      writer.text += `select value${collation} from openjson(`;
      writer.bind(JSON.stringify(values.map((value) => (typeof value === 'bigint' ? value.toString() : value))));
      writer.text += `) with (value ${type.replace(/ collate \S+/, '')} '$'))`;
      return;
    }
    writer.stable = false;
    values.forEach((value, index) => {
      if (index > 0) writer.text += ', ';
      writer.bind(value);
    });
    writer.text += ')';
  },
  writeText(writer: SqlWriter, name: string, operator: TextOperator, operand: string) {
    writer.text += `${name} like `;
    writer.bind(likePattern(operator, operand, special));
    writer.text += ` escape '!'`;
  },
  nulls: () => '',
  writeLimit(writer: SqlWriter, limit: number | undefined, offset: number | undefined, sorted: boolean) {
    if (limit === undefined && (offset === undefined || offset === 0)) return;
    // OFFSET is a part of ORDER BY.
    if (!sorted) writer.text += ' order by (select null)';
    writer.text += ' offset ';
    writer.bind(offset ?? 0);
    writer.text += ' rows';
    if (limit === undefined) return;
    writer.text += ' fetch next ';
    writer.bind(limit);
    writer.text += ' rows only';
  },
  lock({ kind, wait }: RowLock) {
    const words = [kind === 'update' ? 'updlock' : 'holdlock', 'rowlock'];
    if (wait !== 'wait') words.push(wait === 'skip' ? 'readpast' : 'nowait');
    return { hint: ` with (${words.join(', ')})`, suffix: '' };
  },
  writeJsonExists(writer: SqlWriter, place: JsonPlace) {
    writer.text += 'exists (select 1 from openjson(';
    writeParent(writer, place);
    writer.text += ') where [key] = ';
    writer.bind(String(place.path.at(-1)));
    writer.text += ' collate Latin1_General_100_BIN2)';
  },
  writeJsonEqual(writer: SqlWriter, place: JsonPlace, value: JsonScalar) {
    writeEntry(writer, place, value === null ? 0 : typeof value === 'string' ? 1 : typeof value === 'number' ? 2 : 3);
    if (value !== null) {
      writer.text += typeof value === 'number' ? ' and cast(value as float) = ' : ` and value collate Latin1_General_100_BIN2 = `;
      writer.bind(typeof value === 'boolean' ? String(value) : value);
    }
    writer.text += ')';
  },
  writeJsonCompare(writer: SqlWriter, place: JsonPlace, comparison: string, value: string | number) {
    writeEntry(writer, place, typeof value === 'string' ? 1 : 2);
    writer.text +=
      typeof value === 'number'
        ? ` and try_cast(value as float) ${comparison} `
        : ` and value collate Latin1_General_100_BIN2 ${comparison} `;
    writer.bind(value);
    writer.text += ')';
  },
  writeJsonText(writer: SqlWriter, place: JsonPlace, operator: TextOperator, operand: string) {
    writeEntry(writer, place, 1);
    writer.text += ' and value collate Latin1_General_100_BIN2 like ';
    writer.bind(likePattern(operator, operand, special));
    writer.text += ` escape '!')`;
  },
};

const special = /[!%_[]/g;

function writeParent(writer: SqlWriter, { column, path }: JsonPlace): void {
  writer.text += `${column}, `;
  writer.bind(jsonPath(path.slice(0, -1)));
}

/** `exists (select … where the entry has this type of OPENJSON`, left open. */
function writeEntry(writer: SqlWriter, place: JsonPlace, type: number): void {
  writer.text += 'exists (select 1 from openjson(';
  writeParent(writer, place);
  writer.text += `) where [type] = ${type} and [key] = `;
  writer.bind(String(place.path.at(-1)));
  writer.text += ' collate Latin1_General_100_BIN2';
}
