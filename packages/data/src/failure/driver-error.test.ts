import { describe, expect, test } from 'vitest';
import { toMysqlFailure } from '../dialect/mysql-failures.js';
import { toPostgresFailure } from '../dialect/postgres-failures.js';
import { toSqliteFailure } from '../dialect/sqlite-failures.js';
import type { DatabaseFailure } from './database-errors.js';

const secret = "ann@example.org' for key 'nothing";
const postgres = (code: string, more: object = {}) => toPostgresFailure(Object.assign(new Error(`value ${secret}`), { code, ...more }));
const mysql = (errno: number, sqlMessage = `value ${secret}`, code = 'ER_X') =>
  toMysqlFailure(Object.assign(new Error(sqlMessage), { errno, sqlMessage, code }));
const textOf = (failure: DatabaseFailure) =>
  [
    JSON.stringify(failure),
    failure.stack,
    String((failure.cause as Error).stack),
    JSON.stringify(failure.cause),
    failure.columns,
    failure.constraint,
  ].join();

describe('codes of the drivers', () => {
  test.each([
    ['23505', 'DATA_UNIQUE'],
    ['23503', 'DATA_FOREIGN_KEY'],
    ['23502', 'DATA_NOT_NULL'],
    ['23514', 'DATA_CHECK'],
    ['22001', 'DATA_TOO_LONG'],
    ['22003', 'DATA_OUT_OF_RANGE'],
    ['40001', 'DATA_SERIALIZATION'],
    ['40P01', 'DATA_DEADLOCK'],
    ['55P03', 'DATA_LOCK_TIMEOUT'],
    ['57014', 'DATA_TIMEOUT'],
    ['25006', 'DATA_READ_ONLY'],
    ['57P01', 'DATA_CONNECTION_LOST'],
    ['08006', 'DATA_CONNECTION_LOST'],
    ['ECONNRESET', 'DATA_CONNECTION_LOST'],
    ['53300', 'DATA_UNAVAILABLE'],
    ['ECONNREFUSED', 'DATA_UNAVAILABLE'],
    ['28P01', 'DATA_UNAVAILABLE'],
    ['22P02', 'DATA_STATEMENT'],
  ])('PostgreSQL %s is %s, without the message', (code, expected) => {
    const failure = postgres(code, { detail: `Key (email)=(${secret}) already exists.` });
    expect(failure.code).toBe(expected);
    expect(textOf(failure)).not.toContain('ann@');
  });

  test.each([
    [1062, 'DATA_UNIQUE'],
    [1452, 'DATA_FOREIGN_KEY'],
    [1451, 'DATA_FOREIGN_KEY'],
    [1048, 'DATA_NOT_NULL'],
    [1364, 'DATA_NOT_NULL'],
    [4025, 'DATA_CHECK'],
    [3819, 'DATA_CHECK'],
    [1406, 'DATA_TOO_LONG'],
    [1264, 'DATA_OUT_OF_RANGE'],
    [1213, 'DATA_DEADLOCK'],
    [1205, 'DATA_LOCK_TIMEOUT'],
    [3572, 'DATA_LOCK_TIMEOUT'],
    [1969, 'DATA_TIMEOUT'],
    [3024, 'DATA_TIMEOUT'],
    [1792, 'DATA_READ_ONLY'],
    [1290, 'DATA_READ_ONLY'],
    [1040, 'DATA_UNAVAILABLE'],
    [1064, 'DATA_STATEMENT'],
    [1366, 'DATA_STATEMENT'],
  ])('MySQL %i is %s, without the message', (errno, expected) => {
    const failure = mysql(errno);
    expect(failure.code).toBe(expected);
    expect(textOf(failure)).not.toContain('ann@');
  });

  test('the constraint of a duplicate is read from the end, whatever the value holds', () => {
    expect(mysql(1062, "Duplicate entry 'x' for key 'fake'' for key 'users_email_unique'").constraint).toBe('users_email_unique');
    expect(mysql(1062, "Duplicate entry 'x' for key 'users.users_email_unique'")).toMatchObject({
      table: 'users',
      constraint: 'users_email_unique',
    });
    expect(postgres('23505', { detail: 'Key (email, "tenant id")=(a)=(b) already exists.' }).columns).toEqual(['email', 'tenant id']);
  });

  test.each([
    ['SQLITE_CONSTRAINT_UNIQUE', 'DATA_UNIQUE'],
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'DATA_UNIQUE'],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'DATA_FOREIGN_KEY'],
    ['SQLITE_CONSTRAINT_NOTNULL', 'DATA_NOT_NULL'],
    ['SQLITE_CONSTRAINT_CHECK', 'DATA_CHECK'],
    ['SQLITE_BUSY', 'DATA_LOCK_TIMEOUT'],
    ['SQLITE_BUSY_SNAPSHOT', 'DATA_SERIALIZATION'],
    ['SQLITE_READONLY', 'DATA_READ_ONLY'],
    ['SQLITE_CANTOPEN', 'DATA_UNAVAILABLE'],
  ])('SQLite %s is %s', (code, expected) => {
    expect(toSqliteFailure(Object.assign(new Error('x'), { code })).code).toBe(expected);
  });

  test('a socket that ends without a code is a lost connection', () => {
    expect(toPostgresFailure(new Error('Connection terminated unexpectedly')).code).toBe('DATA_CONNECTION_LOST');
    expect(toPostgresFailure(new Error('Query read timeout')).code).toBe('DATA_TIMEOUT');
    expect(toMysqlFailure(Object.assign(new Error('x'), { code: 'PROTOCOL_CONNECTION_LOST' })).code).toBe('DATA_CONNECTION_LOST');
  });
});
