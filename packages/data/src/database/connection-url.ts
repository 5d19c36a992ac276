import { DATA_ERRORS } from '../errors.js';
import type { DialectName } from '../dialect/dialect.js';

/** A database URL in parts. `shown` never holds the password. */
export interface ConnectionTarget {
  readonly dialect: DialectName;
  readonly shown: string;
  /** SQLite: the path of the file, or `:memory:`. */
  readonly filename?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** Parameters after `?`, as they stand. */
  readonly parameters: Readonly<Record<string, string>>;
}

const servers: Readonly<Record<string, { dialect: DialectName; port: number; parameters: readonly string[] }>> = {
  'postgres:': { dialect: 'postgres', port: 5432, parameters: ['sslmode', 'application_name', 'host'] },
  'postgresql:': { dialect: 'postgres', port: 5432, parameters: ['sslmode', 'application_name', 'host'] },
  'mysql:': { dialect: 'mysql', port: 3306, parameters: ['ssl', 'socketPath'] },
  'mssql:': { dialect: 'mssql', port: 1433, parameters: ['encrypt', 'trustServerCertificate'] },
  'sqlserver:': { dialect: 'mssql', port: 1433, parameters: ['encrypt', 'trustServerCertificate'] },
  'mariadb:': { dialect: 'mysql', port: 3306, parameters: ['ssl', 'socketPath'] },
};

/**
 * Reads `sqlite:./path.db`, `sqlite::memory:`, `postgres://user:password@host:5432/name`, `mysql://…`, `mariadb://…` or
 * `mssql://…` (also `sqlserver://…`).
 * Throws `DATA_URL`, without the password, for anything else.
 */
export function parseConnectionUrl(text: string): ConnectionTarget {
  const trimmed = text.trim();
  return trimmed.startsWith('sqlite:') ? parseSqlite(trimmed) : parseServer(trimmed);
}

function parseSqlite(text: string): ConnectionTarget {
  const rest = text.slice('sqlite:'.length);
  if (rest === ':memory:') return { dialect: 'sqlite', shown: text, filename: ':memory:', parameters: {} };
  const filename = decodePath(rest.startsWith('//') ? rest.slice(2) : rest);
  if (filename === undefined || filename.includes('\0')) throw refuse(text, 'the path is not well encoded');
  if (filename === '' || filename.endsWith('/')) throw refuse(text, 'the path of the file is missing');
  if (filename.includes('?')) throw refuse(text, 'a SQLite URL takes no parameters');
  return { dialect: 'sqlite', shown: text, filename, parameters: {} };
}

function parseServer(text: string): ConnectionTarget {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse(hidePassword(text), 'it is no URL');
  }
  const shown = hidePassword(text);
  const server = servers[url.protocol];
  if (server === undefined) throw refuse(shown, `"${url.protocol}" is no database that is supported`);
  const parameters = Object.fromEntries(url.searchParams);
  const unknown = Object.keys(parameters).find((name) => !server.parameters.includes(name));
  if (unknown !== undefined) throw refuse(shown, `the parameter "${unknown}" is unknown; known are ${server.parameters.join(', ')}`);
  const database = decodePath(url.pathname.slice(1));
  if (database === undefined || database === '') throw refuse(shown, 'the name of the database is missing after the host');
  const user = decodePath(url.username);
  const password = decodePath(url.password);
  if (user === undefined || password === undefined) throw refuse(shown, 'the user or password is not well encoded');
  return {
    dialect: server.dialect,
    shown,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: url.port === '' ? server.port : Number(url.port),
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
    database,
    parameters,
  };
}

/** The URL with its password replaced by `***`, also when it is not well-formed. */
export function hidePassword(text: string): string {
  // Greedy up to the last @ before the path's end: passwords may hold unescaped @ and /.
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*):.*@/is, '$1:***@').replace(/([?&](?:password|pass|pwd)=)[^&]*/gi, '$1***');
}

function refuse(shown: string, reason: string): Error {
  return DATA_ERRORS.URL({ url: JSON.stringify(shown), reason });
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
