import {
  type Database,
  type Id,
  type Insert,
  integer,
  json,
  many,
  one,
  type Patch,
  type Row,
  table,
  tableSchema,
  text,
  timestamp,
  uuid,
} from '@plinth/data';
import { expectTypeOf } from 'vitest';

const users = table('users', {
  id: uuid().primary(),
  email: text(),
  bio: text().nullable(),
  createdAt: timestamp().defaultNow(),
  tags: json<string[]>(),
});
const follows = table('follows', { from: uuid(), to: uuid() }, { primary: ['from', 'to'] });
const posts = table('posts', { id: integer().primary(), authorId: uuid().references(() => users.id) });
declare const db: Database;

expectTypeOf<Row<typeof users>>().toEqualTypeOf<{ id: string; email: string; bio: string | null; createdAt: Date; tags: string[] }>();
expectTypeOf<Insert<typeof users>>().toEqualTypeOf<{ email: string; tags: string[]; id?: string; bio?: string | null; createdAt?: Date }>();
expectTypeOf<Patch<typeof users>>().toEqualTypeOf<{ email?: string; bio?: string | null; createdAt?: Date; tags?: string[] }>();
expectTypeOf<Id<typeof users>>().toEqualTypeOf<string>();
expectTypeOf<Id<typeof posts>>().toEqualTypeOf<number>();
expectTypeOf<Id<typeof follows>>().toEqualTypeOf<{ readonly from: string; readonly to: string }>();

const schema = tableSchema(users, { pick: ['email', 'createdAt'], partial: true });
expectTypeOf<(typeof schema)['~unsafe']>().toEqualTypeOf<{ email?: string; createdAt?: string }>();

export async function check(): Promise<void> {
  const loaded = await db
    .repository(posts)
    .findMany({ with: { author: one(users, 'authorId', { with: { posts: many(posts, 'authorId') } }) } });
  expectTypeOf(loaded[0]!.author.email).toEqualTypeOf<string>();
  expectTypeOf(loaded[0]!.author.posts[0]!.id).toEqualTypeOf<number>();
  expectTypeOf(await db.repository(users).findOne({ email: ['a', 'b'], bio: null, createdAt: { gt: new Date() } })).toEqualTypeOf<
    Row<typeof users> | undefined
  >();

  // @ts-expect-error a column that the table does not have
  await db.repository(users).findMany({ where: { mail: 'x' } });
  // @ts-expect-error a value of another type
  await db.repository(users).findOne({ email: 1 });
  // @ts-expect-error text conditions only on text
  await db.repository(posts).findOne({ id: { contains: '1' } });
  // @ts-expect-error email is missing
  await db.repository(users).insert({ tags: [] });
  // @ts-expect-error the primary key cannot be changed
  await db.repository(users).update('x', { id: 'y' });
  // @ts-expect-error a whole key is needed
  await db.repository(follows).find({ from: 'a' });
  // @ts-expect-error a direction is asc or desc
  await db.repository(users).findMany({ orderBy: { email: 'down' } });
  // @ts-expect-error rows of posts have no userId
  await db.repository(posts).findMany({ with: { author: one(users, 'userId') } });
  // @ts-expect-error a filter, or { all: true }
  await db.repository(users).deleteMany();
  // @ts-expect-error the primary key names a column that is not there
  table('x', { a: uuid() }, { primary: ['a', 'b'] });
}
