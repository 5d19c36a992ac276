import { describe, expect, test } from 'vitest';
import { hidePassword, parseConnectionUrl } from './connection-url.js';

describe('database URLs', () => {
  test('the documented forms are read', () => {
    expect(parseConnectionUrl('sqlite::memory:')).toMatchObject({ dialect: 'sqlite', filename: ':memory:' });
    expect(parseConnectionUrl('sqlite:./a b.db')).toMatchObject({ filename: './a b.db' });
    expect(parseConnectionUrl('sqlite:///var/x.db')).toMatchObject({ filename: '/var/x.db' });
    expect(parseConnectionUrl('postgres://ann:p%40ss@db:6543/shop?sslmode=require')).toMatchObject({
      dialect: 'postgres',
      host: 'db',
      port: 6543,
      user: 'ann',
      password: 'p@ss',
      database: 'shop',
      parameters: { sslmode: 'require' },
      shown: 'postgres://ann:***@db:6543/shop?sslmode=require',
    });
    expect(parseConnectionUrl('mariadb://root@[::1]/x')).toMatchObject({ dialect: 'mysql', host: '::1', port: 3306, user: 'root' });
    expect(parseConnectionUrl('mssql://sa:p%40ss@h/shop?encrypt=false&trustServerCertificate=true')).toMatchObject({
      dialect: 'mssql',
      port: 1433,
      user: 'sa',
      password: 'p@ss',
      parameters: { encrypt: 'false', trustServerCertificate: 'true' },
      shown: 'mssql://sa:***@h/shop?encrypt=false&trustServerCertificate=true',
    });
    expect(parseConnectionUrl('sqlserver://h:1500/x')).toMatchObject({ dialect: 'mssql', port: 1500 });
    expect(parseConnectionUrl('mysql://h/x')).toMatchObject({ dialect: 'mysql', host: 'h' });
  });

  test.each([
    '',
    'shop.db',
    'sqlite:',
    'sqlite:./dir/',
    'sqlite:x.db?mode=ro',
    'postgres://host',
    'postgres://ann:secret@/x:y',
    'oracle://ann:secret@h/x',
    'postgres://ann:secret@h/x?sslmod=require',
    'mysql://ann:%zz-secret@h/x',
    'mssql://sa:secret@h/x?sslmode=require',
    'sqlserver://sa:secret@h',
  ])('%j is refused with DATA_URL and without its password', (url) => {
    let error: unknown;
    try {
      parseConnectionUrl(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'DATA_URL' });
    expect((error as Error).message).not.toContain('secret');
  });

  test('passwords with unescaped signs are hidden as a whole', () => {
    expect(hidePassword('postgres://ann:a@b/c@host/x')).toBe('postgres://ann:***@host/x');
    expect(hidePassword('postgres://host/x?password=abc&b=1')).toBe('postgres://host/x?password=***&b=1');
  });
});
