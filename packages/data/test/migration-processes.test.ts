import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { defineMigration, type Migration } from '@plinth/data';
import { createTestDatabase, isThere, testServer } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { once as appliedOnce, order, race, startMany, startMigrating } from './support/migrating-processes.js';

// `pnpm soak` runs a hundred rounds.
const rounds = 3;

/** The migration that the process was killed in, as its next version has it. */
const whole: readonly Migration[] = [
  defineMigration('001_cut', {
    steps: [
      { up: ({ sql }) => sql`create table cut_a (id integer not null primary key)` },
      { up: ({ sql }) => sql`create table cut_b (id integer not null primary key)` },
      { up: ({ sql }) => sql`create table cut_c (id integer not null primary key)` },
    ],
  }),
];

const dialects = ['sqlite', 'postgres', 'mysql'] as const;
const there = new Map(await Promise.all(dialects.map(async (dialect) => [dialect, await isThere(testServer(dialect))] as const)));

for (const dialect of dialects) {
  describe.skipIf(!there.get(dialect))(`processes that migrate, on ${testServer(dialect).title}`, () => {
    test('one that is killed in the middle leaves a clean state, or says where it was [DA-05]', async () => {
      const database = await createTestDatabase(dialect);
      try {
        const db = await kill(database, 'hang-after');
        if (dialect !== 'mysql') {
          expect(await db.migrate.up()).toEqual(['001_cut']);
        } else {
          const error = await db.migrate.up().then(
            () => undefined,
            (reason: unknown) => reason as Error,
          );
          expect(error).toMatchObject({ code: 'DATA_MIGRATION_INTERRUPTED' });
          expect(error!.message).toContain('001_cut was cut off in step 2 of 3 (up), at the statement: create table cut_b');
          expect(await db.migrate.status()).toMatchObject([{ state: 'interrupted', steps: 1 }]);
          await db.migrate.resolve('001_cut', 'applied');
          expect(await db.migrate.status()).toMatchObject([{ state: 'partial', steps: 2 }]);
          expect(await db.migrate.up()).toEqual(['001_cut']);
        }
        await expect(db.sql`select 1 from cut_a, cut_b, cut_c`).resolves.toEqual([]);
      } finally {
        await database.drop();
      }
    }, 90_000);

    test('one that is killed between two statements leaves nothing to clear up', async () => {
      const database = await createTestDatabase(dialect);
      try {
        const db = await kill(database, 'hang-between');
        expect(await db.migrate.up()).toEqual(['001_cut']);
        await expect(db.sql`select 1 from cut_a, cut_b, cut_c`).resolves.toEqual([]);
      } finally {
        await database.drop();
      }
    }, 90_000);
  });
}

async function kill(database: Awaited<ReturnType<typeof createTestDatabase>>, mode: 'hang-after' | 'hang-between') {
  const process = await startMigrating();
  expect(await order(process, { url: database.url, mode })).toEqual({ reached: true });
  process.kill('SIGKILL');
  await once(process, 'exit');
  return database.open({ migrations: whole });
}

describe('twenty processes that start together', () => {
  let processes: ChildProcess[] = [];
  beforeAll(async () => {
    processes = await startMany(20);
  }, 240_000);
  afterAll(() => {
    for (const process of processes) process.disconnect();
  });

  for (const dialect of dialects) {
    test.skipIf(!there.get(dialect))(
      `all succeed on ${testServer(dialect).title}, and each migration is applied once [DA-05]`,
      async () => {
        for (let round = 0; round < rounds; round++) expect(await race(processes, dialect)).toEqual(appliedOnce);
      },
      240_000,
    );
  }
});
