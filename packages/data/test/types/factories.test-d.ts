import { type Database, factory, type FactoryContext, type Insert, integer, type Row, table, text, uuid } from '@plinth/data';
import { expectTypeOf } from 'vitest';

const users = table('users', { id: uuid().primary(), email: text(), bio: text().nullable(), age: integer().default(1) });
const posts = table('posts', { id: uuid().primary(), title: text(), authorId: uuid().references(() => users.id) });
declare const db: Database;

const userFactory = factory(users, ({ n }) => ({ email: `user${n}@example.org` }));
const postFactory = factory(posts, () => ({ title: 'Hello', authorId: userFactory.ref('id') }));

export async function check(): Promise<void> {
  expectTypeOf(userFactory.make()).toEqualTypeOf<Insert<typeof users>>();
  expectTypeOf(await userFactory.create(db)).toEqualTypeOf<Row<typeof users>>();
  expectTypeOf(await postFactory.createMany(db, 2, { authorId: userFactory.ref('id') })).toEqualTypeOf<Row<typeof posts>[]>();
  userFactory.with({ bio: null }).with((context: FactoryContext) => ({ age: context.n }));

  // @ts-expect-error email is required
  factory(users, () => ({ bio: 'x' }));
  // @ts-expect-error a column that the table does not have
  factory(users, () => ({ email: 'x', mail: 'y' }));
  // @ts-expect-error a value of another type
  factory(users, () => ({ email: 1 }));
  // @ts-expect-error a parent's column of another type
  factory(posts, () => ({ title: 'x', authorId: userFactory.ref('age') }));
  // @ts-expect-error a column that the parent does not have
  userFactory.ref('name');
  // @ts-expect-error a column that the table does not have
  userFactory.make({ mail: 'x' });
  // @ts-expect-error a value of another type
  await userFactory.create(db, { age: 'old' });
  // @ts-expect-error email cannot be null
  userFactory.with({ email: null });
}
