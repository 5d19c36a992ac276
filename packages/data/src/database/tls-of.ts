import type { ConnectionTarget } from './connection-url.js';

/** How a connection is encrypted: `verify` checks the server's certificate, `no-verify` does not, `off` encrypts nothing. */
export type ConnectionTls = 'verify' | 'no-verify' | 'off';

/** What the URL of a database says about TLS: `sslmode` of PostgreSQL, `ssl` of MariaDB and MySQL, `encrypt` of SQL Server. */
export function tlsOf({ dialect, parameters }: ConnectionTarget): ConnectionTls {
  switch (dialect) {
    case 'postgres':
      return read(parameters['sslmode'], 'disable');
    case 'mysql':
      return read(parameters['ssl'], 'false');
    case 'mssql':
      if (parameters['encrypt'] === 'false') return 'off';
      return parameters['trustServerCertificate'] === 'true' ? 'no-verify' : 'verify';
    case 'sqlite':
      return 'off';
  }
}

function read(value: string | undefined, off: string): ConnectionTls {
  if (value === undefined || value === off) return 'off';
  return value === 'no-verify' ? 'no-verify' : 'verify';
}
