import { table, text, timestamp, uuid, type Row } from '@plinth/data';

/** An account. The e-mail address is kept as written; `emailKey` is what must be unique: nobody has two accounts by letter case. */
export const users = table('users', {
  id: uuid().primary(),
  username: text({ max: 64 }).unique(),
  email: text({ max: 254 }),
  emailKey: text({ max: 254 }).unique(),
  passwordHash: text({ max: 255 }),
  bio: text({ max: 2_000 }).nullable(),
  image: text({ max: 2_000 }).nullable(),
  createdAt: timestamp().defaultNow(),
});

export type User = Row<typeof users>;
