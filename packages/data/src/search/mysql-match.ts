import type { SqlWriter } from '../sql/sql-writer.js';
import type { FullTextSet } from '../table/full-text.js';
import { searchColumn } from './names.js';
import { quote } from '../sql/grammars.js';

interface Match {
  readonly set: FullTextSet;
  readonly words: readonly string[];
  readonly prefix: boolean;
}

/**
 * Writes a search of MySQL or MariaDB. InnoDB's index leaves out words of one and two characters, of more than 84, and 36 common English
 * ones; a search for them would find nothing, so these are looked for in the text of the rows that the others find. `rank`: only the
 * relevance, for ORDER BY.
 */
export function writeMysqlMatch(writer: SqlWriter, { set, words, prefix }: Match, before: string, rank = false): void {
  const column = `${before}${quote(searchColumn(set.columns.map(({ name }) => name)), 'mysql')}`;
  const terms = words.map((word, index) => ({ word: word.toLowerCase(), begins: prefix && index === words.length - 1 }));
  const indexed = terms.filter((term) => isIndexed(term.word, term.begins));
  const parts: (() => void)[] = [];
  if (indexed.length > 0)
    parts.push(() => {
      writer.text += `match (${column}) against (`;
      writer.bind(indexed.map(({ word, begins }) => `+${word}${begins ? '*' : ''}`).join(' '));
      writer.text += ' in boolean mode)';
    });
  if (!rank)
    for (const { word, begins } of terms.filter((term) => !isIndexed(term.word, term.begins)))
      parts.push(() => {
        writer.text += `${column} regexp `;
        writer.bind(`(?<!${letter})${word}${begins ? '' : `(?!${letter})`}`);
      });
  if (parts.length === 0) return void (writer.text += '0');
  // The text follows the number of words.
  writer.stable = false;
  writer.text += '(';
  parts.forEach((write, index) => {
    if (index > 0) writer.text += ' and ';
    write();
  });
  writer.text += ')';
}

const letter = String.raw`[\p{L}\p{N}\p{M}]`;
const [shortest, longest] = [3, 84];

// INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD.
const common = new Set(
  'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www'.split(
    ' ',
  ),
);

function isIndexed(word: string, begins: boolean): boolean {
  const length = [...word].length;
  if (length < shortest || length > longest) return false;
  return begins ? ![...common].some((stopword) => stopword.startsWith(word)) : !common.has(word);
}
