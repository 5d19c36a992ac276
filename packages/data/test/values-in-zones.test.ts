import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Database, defineMigration } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostile } from './support/hostile-values.js';

const schema = defineMigration('001', { up: ({ createTable }) => createTable(hostile) });
const child = fileURLToPath(new URL('./fixtures/values-child.ts', import.meta.url));
// Without summer time, with it, and across the date line; each beside a zone of the server's session.
const zones = [
  ['UTC', 'Asia/Kolkata', '+05:30'],
  ['America/New_York', 'Pacific/Apia', '+13:00'],
  ['Pacific/Apia', 'America/New_York', '-05:00'],
] as const;

await describeDialect('values in any time zone', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({ migrations: [schema] });
    await db.migrate.up();
    if (suite.dialect === 'postgres') {
      // A database may be set up in ways that change how values are written as text.
      for (const setting of [`timezone = 'Asia/Tokyo'`, `datestyle = 'SQL, DMY'`, 'extra_float_digits = 0', `bytea_output = 'escape'`]) {
        await db.knex.raw(
          `do $$ begin execute format('alter database %I set ${setting.replaceAll("'", "''")}', current_database()); end $$`,
        );
      }
    }
  });

  for (const [zone, named, offset] of zones) {
    test(`every value comes back as it went in, or is refused before SQL, in ${zone} [DA-13]`, async () => {
      await db.repository(hostile).deleteMany({ all: true });
      const session = { postgres: named, mysql: offset, sqlite: undefined, mssql: undefined }[suite.dialect];
      const task = JSON.stringify({ url: suite.database.url, session, driver: suite.driver });
      const flags = ['--import', '@oxc-node/core/register', '-C', '@plinth/source'];
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, child, task], {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: { ...process.env, TZ: zone },
        maxBuffer: 64 * 1024 * 1024,
      });
      const found = JSON.parse(stdout) as { tried: number; wrong: string[]; zone: string };
      expect(found.wrong).toEqual([]);
      expect(found.zone).toBe(zone);
      expect(found.tried).toBeGreaterThan(900);
    }, 120_000);
  }
});
