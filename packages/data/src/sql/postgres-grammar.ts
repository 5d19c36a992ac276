import type { TableColumn } from '../table/table.js';
import { type Grammar, type JsonPlace, type JsonScalar, likePattern, type RowLock, type TextOperator } from './grammar.js';
import { toPostgresArray } from './postgres-array.js';
import type { SqlWriter } from './sql-writer.js';

/** The SQL of PostgreSQL. */
export const postgresGrammar: Grammar = {
  name: 'postgres',
  gives: 'returning',
  mostTuples: 1_000,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  place: (number) => `$${number}`,
  writeList(writer: SqlWriter, _column: TableColumn, name: string, values: readonly unknown[], negate: boolean) {
    // One value whatever the length, so the text stays the same.
    writer.text += `${name} ${negate ? '<> all(' : '= any('}`;
    writer.bind(toPostgresArray(values));
    writer.text += ')';
  },
  writeText(writer: SqlWriter, name: string, operator: TextOperator, operand: string) {
    writer.text += `${name} like `;
    writer.bind(likePattern(operator, operand));
    writer.text += ` escape '!'`;
  },
  // PostgreSQL sorts null as the largest value.
  nulls: (direction, nullable) => (nullable ? (direction === 'asc' ? ' nulls first' : ' nulls last') : ''),
  writeLimit(writer: SqlWriter, limit: number | undefined, offset: number | undefined) {
    if (limit !== undefined) {
      // Not bound: a plan made for any limit at all takes a tenth of the rows for granted, and may read the whole table in its order.
      writer.text += ` limit ${limit}`;
      if (!isUsualLimit(limit)) writer.stable = false;
    }
    if (offset !== undefined && offset > 0) {
      writer.text += ' offset ';
      writer.bind(offset);
    }
  },
  lock({ kind, wait }: RowLock) {
    return { hint: '', suffix: ` for ${kind}${wait === 'skip' ? ' skip locked' : wait === 'fail' ? ' nowait' : ''}` };
  },
  writeJsonExists(writer: SqlWriter, place: JsonPlace) {
    writer.text += '(';
    writePlace(writer, place);
    writer.text += ') is not null';
  },
  writeJsonEqual(writer: SqlWriter, place: JsonPlace, value: JsonScalar) {
    writer.text += 'coalesce((';
    writePlace(writer, place);
    writer.text += ') = cast(cast(';
    writer.bind(JSON.stringify(value));
    writer.text += ' as text) as jsonb), false)';
  },
  writeJsonCompare(writer: SqlWriter, place: JsonPlace, comparison: string, value: string | number) {
    const number = typeof value === 'number';
    writeTyped(writer, place, number ? 'number' : 'string', () => {
      writer.text += number ? ` #>> '{}')::numeric end ${comparison} cast(` : ` #>> '{}') collate "C" end ${comparison} cast(`;
      writer.bind(number ? String(value) : value);
      writer.text += number ? ' as numeric)' : ' as text)';
    });
  },
  writeJsonText(writer: SqlWriter, place: JsonPlace, operator: TextOperator, operand: string) {
    writeTyped(writer, place, 'string', () => {
      writer.text += ` #>> '{}') end like `;
      writer.bind(likePattern(operator, operand));
      writer.text += ` escape '!'`;
    });
  },
};

const usualSizes = new Set([200, 201, 250, 251, 500, 501, 1_000, 1_001]);

/** Limits that a program has; of those that clients make up, there would be a statement to prepare for each. A page reads one row more. */
function isUsualLimit(limit: number): boolean {
  return limit <= 101 ? limit % 5 <= 1 : usualSizes.has(limit);
}

function writePlace(writer: SqlWriter, { column, path }: JsonPlace): void {
  writer.text += `${column} #> cast(`;
  writer.bind(toPostgresArray(path.map(String)));
  writer.text += ' as text[])';
}

// The order of conditions is the planner's choice; CASE alone keeps a cast away from values of other types.
function writeTyped(writer: SqlWriter, place: JsonPlace, type: string, rest: () => void): void {
  writer.text += 'case when jsonb_typeof(';
  writePlace(writer, place);
  writer.text += `) = '${type}' then ((`;
  writePlace(writer, place);
  writer.text += ')';
  rest();
}
