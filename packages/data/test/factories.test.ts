import { type AnyColumn, defineMigration, enumOf, factory, id, integer, table, text, timestamp, uuid } from '@plinth/data';
import { createTestDatabase, describeDialect, type TestDatabase } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const users = table('users', {
  id: uuid().primary(),
  email: text({ max: 100 }).unique(),
  role: enumOf('member', 'admin').default('member'),
  score: integer(),
  createdAt: timestamp().defaultNow(),
});
const posts = table('posts', {
  id: id(),
  title: text({ max: 100 }),
  authorId: uuid().references((): AnyColumn => users.id),
});
const migrations = [
  defineMigration('1', { steps: [{ up: ({ createTable }) => createTable(users) }, { up: ({ createTable }) => createTable(posts) }] }),
];

// What the seed 1 gives: other values would make the rows of existing tests differ.
const SCORES = [588680, 746280, 776225];

const makeUsers = () => factory(users, ({ n, random }) => ({ email: `user${n}@example.org`, score: random.integer(1, 1_000_000) }));

describe('factories without a database', () => {
  test('rows are numbered, and their random values are the same in every run', () => {
    const one = makeUsers();
    const rows = [one.make(), one.make(), one.make()];
    expect(rows.map(({ email }) => email)).toEqual(['user1@example.org', 'user2@example.org', 'user3@example.org']);
    expect(rows.map(({ score }) => score)).toEqual(SCORES);
    expect(one.seeded(2).make().score).not.toBe(SCORES[0]);
    expect(one.seeded(1).make()).toEqual(rows[0]);
  });

  test('what one row draws does not depend on how much others drew', () => {
    const drawing = (count: number) =>
      factory(users, ({ n, random }) => {
        for (let index = 0; index < count; index++) random.number();
        return { email: `${n}`, score: n === 2 ? random.integer(1, 1_000_000) : 0 };
      });
    const scoreOf = (count: number) => {
      const made = drawing(0).with(({ n, random }) => (n === 1 ? { score: count + random.integer(1, 5) } : {}));
      made.make();
      return made.make().score;
    };
    expect(scoreOf(1)).toBe(scoreOf(100));
  });

  test('states and overrides, the last one wins; undefined changes nothing', () => {
    const admins = makeUsers().with({ role: 'admin' });
    expect(admins.make()).toMatchObject({ email: 'user1@example.org', role: 'admin' });
    expect(admins.make({ role: 'member', email: undefined })).toMatchObject({ email: 'user2@example.org', role: 'member' });
    expect(admins.with(({ n }) => ({ email: `admin${n}@example.org` })).make()).toMatchObject({
      email: 'admin3@example.org',
      role: 'admin',
    });
  });

  test('random values of each kind keep within their bounds', () => {
    const kinds = factory(users, ({ n, random }) => {
      const date = random.date(new Date('2020-01-01'), new Date('2020-01-02'));
      const checks = [
        random.number() >= 0 && random.number() < 1,
        [3, 4, 5].includes(random.integer(3, 5)),
        ['a', 'b'].includes(random.pick(['a', 'b'])),
        /^[a-z0-9]{12}$/.test(random.text(12)),
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(random.uuid()),
        date.toISOString().startsWith('2020-01-01'),
        random.boolean(1) && !random.boolean(0),
        Number.isInteger(random.seed),
      ];
      return { email: `${n}`, score: checks.filter(Boolean).length };
    });
    for (let index = 0; index < 200; index++) expect(kinds.make().score).toBe(8);
  });

  test('a row that needs another one is made only with a database, or with the value', () => {
    const postFactory = factory(posts, ({ n }) => ({ title: `Post ${n}`, authorId: makeUsers().ref('id') }));
    expect(() => postFactory.make()).toThrow(
      expect.objectContaining({ code: 'DATA_FACTORY', message: expect.stringContaining('authorId') }),
    );
    expect(postFactory.make({ authorId: 'x' })).toEqual({ title: 'Post 2', authorId: 'x' });
  });

  test('unique() differs between runs and rows', () => {
    const emails = factory(users, ({ unique }) => ({ email: unique('user-'), score: 1 }));
    const [a, b] = [emails.make().email, emails.make().email];
    expect(a).toMatch(/^user-[0-9a-f]{10}1$/);
    expect(b).not.toBe(a);
  });
});

await describeDialect('factories', { describe, test, beforeAll, afterAll }, (suite) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(suite.dialect, { driver: suite.driver });
    await database.open({ migrations }).migrate.up();
  });
  afterEach(() => database.drop());

  test('rows are created with their parents, unless the caller gives one [DA-06]', async () => {
    const db = database.open();
    const userFactory = makeUsers();
    const postFactory = factory(posts, ({ n }) => ({ title: `Post ${n}`, authorId: userFactory.ref('id') }));
    const post = await postFactory.create(db);
    expect(post).toEqual({ id: 1, title: 'Post 1', authorId: expect.any(String) });
    expect(await db.repository(users).find(post.authorId)).toMatchObject({ email: 'user1@example.org', role: 'member' });
    const author = await userFactory.create(db, { role: 'admin' });
    const many = await postFactory.createMany(db, 3, { authorId: author.id });
    expect(many.map(({ title, authorId }) => [title, authorId])).toEqual([2, 3, 4].map((n) => [`Post ${n}`, author.id]));
    expect(await db.repository(users).count()).toBe(2);
    expect(await postFactory.createMany(db, 0)).toEqual([]);
    await expect(postFactory.createMany(db, -1)).rejects.toMatchObject({ code: 'DATA_FACTORY' });
  });

  test('children are created after their row; a failure leaves none of them', async () => {
    const db = database.open();
    let fails = false;
    const withPosts = makeUsers().afterCreate(async (user, own) => {
      await factory(posts, ({ n }) => ({ title: `Post ${n}`, authorId: user.id })).createMany(own, 2);
      if (fails) throw new Error('no');
    });
    await withPosts.createMany(db, 2);
    expect(await db.repository(posts).count()).toBe(4);
    fails = true;
    await expect(withPosts.create(db)).rejects.toThrow('no');
    expect([await db.repository(users).count(), await db.repository(posts).count()]).toEqual([2, 4]);
  });

  test('a wrong value is refused as in every insert', async () => {
    const db = database.open();
    await expect(makeUsers().create(db, { score: 1.5 })).rejects.toMatchObject({ code: 'DATA_VALUE' });
    const same = makeUsers().with({ email: 'a' });
    await same.create(db);
    await expect(same.create(db)).rejects.toMatchObject({ code: 'DATA_UNIQUE' });
  });
});
