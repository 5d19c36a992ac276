import { createApp, currentContext, EVENTS, Module, provide, provideValue, type App, type EventBus } from '@plinth/core';
import { guarded, HTTP_SERVER, HttpModule, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  AuthModule,
  MemorySessionStore,
  SECURITY_EVENT,
  session,
  SESSION_STORE,
  type SessionRecord,
  Sessions,
  sessionPending,
  USERS,
  type AuthOptions,
  type AuthUser,
  type SecurityEvent,
  type SessionStore,
} from '@plinth/auth';
import { appKey, StillClock } from './support.js';

class Needs {
  constructor(
    readonly sessions: Sessions,
    readonly events: EventBus,
  ) {}
}

interface Line {
  readonly requestId?: string;
  readonly security?: SecurityEvent;
}

const users = new Map<string, AuthUser>([['1', { id: '1' }]]);
const Text = { type: 'string' } as const;
const inContext = () => String(currentContext() !== undefined);

async function start(options: AuthOptions = {}) {
  const clock = new StillClock();
  @Module({
    imports: [HttpModule.with({}), AuthModule.with(options)],
    providers: [provideValue(USERS, { findById: (id) => users.get(id) }), provide(Needs, { deps: [Sessions, EVENTS] })],
    routes: [
      guarded(session).get('/plain', { context: false, returns: Text }, inContext),
      guarded(sessionPending).get('/pending', { context: false, returns: Text }, inContext),
      guarded(session).get('/asks', { context: false, returns: Text }, inContext, { deps: [Sessions] }),
    ],
  })
  class Root {}
  const lines: Line[] = [];
  const logger = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  const app: App = await createApp(Root, { env: { APP_KEY: appKey(), PORT: '0' }, envFile: false, clock, logger });
  await app.start();
  const ask = (path: string, token: string) => inject(app, { url: path, headers: { cookie: `__Host-sid=${token}` } });
  return { app, clock, lines, ask, sessions: app.get(Needs).sessions, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const noted = (lines: readonly Line[], type: string) => lines.filter(({ security }) => security?.type === type);

test('a session in memory does not make a route enter the request context; a handler that notes events does', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('1');
  const pending = await t.sessions.create('1', { pending: true });
  expect(String((await t.ask('/plain', token)).body)).toBe('"false"');
  expect(String((await t.ask('/pending', pending.token)).body)).toBe('"false"');
  expect(String((await t.ask('/asks', token)).body)).toBe('"true"');
  const contexts = t.app
    .get(HTTP_SERVER)
    .routes()
    .map(({ path, usesContext }) => [path, usesContext]);
  expect(contexts).toEqual(
    expect.arrayContaining([
      ['/plain', false],
      ['/asks', true],
    ]),
  );
});

test('a token of the past is noted with the id of its request all the same [AU-01]', async () => {
  await using t = await start();
  const seen: (string | undefined)[] = [];
  t.app.get(Needs).events.on(SECURITY_EVENT, () => void seen.push(currentContext()?.id));
  const { token } = await t.sessions.create('1');
  const rotated = await t.sessions.rotate(token);
  t.clock.forward(120);
  const answer = await t.ask('/plain', token);
  expect(answer.status).toBe(401);
  expect(noted(t.lines, 'session.reuse')).toMatchObject([{ requestId: answer.headers['x-request-id'] }]);
  await expect.poll(() => seen).toEqual([answer.headers['x-request-id']]);
  expect((await t.ask('/plain', rotated!.token)).status).toBe(401);
});

test('the session of a user who is gone ends, and that is noted with the id of its request', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('2');
  const answer = await t.ask('/plain', token);
  expect(answer.status).toBe(401);
  expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-sid=;/);
  expect(noted(t.lines, 'session.revoked')).toMatchObject([{ requestId: answer.headers['x-request-id'] }]);
  expect(await t.sessions.read(token)).toBeUndefined();
});

test('a store that must be waited for, one that answers at once, and one that fails: the guard answers alike', async () => {
  const memory = new MemorySessionStore();
  const waits: SessionStore = Object.assign(Object.create(memory) as SessionStore, {
    ...Object.fromEntries(
      (['insert', 'update', 'list', 'remove', 'removeByToken', 'removeAll', 'prune', 'findByFamily'] as const).map((name) => [
        name,
        (...values: never[]) => (memory[name] as (...all: never[]) => unknown)(...values),
      ]),
    ),
    find: async (hash: string) => memory.find(hash),
  });
  const fails = Object.assign(new MemorySessionStore(), {
    find: (): SessionRecord | undefined => {
      throw new Error('the store is broken');
    },
  });
  for (const store of [memory, waits]) {
    await using t = await start({ sessions: { store: provideValue(SESSION_STORE, store) } });
    const { token } = await t.sessions.create('1');
    expect((await t.ask('/plain', token)).status).toBe(200);
    t.clock.forward(1_700);
    expect((await t.ask('/plain', token)).status).toBe(200);
    t.clock.forward(1_700);
    expect((await t.ask('/plain', token)).status).toBe(200);
    t.clock.forward(1_801);
    expect((await t.ask('/plain', token)).status).toBe(401);
    expect((await t.ask('/plain', `${token.slice(0, -1)}é`)).status).toBe(401);
    expect((await t.ask('/plain', 'x'.repeat(8_000))).status).toBe(401);
  }
  await using t = await start({ sessions: { store: provideValue(SESSION_STORE, fails) } });
  const { token } = await t.sessions.create('1');
  expect((await t.ask('/plain', token)).status).toBe(500);
});

test('what the store in memory gives cannot be changed, and no change of it reaches another request', async () => {
  const store = new MemorySessionStore();
  await using t = await start({ sessions: { store: provideValue(SESSION_STORE, store) } });
  const { token } = await t.sessions.create('1', { methods: ['pwd', '__proto__'], data: { list: [1] } });
  const first = (await t.sessions.read(token))!;
  expect(() => (first.data['list'] as number[]).push(2)).toThrow(TypeError);
  first.auth.at.setTime(0);
  first.auth.times['pwd']!.setTime(0);
  const second = (await t.sessions.read(token))!;
  expect(second.data).toEqual({ list: [1] });
  expect(second.auth.at).toEqual(t.clock.date());
  expect(second.auth.times['pwd']).toEqual(t.clock.date());
  expect(second.auth.methods).toEqual(['pwd', '__proto__']);
  expect(Object.hasOwn(second.auth.times, '__proto__')).toBe(true);
  expect(Object.getPrototypeOf(second.auth.times)).toBe(Object.prototype);
});

test('a token that has opened its session many times opens nothing once that has ended, been rotated, or grown old', async () => {
  await using t = await start();
  for (const end of [
    (token: string) => t.sessions.end(token),
    (token: string) => t.sessions.rotate(token),
    () => t.sessions.revokeAll('1'),
    async () => t.clock.forward(2_000),
  ]) {
    const { token } = await t.sessions.create('1');
    for (let use = 0; use < 3; use++) expect((await t.ask('/plain', token)).status).toBe(200);
    await end(token);
    for (let use = 0; use < 2; use++) expect((await t.ask('/plain', token)).status).toBe(401);
  }
});

test('among more sessions than hashes are kept of, each token opens its own', async () => {
  await using t = await start({ sessions: { perUser: 1_500 } });
  const started = [];
  for (let count = 0; count < 1_200; count++) started.push(await t.sessions.create(`user ${count}`));
  for (let round = 0; round < 2; round++)
    for (const { token, session: own } of started) expect((await t.sessions.read(token))?.id).toBe(own.id);
});

test('a store that answers at once and changes its records where they are is not taken for one that freezes them', async () => {
  const memory = new MemorySessionStore();
  const own = new Map<string, SessionRecord>();
  const store = Object.assign(new MemorySessionStore(), {
    insert: async (record: SessionRecord) => void own.set(record.tokenHash, { ...record }),
    find: (hash: string) => own.get(hash),
    list: (userId: string) => memory.list(userId),
  });
  await using t = await start({ sessions: { store: provideValue(SESSION_STORE, store) } });
  const { token } = await t.sessions.create('1');
  expect((await t.ask('/plain', token)).status).toBe(200);
  Object.assign([...own.values()][0]!, { pending: true });
  expect((await t.ask('/plain', token)).status).toBe(403);
});
