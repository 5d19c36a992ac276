import { createContext, runInContext } from '@plinth/core';
import { type Database, defineMigration, integer, queryChannel, type QueryEvent, table } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const counters = table('counters', { id: integer().primary(), value: integer() });
const inRequest = <T>(name: string, run: () => T): T => runInContext(createContext({ id: name }), run);

await describeDialect('the request of a statement', { describe, test, beforeAll, afterAll }, (suite) => {
  let db: Database;
  beforeAll(async () => {
    db = suite.database.open({
      pool: { max: 1 },
      nPlusOne: 'throw',
      nPlusOneThreshold: 3,
      migrations: [defineMigration('1', { up: ({ createTable }) => createTable(counters) })],
    });
    await db.migrate.up();
    await db.repository(counters).insert({ id: 1, value: 1 });
  });

  test('is told for each of many that share a connection, be they answered, refused or iterated', async () => {
    const events: QueryEvent[] = [];
    const note = (event: unknown) => void events.push(event as QueryEvent);
    queryChannel.subscribe(note);
    const all = async () => {
      for await (const _row of db.repository(counters).iterate()) void _row;
    };
    await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        inRequest(`r${index}`, () =>
          Promise.allSettled([
            db.repository(counters).count({ value: index }),
            db.sql`select ${index} as failing from nowhere`,
            ...(index === 0 ? [all()] : []),
          ]),
        ),
      ),
    );
    queryChannel.unsubscribe(note);
    for (let index = 0; index < 9; index++) {
      const own = events.filter((event) => event.requestId === `r${index}`);
      expect(
        own.filter((event) => event.sql.includes('count(*)')),
        `r${index}`,
      ).toHaveLength(1);
      expect(own.filter((event) => event.error?.code === 'DATA_SCHEMA_MISMATCH').length, `r${index}`).toBeGreaterThan(0);
      if (index === 0) expect(own.filter((event) => event.rows === 1 && !event.sql.includes('count(*)'))).toHaveLength(1);
    }
    expect(events.every((event) => event.requestId !== undefined)).toBe(true);
  });

  test('counts what it iterates as it counts other statements', async () => {
    const each = async () => {
      for (let round = 0; round < 3; round++)
        for await (const _row of db.repository(counters).iterate({ where: { value: round } })) void _row;
    };
    await expect(inRequest('loop', each)).rejects.toMatchObject({ code: 'DATA_N_PLUS_ONE' });
    const streams = async () => {
      for (let round = 0; round < 3; round++) for await (const _row of db.knex('counters').where({ value: round }).stream()) void _row;
    };
    await expect(inRequest('streams', streams)).rejects.toMatchObject({ code: 'DATA_N_PLUS_ONE' });
    await db.ping();
  });
});
