import { table, text, timestamp, uuid, type Row } from '@plinth/data';

/** An account. Name and e-mail address are kept as written; their keys (`nameKey`) are what must be unique: `Ann` cannot pass for `ann`. */
export const users = table('users', {
  id: uuid().primary(),
  username: text({ max: 64 }).unique(),
  usernameKey: text({ max: 255 }).unique(),
  email: text({ max: 254 }),
  emailKey: text({ max: 255 }).unique(),
  passwordHash: text({ max: 255 }),
  bio: text({ max: 2_000 }).nullable(),
  image: text({ max: 2_000 }).nullable(),
  createdAt: timestamp().defaultNow(),
});

export type User = Row<typeof users>;
