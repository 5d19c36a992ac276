import type { Database } from '../database/database.js';

// Thrown to roll back, never seen outside.
const enough = new Error('the sandbox ends');

/** Runs a test in a transaction that is always rolled back: what it wrote is gone afterwards. Its result, or its error, is handed on. */
export async function sandbox<T>(database: Database, test: () => Promise<T> | T): Promise<T> {
  let result: { readonly value: T } | undefined;
  try {
    await database.transaction(async () => {
      result = { value: await test() };
      throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
  return result!.value;
}
