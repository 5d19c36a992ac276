import { randomBytes } from 'node:crypto';
import { created, HTTP_SERVER, get, post } from '@plinth/http';
import {
  CheckViolation,
  CommitOutcomeUnknown,
  ConnectionLost,
  type DatabaseFailure,
  Deadlock,
  defineMigration,
  FAILURE_CODES,
  ForeignKeyViolation,
  id,
  integer,
  LockTimeout,
  NotNullViolation,
  openDatabase,
  OutOfRange,
  QueryTimeout,
  ReadOnly,
  SchemaMismatch,
  SerializationFailure,
  StatementFailure,
  table,
  tableSchema,
  text,
  Unavailable,
  UniqueViolation,
  ValueTooLong,
} from '@plinth/data';
import { expect, test } from 'vitest';
import { build } from './support/serve.js';

const facts = { table: 'users', columns: ['email'] };
const statuses: readonly (readonly [DatabaseFailure, status: number, retry: boolean])[] = [
  [new UniqueViolation(facts), 409, false],
  [new ForeignKeyViolation(facts), 422, false],
  [new NotNullViolation(facts), 422, false],
  [new CheckViolation(facts), 422, false],
  [new ValueTooLong(facts), 422, false],
  [new OutOfRange(facts), 422, false],
  [new SerializationFailure(), 503, true],
  [new Deadlock(), 503, true],
  [new LockTimeout(), 503, true],
  [new QueryTimeout(), 504, false],
  [new ReadOnly(), 503, false],
  [new ConnectionLost(), 503, true],
  [new CommitOutcomeUnknown(), 503, false],
  [new Unavailable(), 503, true],
  [new SchemaMismatch({ missing: 'table "secrets"' }), 500, false],
  [new StatementFailure({ reason: 'near "selct": syntax error' }), 500, false],
];

test('each failure of the database has its status, its code, and Retry-After where trying again helps', async () => {
  expect(statuses.map(([failure]) => failure.code).sort()).toEqual([...FAILURE_CODES].sort());
  const routes = statuses.map(([failure], index) =>
    get(`/${index}`, { open: true }, () => {
      throw failure;
    }),
  );
  await using built = await build({
    routes,
    env: { NODE_ENV: 'production', APP_HOSTS: '127.0.0.1,localhost', APP_KEY: randomBytes(32).toString('base64') },
  });
  await built.app.start();
  const server = built.app.get(HTTP_SERVER);
  for (const [index, [failure, status, retry]] of statuses.entries()) {
    const response = await server.inject({ url: `/${index}` });
    expect([failure.code, response.status]).toEqual([failure.code, status]);
    expect([failure.code, response.headers['retry-after'] !== undefined]).toEqual([failure.code, retry]);
    const body = response.json() as { code?: string };
    // What is our own fault is not explained to clients.
    if (status === 500) expect(response.text()).not.toMatch(/secrets|selct/);
    else expect(body.code).toBe(failure.code);
  }
});

test('a body that the schema of a table lets through, and the database refuses, is answered without its values', async () => {
  const users = table('users', { id: id(), email: text({ max: 50 }).unique(), teamId: integer().references(() => teams.id) });
  const teams = table('teams', { id: id(), name: text() });
  const migration = defineMigration('001', {
    async up({ createTable }) {
      await createTable(teams);
      await createTable(users);
    },
  });
  await using stack = new AsyncDisposableStack();
  const db = openDatabase({ url: 'sqlite::memory:', migrations: [migration] });
  stack.defer(() => db.close());
  await db.migrate.up();
  await db.repository(teams).insert({ name: 'one' });
  const create = post(
    '/users',
    { open: true, body: tableSchema(users, { for: 'insert', omit: ['id'] }), returns: { 201: tableSchema(users) } },
    async ({ body }) => created(await db.repository(users).insert(body)),
  );
  const built = stack.use(await build({ routes: [create] }));
  await built.app.start();
  const server = built.app.get(HTTP_SERVER);
  const send = (body: object) =>
    server.inject({ method: 'POST', url: '/users', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  expect((await send({ email: 'ann@example.org', teamId: 1 })).status).toBe(201);
  const twice = await send({ email: 'ann@example.org', teamId: 1 });
  expect([twice.status, (twice.json() as { code: string }).code]).toEqual([409, 'DATA_UNIQUE']);
  expect(twice.text()).not.toContain('ann@');
  const nowhere = await send({ email: 'bert@example.org', teamId: 9 });
  expect([nowhere.status, (nowhere.json() as { code: string }).code]).toEqual([422, 'DATA_FOREIGN_KEY']);
  // The schema knows the column's length, range and names.
  for (const body of [
    { email: 'x'.repeat(51), teamId: 1 },
    { email: 'c', teamId: 2 ** 31 },
    { email: 'd' },
    { email: 'e', teamId: 1, id: 5 },
  ]) {
    expect((await send(body)).status).toBe(422);
  }
});
