import { bytes, defineMigration, id, table, text } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const files = table('files', { id: id(), content: text().nullable(), data: bytes().nullable() });
const schema = defineMigration('1', { up: ({ createTable }) => createTable(files) });

await describeDialect(
  'values beyond what the server takes',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    test('are DATA_TOO_LONG before they are sent, and leave the connection and its transaction as they were', async () => {
      const db = suite.database.open({ migrations: [schema], pool: { max: 1 } });
      await db.migrate.up();
      const [limit] = await db.sql<{ max: number; session: number }>`select @@max_allowed_packet as max, connection_id() as session`;
      const max = Number(limit!.max);
      const repository = db.repository(files);
      const tooLong = { code: 'DATA_TOO_LONG', driverCode: 'ER_NET_PACKET_TOO_LARGE', kind: 'invalid' };
      await expect(repository.insert({ content: 'x'.repeat(max) })).rejects.toMatchObject(tooLong);
      // Written as text, a byte takes two characters, and a quote as well.
      await expect(repository.insert({ data: new Uint8Array(max / 2) })).rejects.toMatchObject(tooLong);
      await expect(db.sql`select ${"'".repeat(max / 2)} as quotes`).rejects.toMatchObject(tooLong);
      await repository.insert({ content: 'y'.repeat(max - 10_000) });
      const [row] = await db.sql<{
        length: number;
        session: number;
      }>`select length(content) as length, connection_id() as session from files`;
      expect(row).toEqual({ length: max - 10_000, session: limit!.session });
      await db.transaction(async () => {
        await repository.insert({ content: 'kept' });
        await db.transaction(() => repository.insert({ content: 'x'.repeat(max) })).catch(() => undefined);
      });
      expect(await repository.count({ content: 'kept' })).toBe(1);
    }, 60_000);
  },
  ['mysql'],
);
