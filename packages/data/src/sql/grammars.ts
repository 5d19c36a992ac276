import type { DialectName } from '../dialect/dialect.js';
import type { Grammar } from './grammar.js';
import { mssqlGrammar } from './mssql-grammar.js';
import { mysqlGrammar } from './mysql-grammar.js';
import { postgresGrammar } from './postgres-grammar.js';
import { sqliteGrammar } from './sqlite-grammar.js';

const grammars: Readonly<Record<DialectName, Grammar>> = {
  postgres: postgresGrammar,
  mysql: mysqlGrammar,
  sqlite: sqliteGrammar,
  mssql: mssqlGrammar,
};

/** The SQL of a database. */
export function grammarOf(dialect: DialectName): Grammar {
  return grammars[dialect];
}

/** An identifier in quotes. */
export function quote(name: string, dialect: DialectName): string {
  return grammars[dialect].quote(name);
}
