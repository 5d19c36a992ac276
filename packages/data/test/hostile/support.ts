import { boolean, bytes, decimal, double, id, integer, bigint, json, table, text, timestamp, uuid } from '@plinth/data';
import { isAppError } from '@plinth/core';

/** A table with a column for each way to lie. */
export const things = table('hostile_things', {
  id: id(),
  name: text({ max: 200 }),
  slug: text({ max: 100 }).nullable().unique(),
  note: text().nullable(),
  count: integer().default(0),
  total: bigint().nullable(),
  price: decimal(12, 2).nullable(),
  ratio: double().nullable(),
  open: boolean().default(true),
  at: timestamp().nullable(),
  data: json<unknown>().nullable(),
  blob: bytes().nullable(),
  ref: uuid().nullable(),
});

/** Every column may be left out, so whatever is taken for an empty row becomes one. */
export const optional = table('hostile_optional', { id: id(), name: text().nullable(), count: integer().default(0) });

/** What a call ended with: the code of a typed error, `raw: …` for any other, `ok` for none. */
export async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'ok';
  } catch (error) {
    return isAppError(error) ? error.code : `raw: ${String(error)}`;
  }
}
