import {
  bigint,
  type Database,
  enumOf,
  filterOf,
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

const bodies = table('bodies', {
  id: uuid().primary(),
  size: bigint(),
  kind: enumOf('a', 'b').nullable(),
  note: text().nullable(),
  at: timestamp().defaultNow(),
  version: integer().version(),
  deletedAt: timestamp().softDelete(),
});
expectTypeOf<Insert<typeof bodies>>().toEqualTypeOf<{
  size: bigint;
  id?: string;
  kind?: 'a' | 'b' | null;
  note?: string | null;
  at?: Date;
  version?: number;
  deletedAt?: Date | null;
}>();
const insertBody = tableSchema(bodies, { for: 'insert', omit: ['id', 'version', 'deletedAt'] });
expectTypeOf<(typeof insertBody)['~unsafe']>().toEqualTypeOf<{
  size: string;
  kind?: 'a' | 'b' | null;
  note?: string | null;
  at?: string;
}>();
const patchBody = tableSchema(bodies, { for: 'patch', pick: ['size', 'version'] });
expectTypeOf<(typeof patchBody)['~unsafe']>().toEqualTypeOf<{ size?: string; version?: number }>();

const filter = filterOf(bodies, { kind: ['eq', 'in'], size: ['gt'], note: ['contains', 'isNull'], sort: ['at', 'size'], limit: 10 });
expectTypeOf<(typeof filter.schema)['~unsafe']>().toEqualTypeOf<{
  readonly kind?: 'a' | 'b';
  readonly 'kind.in'?: readonly ('a' | 'b')[];
  readonly 'size.gt'?: string;
  readonly 'note.contains'?: string;
  readonly 'note.isNull'?: boolean;
  readonly sort?: readonly ('at' | '-at' | 'size' | '-size')[];
  readonly limit?: number;
}>();
// @ts-expect-error text operators only on text
filterOf(bodies, { size: ['contains'] });
// @ts-expect-error a column that the table does not have
filterOf(bodies, { colour: ['eq'] });
// @ts-expect-error sorted by a column that the table does not have
filterOf(bodies, { sort: ['colour'] });

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
