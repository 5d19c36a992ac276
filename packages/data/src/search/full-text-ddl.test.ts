import { expect, test } from 'vitest';
import { createFullTextSql, dropFullTextSql } from './full-text-ddl.js';
import { searchColumn, searchName } from './names.js';

const index = { table: 'posts', columns: ['title', 'body'], language: 'simple' };

test('SQL Server has no full-text index here, and says so with DATA_SEARCH', () => {
  const refused = expect.objectContaining({ code: 'DATA_SEARCH', message: expect.stringContaining('SQL Server') as string });
  expect(() => createFullTextSql(index, 'mssql', false)).toThrow(refused);
  expect(() => dropFullTextSql(index, 'mssql')).toThrow(refused);
});

test('names fit into every database, and long ones that begin alike differ', () => {
  const long = (last: string) => ['a'.repeat(40), 'b'.repeat(40), last];
  const names = [searchName('t', long('x')), searchName('t', long('y')), searchColumn(long('x')), searchColumn(long('y'))];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(56);
  expect(searchName('posts', ['title', 'body'])).toBe('posts_title_body_search');
});
