import { createRequire } from 'node:module';
import {
  bigint,
  boolean,
  bytes,
  type Database,
  date,
  decimal,
  defineMigration,
  double,
  enumOf,
  id,
  integer,
  json,
  openDatabase,
  table,
  text,
  time,
  timestamp,
  uuid,
} from '@plinth/data';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { mssqlErrors } from './support/mssql-errors.js';
import { ConnectionInMemory, server, serverError } from './support/tedious-in-memory.js';

// What is sent to SQL Server, up to the driver; that the server takes it has not been tested.
vi.mock('tedious', () => {
  const actual = createRequire(import.meta.url)('tedious') as typeof import('tedious');
  return { ...actual, default: { ...actual, Connection: ConnectionInMemory } };
});
const { ConnectionError } = await import('tedious');

const teams = table('teams', { id: id(), name: text({ max: 30 }).unique() }, { comment: "the team's" });
const people = table(
  'people',
  {
    id: uuid().primary(),
    teamId: integer().references(() => teams.id),
    nick: text({ max: 20 }).nullable().unique().comment('short name'),
    bio: text().default("it's"),
    score: bigint().nullable(),
    price: decimal(12, 2).nullable(),
    exact: decimal(30, 10).nullable(),
    ratio: double().nullable(),
    active: boolean().default(true),
    born: date().nullable(),
    wakes: time().nullable(),
    seenAt: timestamp().nullable().index(),
    data: json<unknown>().nullable(),
    photo: bytes({ max: 100 }).nullable(),
    kind: enumOf('a', 'é').default('a'),
  },
  { checks: { price_positive: 'price >= 0' } },
);

let db: Database;
const warnings: string[] = [];
beforeEach(() => {
  server.sent.length = 0;
  server.configs.length = 0;
  server.answer = () => undefined;
  db = openDatabase({
    url: 'mssql://ann:p%40ss@db.example:1500/shop?trustServerCertificate=true',
    logger: { debug: () => undefined, warn: (_fields, message) => void warnings.push(message), error: () => undefined },
    migrations: [
      defineMigration('001', {
        async up({ createTable }) {
          await createTable(teams);
          await createTable(people);
        },
      }),
    ],
  });
});
afterEach(() => db.close());

/** Statements but for those that open a connection. */
const sent = () => server.sent.filter(({ sql }) => !sql.startsWith('set lock_timeout'));
const texts = () => sent().map(({ sql }) => sql);

test('it is said at once that this database has not been tested against a server', () => {
  expect(warnings.at(-1)).toContain('has not been tested against a server');
});

test('the URL becomes options of the driver', async () => {
  await db.ping();
  expect(server.configs[0]).toMatchObject({
    server: 'db.example',
    authentication: { options: { userName: 'ann', password: 'p@ss' } },
    options: { port: 1500, database: 'shop', encrypt: true, trustServerCertificate: true, useUTC: true, connectTimeout: 2_000 },
  });
  expect(server.sent[0]!.sql).toMatch(/^set lock_timeout 5000; select /);
});

test('transactions and savepoints are those of Transact-SQL', async () => {
  await db.transaction(
    async () => {
      await db.transaction(() => db.sql`select 1 as a`);
      await db
        .transaction(() => {
          throw new Error('undone');
        })
        .catch(() => undefined);
    },
    { isolation: 'serializable' },
  );
  await db.transaction(() => undefined);
  await db
    .transaction(() => {
      throw new Error('undone');
    })
    .catch(() => undefined);
  expect(texts().filter((sql) => !sql.startsWith('select'))).toEqual([
    'set transaction isolation level serializable; begin transaction',
    'save transaction plinth_1',
    'save transaction plinth_2',
    'rollback transaction plinth_2',
    'commit',
    'set transaction isolation level read committed; begin transaction',
    'commit',
    'set transaction isolation level read committed; begin transaction',
    'if @@trancount > 0 rollback transaction',
  ]);
});

test('tables are created with types, keys, checks and indexes of SQL Server', async () => {
  server.answer = (sql) => (/sp_getapplock/.test(sql) ? { rows: [{ locked: 0 }] } : undefined);
  const ddl = (await db.migrate.dryRun('up')).flatMap(({ statements }) => statements);
  const collated = 'collate Latin1_General_100_BIN2';
  expect(ddl).toEqual([
    `create table [teams] ([id] int identity(1, 1) not null primary key, [name] nvarchar(60) ${collated} not null, constraint [teams_name_unique] unique ([name]))`,
    `exec sp_addextendedproperty N'MS_Description', N'the team''s', N'schema', N'dbo', N'table', N'teams'`,
    `create table [people] (${[
      `[id] char(36) ${collated} not null`,
      '[team_id] integer not null',
      `[nick] nvarchar(40) ${collated} null`,
      `[bio] nvarchar(max) ${collated} not null default N'it''s'`,
      '[score] bigint null',
      '[price] decimal(12, 2) null',
      `[exact] varchar(33) ${collated} null`,
      '[ratio] float(53) null',
      '[active] bit not null default 1',
      '[born] date null',
      '[wakes] time(0) null',
      '[seen_at] datetime2(3) null',
      '[data] nvarchar(max) null',
      '[photo] varbinary(100) null',
      `[kind] nvarchar(1) ${collated} not null default N'a'`,
      'constraint [people_pkey] primary key ([id])',
      'constraint [people_team_id_fkey] foreign key ([team_id]) references [teams] ([id]) on delete no action',
      `constraint [people_kind_check] check ([kind] in (N'a', N'é'))`,
      'constraint [people_price_positive_check] check (price >= 0)',
    ].join(', ')})`,
    'create unique index [people_nick_unique] on [people] ([nick]) where [nick] is not null',
    'create index [people_team_id_index] on [people] ([team_id])',
    'create index [people_seen_at_index] on [people] ([seen_at])',
    `exec sp_addextendedproperty N'MS_Description', N'short name', N'schema', N'dbo', N'table', N'people', N'column', N'nick'`,
  ]);
});

describe('values', () => {
  const row = {
    id: '0190f3a2-7c4e-7def-8123-456789abcdef',
    teamId: 1,
    nick: 'ann',
    bio: 'x',
    score: 2n ** 63n - 1n,
    price: '10.50',
    exact: '12345678901234567890.1234567890',
    ratio: 0.1,
    active: true,
    born: '2024-02-29',
    wakes: '07:30:00',
    seenAt: new Date('2026-03-08T02:30:00.123Z'),
    data: { a: [1] },
    photo: new Uint8Array([1, 2]),
    kind: 'é' as const,
  };
  // As the driver reads them with useUTC.
  const stored = {
    id: row.id,
    teamId: 1,
    nick: 'ann',
    bio: 'x',
    score: '9223372036854775807',
    price: 10.5,
    exact: row.exact,
    ratio: 0.1,
    active: true,
    born: new Date('2024-02-29T00:00:00.000Z'),
    wakes: new Date('1970-01-01T07:30:00.000Z'),
    seenAt: row.seenAt,
    data: '{"a":[1]}',
    photo: Buffer.from([1, 2]),
    kind: 'é',
  };

  test('each is bound in a form that its column takes, and read back as it was', async () => {
    server.answer = () => ({ rows: [stored] });
    expect(await db.repository(people).findOne({ id: row.id })).toEqual(row);
    server.sent.length = 0;
    await db.repository(people).insert(row);
    const { values, types, sql } = sent().at(-1)!;
    expect(sql).toMatch(/^insert into \[people\] \(/);
    expect(values).toEqual([
      row.id,
      1,
      'ann',
      'x',
      '9223372036854775807',
      '10.50',
      row.exact,
      0.1,
      true,
      '2024-02-29',
      '07:30:00',
      '2026-03-08T02:30:00.123',
      '{"a":[1]}',
      Buffer.from([1, 2]),
      'é',
    ]);
    expect(new Set(types)).toEqual(new Set(['NVarChar', 'Int', 'Float', 'Bit', 'VarBinary']));
  });
});

test('queries of repositories, templates and knex carry their values as parameters only', async () => {
  const hostile = `x'; drop table people; --`;
  const people$ = db.repository(people);
  server.answer = () => ({ affected: 1 });
  await people$.findMany({ where: { bio: hostile, kind: ['a', 'é'] }, orderBy: { seenAt: 'desc' }, limit: 5 });
  await people$.updateMany({ bio: { startsWith: hostile } }, { bio: hostile });
  await people$.deleteMany({ or: [{ bio: hostile }, { score: { gt: 1n } }] });
  await db.sql`select * from ${people} where ${people.bio} = ${hostile}`;
  await db.knex('people').where({ bio: hostile }).select('id');
  for (const { sql, values } of sent()) {
    expect(sql).not.toContain('drop table');
    expect(values).toBeDefined();
  }
  expect(texts()[0]).toMatch(
    /^select .* from \[people\] where .* order by \[people\]?\.?\[?seen_at\] desc.* offset @p\d+ rows fetch next @p\d+ rows only$/,
  );
  expect(texts().at(-2)).toBe('select * from [people] where [people].[bio] = @p1');
  expect(texts().at(-1)).toBe('select [id] from [people] where [bio] = @p0');
});

test.each(mssqlErrors)('error %i (%s) is %s, without any value', async (number, message, code, facts) => {
  server.answer = (sql) => (sql.startsWith('delete') ? { error: serverError(number, message) } : undefined);
  const failure = (await db.sql`delete from x`.catch((error: unknown) => error)) as Error;
  expect(failure).toMatchObject({ code, driverCode: String(number), ...facts });
  expect([JSON.stringify(failure), failure.stack, String((failure.cause as Error).stack)].join()).not.toContain('secret');
});

test('several errors of one statement, time limits and lost sockets are typed as well', async () => {
  const codeOf = async (error: Error) => {
    server.answer = (sql) => (sql.startsWith('delete') ? { error } : undefined);
    return db.sql`delete from x`.then(
      () => undefined,
      (failure: { code: string }) => failure.code,
    );
  };
  const stopped = serverError(3621, 'The statement has been terminated.');
  expect(await codeOf(new AggregateError([stopped, serverError(2627, 'Violation')]))).toBe('DATA_UNIQUE');
  expect(await codeOf(Object.assign(new Error('Timeout'), { code: 'ETIMEOUT' }))).toBe('DATA_TIMEOUT');
  expect(await codeOf(Object.assign(new Error('Canceled.'), { code: 'ECANCEL' }))).toBe('DATA_TIMEOUT');
  expect(await codeOf(new ConnectionError('x', 'ESOCKET', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }))).toBe(
    'DATA_CONNECTION_LOST',
  );
  expect(await codeOf(new ConnectionError('Login failed.', 'ELOGIN'))).toBe('DATA_UNAVAILABLE');
});
