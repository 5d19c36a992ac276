import { table, text, timestamp, uuid, type Row } from '@plinth/data';

/** What users write down for themselves. `ownerId` is the id of an account. */
export const notes = table('notes', {
  id: uuid().primary(),
  ownerId: text({ max: 40 }).index(),
  title: text({ max: 120 }),
  text: text({ max: 10_000 }).default(''),
  createdAt: timestamp().defaultNow(),
  updatedAt: timestamp().updateNow(),
});

export type Note = Row<typeof notes>;
