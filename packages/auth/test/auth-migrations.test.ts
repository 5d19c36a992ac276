import { openDatabase } from '@plinth/data';
import { expect, test } from 'vitest';
import * as authData from '@plinth/auth/data';

test('authMigrations has every migration of the entry once, and all of them run, down and up again', async () => {
  const exported = Object.values(authData).filter((each) => isMigration(each));
  expect(new Set(authData.authMigrations)).toEqual(new Set(exported));
  expect(authData.authMigrations).toHaveLength(exported.length);
  const database = openDatabase({ url: 'sqlite::memory:', migrations: authData.authMigrations });
  await database.migrate.up();
  await database.migrate.down({ all: true });
  await database.migrate.up();
  expect(await database.repository(authData.authTotp).count()).toBe(0);
  await database.close();
});

function isMigration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && ('up' in value || 'steps' in value);
}
