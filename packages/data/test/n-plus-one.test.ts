import { Writable } from 'node:stream';
import { configured, createApp, createContext, Module, runInContext } from '@plinth/core';
import {
  DATABASE,
  type Database,
  type DatabaseOptions,
  DataModule,
  defineMigration,
  id,
  integer,
  one,
  openDatabase,
  queryChannel,
  type QueryEvent,
  table,
  text,
} from '@plinth/data';
import { afterEach, expect, test } from 'vitest';

const teams = table('teams', { id: id(), name: text() });
const people = table('people', { id: id(), teamId: integer().references(() => teams.id), email: text() });
const migration = defineMigration('001', {
  async up({ createTable }) {
    await createTable(teams);
    await createTable(people);
  },
});
interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}
const open: Database[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

async function start(options: Partial<DatabaseOptions>): Promise<{ db: Database; lines: Line[] }> {
  const lines: Line[] = [];
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: { ...fields }, message });
  const logger = { debug: write('debug'), warn: write('warn'), error: write('error') };
  const db = openDatabase({ url: 'sqlite::memory:', migrations: [migration], logger, ...options });
  open.push(db);
  await db.migrate.up();
  const team = await db.repository(teams).insert({ name: 'one' });
  await db
    .repository(people)
    .insertMany(Array.from({ length: 12 }, (_, index) => ({ teamId: team.id, email: `secret${index}@example.org` })));
  lines.length = 0;
  return { db, lines };
}

const inRequest = <T>(name: string, run: () => T): T => runInContext(createContext({ id: name }), run);

async function aQueryPerRow(db: Database): Promise<void> {
  for (const person of await db.repository(people).findMany()) await db.repository(teams).findOne({ id: person.teamId });
}

test('a query per row is warned about once per request, with the statement, the count and the line that asks [DA-14]', async () => {
  const { db, lines } = await start({ nPlusOne: 'warn' });
  await inRequest('r1', () => aQueryPerRow(db));
  await inRequest('r2', () => aQueryPerRow(db));
  const warnings = lines.filter(({ level }) => level === 'warn');
  expect(warnings.map(({ fields }) => [fields['requestId'], fields['count']])).toEqual([
    ['r1', 10],
    ['r2', 10],
  ]);
  expect(warnings[0]!.fields['sql']).toMatch(/from ["`]teams["`]/);
  expect(warnings[0]!.fields['at']).toMatch(/n-plus-one\.test\.ts:\d+$/);
  expect(warnings[0]!.message).toContain('10 times');
  expect(JSON.stringify(warnings)).not.toContain('secret');
});

test('rows that are loaded together, statements outside of requests, and those of different requests, are no repetition', async () => {
  const { db, lines } = await start({ nPlusOne: 'throw' });
  await inRequest('r', () => db.repository(people).findMany({ with: { team: one(teams, 'teamId') } }));
  await aQueryPerRow(db);
  await Promise.all(Array.from({ length: 30 }, (_, index) => inRequest(`r${index}`, () => db.repository(teams).count())));
  expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('with "throw" the statement that is one too many is DATA_N_PLUS_ONE, through repository, sql and knex, also in a transaction', async () => {
  const { db } = await start({ nPlusOne: 'throw', nPlusOneThreshold: 3 });
  const ways: (() => PromiseLike<unknown>)[] = [
    () => db.repository(teams).count(),
    () => db.sql`select name from teams where id = ${1}`,
    () => db.knex('teams').where({ id: 1 }),
    () => db.transaction(() => db.repository(people).count({ teamId: 1 })),
  ];
  for (const [index, way] of ways.entries()) {
    await inRequest(`r${index}`, async () => {
      await way();
      await way();
      const failure = await Promise.resolve(way()).then(
        () => undefined,
        (error: unknown) => error as Error & { code: string; help: string },
      );
      expect([index, failure?.code]).toEqual([index, 'DATA_N_PLUS_ONE']);
      expect(failure!.message).toContain('3 times');
      expect(failure!.help).toMatch(/n-plus-one\.test\.ts:\d+/);
    });
  }
});

@Module({})
class Root {}

test.each([
  ['development', 1],
  ['production', 0],
])('an application in %s warns %i times', async (NODE_ENV, times) => {
  const lines: string[] = [];
  const logger = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const root = configured(Root, { imports: [DataModule.with({ url: 'sqlite::memory:' })] });
  const app = await createApp(root, { env: { NODE_ENV, LOG_FORMAT: 'json' }, envFile: false, logger });
  await app.start();
  const db = app.get(DATABASE);
  await inRequest('r', async () => {
    for (let count = 0; count < 15; count++) await db.sql`select 1 as one`;
  });
  await app.stop();
  expect(lines.join('').split('the same statement 10 times').length - 1).toBe(times);
});

test('it is off unless it is asked for', async () => {
  const { db, lines } = await start({});
  await inRequest('r', () => aQueryPerRow(db));
  expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});

test('the log and the channel tell duration, rows, request and failure of each statement, and no value [DA-16]', async () => {
  const { db, lines } = await start({ slowQuery: 0.0001 });
  const events: QueryEvent[] = [];
  const listen = (event: unknown) => void events.push(event as QueryEvent);
  queryChannel.subscribe(listen);
  try {
    await inRequest('r9', () => db.repository(people).findMany({ where: { email: { startsWith: 'secret' } } }));
    await inRequest('r10', () => db.sql`insert into people (id, team_id, email) values (${1}, ${1}, ${'secret-twice'})`).catch(
      () => undefined,
    );
  } finally {
    queryChannel.unsubscribe(listen);
  }
  expect(events).toMatchObject([
    { rows: 12, bindings: expect.any(Number) as number, requestId: 'r9', dialect: 'sqlite', database: 'database' },
    { rows: 0, bindings: 3, requestId: 'r10', error: { code: 'DATA_UNIQUE' } },
  ]);
  expect(events[0]!.duration).toBeGreaterThan(0);
  expect(lines).toMatchObject([
    { level: 'warn', fields: { rows: 12, requestId: 'r9' } },
    { level: 'warn', fields: { requestId: 'r10', code: 'DATA_UNIQUE', driverCode: 'SQLITE_CONSTRAINT_PRIMARYKEY' } },
  ]);
  expect(lines[0]!.message).toMatch(/^Slow query: /);
  expect(JSON.stringify([lines, events])).not.toContain('secret');
});
