import { AssertionError } from 'node:assert';
import type { Database } from '../database/database.js';
import { queryCounter } from './query-counter.js';

/**
 * Runs `work` and throws an `AssertionError` with the statements if it took another number of them than `expected`. BEGIN, COMMIT and
 * savepoints do not count. Gives back what `work` gave.
 *
 * @example
 * const page = await expectQueries(db, 2, () => db.repository(articles).findMany({ with: { author: true } }));
 */
export async function expectQueries<T>(database: Pick<Database, 'name'>, expected: number, work: () => Promise<T> | T): Promise<T> {
  using counter = queryCounter(database);
  const value = await work();
  if (counter.count === expected) return value;
  const list = counter.statements.map((sql, index) => `  ${index + 1}. ${sql}`).join('\n');
  throw new AssertionError({
    message: `${expected} statement${expected === 1 ? '' : 's'} expected, ${counter.count} were sent:\n${list}`,
    actual: counter.count,
    expected,
    operator: 'expectQueries',
    stackStartFn: expectQueries,
  });
}
