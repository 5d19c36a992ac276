import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { once, race, startMany } from './support/migrating-processes.js';

// The goal: 20 processes migrate an empty database together, 100 times, without one error.
const rounds = Number(process.env['PLINTH_SOAK_ROUNDS'] ?? 100);

describe('twenty processes migrate an empty database together', () => {
  let processes: ChildProcess[] = [];
  beforeAll(async () => {
    processes = await startMany(20);
  }, 180_000);
  afterAll(() => {
    for (const process of processes) process.disconnect();
  });

  test.each(['sqlite', 'postgres', 'mysql'] as const)(
    `${rounds} times on %s: no error, applied once [DA-05]`,
    async (dialect) => {
      for (let round = 0; round < rounds; round++) expect(await race(processes, dialect)).toEqual(once);
    },
    1_800_000,
  );
});
