import { provideValue, EVENTS, provide, type EventBus } from '@plinth/core';
import { guarded, HttpModule, inject, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  MemorySessionStore,
  SECURITY_EVENT,
  SESSION_COOKIE,
  SESSION_STORE,
  sessionOf,
  Sessions,
  type NewSession,
  type SecurityEvent,
} from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

const MINUTES = 60;
const DAYS = 86_400;

class People {
  findById(id: string): { id: string } {
    return { id };
  }
}
class Bus {
  constructor(readonly events: EventBus) {}
}

const signedIn = guarded(sessionOf({ users: People }));
const module = {
  imports: [HttpModule.with({ rateLimit: false })],
  providers: [provide(People, { deps: [] }), provide(Bus, { deps: [EVENTS] })],
  routes: [
    signedIn.get('/', { returns: { type: 'string' } }, ({ user }) => user.id),
    signedIn.post('/', { returns: { type: 'string' } }, ({ user }) => user.id),
  ],
};

async function start() {
  const clock = new StillClock();
  const store = new MemorySessionStore();
  const app = await startAuth({ sessions: { store: provideValue(SESSION_STORE, store) } }, { module, clock });
  const seen: SecurityEvent[] = [];
  app.get(Bus).events.on(SECURITY_EVENT, (event) => void seen.push(event));
  const get = (token: string): Promise<InjectResponse> => inject(app, { url: '/', headers: { cookie: `${SESSION_COOKIE}=${token}` } });
  return { app, clock, store, seen, get, sessions: app.get(Sessions), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

function tokenIn(answer: InjectResponse): string | undefined {
  return /__Host-sid=([^;]+); /.exec([answer.headers['set-cookie'] ?? ''].flat().join('\n'))?.[1];
}

test('a remembered session gets a new token with the first request after a rest, and the cookie lasts as long as before [AU-01]', async () => {
  await using t = await start();
  const first = await t.sessions.create('7', { remember: true });
  expect(tokenIn(await t.get(first.token))).toBeUndefined();
  t.clock.forward(29 * MINUTES);
  expect(tokenIn(await t.get(first.token))).toBeUndefined();
  t.clock.forward(2 * DAYS);
  const answer = await t.get(first.token);
  const second = tokenIn(answer)!;
  expect(answer.status).toBe(200);
  expect(second).toHaveLength(68);
  expect(second).not.toBe(first.token);
  expect([answer.headers['set-cookie']].flat().join()).toMatch(/Max-Age=24\d{5}/);
  expect(tokenIn(await t.get(second))).toBeUndefined();
  expect(await t.sessions.list('7')).toMatchObject([{ id: first.session.id }]);
});

test('an ordinary session keeps its token', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7');
  t.clock.forward(29 * MINUTES);
  expect(tokenIn(await t.get(token))).toBeUndefined();
});

test('requests that were sent together all succeed, and one of them brings the new token [AU-01]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { remember: true });
  t.clock.forward(2 * DAYS);
  const answers = await Promise.all(Array.from({ length: 50 }, () => t.get(token)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  const renewed = answers.map(tokenIn).filter((text) => text !== undefined);
  expect(renewed).toHaveLength(1);
  expect((await t.get(renewed[0]!)).status).toBe(200);
  expect(t.seen).toEqual([]);
});

// The thief copied the cookie; whichever of the two comes later is told, and the session ends for both.
test.each(['owner', 'thief'])('a stolen cookie ends the session of both when the %s comes second [AU-01]', async (second) => {
  await using t = await start();
  const { token, session } = await t.sessions.create('7', { remember: true });
  t.clock.forward(2 * DAYS);
  const renewed = tokenIn(await t.get(token))!;
  expect((await t.get(renewed)).status).toBe(200);
  t.clock.forward(5 * MINUTES);
  const late = await t.get(token);
  expect(late.status, second).toBe(401);
  expect(late.json()).toMatchObject({ code: 'AUTH_SESSION_ENDED' });
  expect((await t.get(renewed)).status).toBe(401);
  expect(await t.store.list('7')).toEqual([]);
  expect(t.seen).toMatchObject([
    { type: 'session.reuse', outcome: 'refused', userId: '7', details: { ended: session.id, confirmed: true } },
  ]);
});

test('a token from several rotations ago is recognised as well [AU-01]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { remember: true });
  let current = token;
  for (let round = 0; round < 3; round++) {
    t.clock.forward(2 * DAYS);
    current = tokenIn(await t.get(current))!;
  }
  await t.get(current);
  t.clock.forward(5 * MINUTES);
  expect((await t.get(token)).status).toBe(401);
  expect((await t.get(current)).status).toBe(401);
  expect(t.seen).toHaveLength(1);
});

test('an answer that got lost signs nobody out: the old token counts until the new one was used [AU-01]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { remember: true });
  t.clock.forward(2 * DAYS);
  const lost = tokenIn(await t.get(token))!;
  t.clock.forward(10 * MINUTES);
  const again = await t.get(token);
  expect(again.status).toBe(200);
  const current = tokenIn(again)!;
  expect(current).toBeDefined();
  expect((await t.get(current)).status).toBe(200);
  expect(t.seen).toEqual([]);
  t.clock.forward(10 * MINUTES);
  expect((await t.get(lost)).status).toBe(401);
  expect(t.seen).toHaveLength(1);
});

test('after a rotation by the application the old token opens nothing, and a request that was on its way ends nothing [AU-02]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7');
  const rotated = (await t.sessions.rotate(token))!;
  const late = await t.get(token);
  expect(late.status).toBe(401);
  // The cookie of the new token must not be taken away by the answer to the old one.
  expect(late.headers['set-cookie']).toBeUndefined();
  expect((await t.get(rotated.token)).status).toBe(200);
  t.clock.forward(2 * MINUTES);
  expect((await t.get(token)).status).toBe(401);
  expect((await t.get(rotated.token)).status).toBe(401);
  expect(t.seen).toMatchObject([{ type: 'session.reuse' }]);
});

test('a token of another family, or a guess, ends no session', async () => {
  await using t = await start();
  const mine = await t.sessions.create('7', { remember: true });
  const other: NewSession = await t.sessions.create('8');
  await t.sessions.end(other.token);
  t.clock.forward(5 * MINUTES);
  for (const token of [other.token, 'A'.repeat(68), 'A'.repeat(43), mine.token.slice(1), '']) expect((await t.get(token)).status).toBe(401);
  expect((await t.get(mine.token)).status).toBe(200);
  expect(t.seen).toEqual([]);
});

test('signing out with the token of a moment ago ends the session', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7', { remember: true });
  t.clock.forward(2 * DAYS);
  const renewed = tokenIn(await t.get(token))!;
  expect(await t.sessions.end(token)).toBe(true);
  expect((await t.get(renewed)).status).toBe(401);
});

test('signing out with a token from before a rotation ends the session, at once and long after [AU-02]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7');
  const rotated = (await t.sessions.rotate(token))!;
  expect(await t.sessions.end(token)).toBe(true);
  expect(await t.sessions.use(rotated.token)).toMatchObject({ state: 'over' });
  expect(await t.sessions.end(token)).toBe(false);
  expect(t.seen).toEqual([]);
  const other = await t.sessions.create('7', { remember: true });
  const first = (await t.sessions.rotate(other.token))!;
  const second = (await t.sessions.rotate(first.token))!;
  await t.get(second.token);
  t.clock.forward(20 * MINUTES);
  expect(await t.sessions.end(other.token)).toBe(true);
  expect((await t.get(second.token)).status).toBe(401);
  expect(t.seen).toMatchObject([{ type: 'session.reuse', userId: '7', details: { ended: other.session.id } }]);
});

test('of a sign-out and any number of rotations at the same time the sign-out wins [AU-02]', async () => {
  await using t = await start();
  const bystander = await t.sessions.create('8');
  for (let round = 0; round < 20; round++) {
    const { token } = await t.sessions.create('7');
    const [ended, ...rotated] = await Promise.all([
      t.sessions.end(token),
      ...Array.from({ length: 5 }, () => t.sessions.rotate(token)),
      t.sessions.confirm(token, { methods: ['pwd'] }),
    ]);
    expect(ended).toBe(true);
    for (const made of rotated) if (made) expect((await t.sessions.use(made.token)).state).toBe('over');
  }
  expect(await t.sessions.list('7')).toEqual([]);
  expect((await t.sessions.use(bystander.token)).state).toBe('open');
});

test('of fifty rotations at once exactly one succeeds, and its token opens the session [AU-02]', async () => {
  await using t = await start();
  const { token } = await t.sessions.create('7');
  const rotated = (await Promise.all(Array.from({ length: 50 }, () => t.sessions.rotate(token)))).filter((made) => made !== undefined);
  expect(rotated).toHaveLength(1);
  expect((await t.get(rotated[0]!.token)).status).toBe(200);
  expect(t.seen).toEqual([]);
});

test('what CSRF tokens are bound to stays when a token is renewed, and changes when the rights do [AU-14]', async () => {
  await using t = await start();
  const bindingOf = async (token: string) => {
    const used = await t.sessions.use(token);
    return used.state === 'open' ? { binding: used.binding, token: used.renewed?.token ?? token } : undefined;
  };
  const { token } = await t.sessions.create('7', { remember: true });
  const before = (await bindingOf(token))!;
  t.clock.forward(2 * DAYS);
  const renewed = (await bindingOf(token))!;
  expect(renewed.token).not.toBe(token);
  expect(renewed.binding).toBe(before.binding);
  t.clock.forward(2 * DAYS);
  const again = (await bindingOf(renewed.token))!;
  expect(again.binding).toBe(before.binding);
  const rotated = (await t.sessions.rotate(again.token))!;
  expect((await bindingOf(rotated.token))!.binding).not.toBe(before.binding);
});
