import { createHash } from 'node:crypto';
import { quote } from '../sql/grammars.js';

/** The name of a full-text index: of the index on PostgreSQL, MySQL and MariaDB, of the table that SQLite keeps. Columns by their names in the database. */
export function searchName(table: string, columns: readonly string[]): string {
  return limited([table, ...columns, 'search'].join('_'));
}

/** The generated column that MySQL and MariaDB index. It does not bear the table's name, which may change. */
export function searchColumn(columns: readonly string[]): string {
  return limited([...columns, 'search'].join('_'));
}

/** What PostgreSQL indexes, and searches in: the same text in both places, or the index is not used. `prefix` stands before each column. */
export function postgresVector(columns: readonly string[], language: string, prefix = ''): string {
  const parts = columns.map((column) => `coalesce(${prefix}${quote(column, 'postgres')}, '')`);
  return `to_tsvector('${language}'::regconfig, translate(${parts.join(` || ' ' || `)}, '${separators}', '${' '.repeat([...separators].length - 1)}'))`;
}

// PostgreSQL's parser makes one word of what looks like a host, an address, a path or a number: `file.txt` would be found neither by `file`
// nor by `txt`, as it is everywhere else. Quotes are doubled once, in the SQL text.
const separators = `!"#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~\u00a0¡«»¿‐‑–—‘’“”„…、。`;

function limited(name: string): string {
  if (name.length <= 56) return name;
  return `${name.slice(0, 43)}_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
