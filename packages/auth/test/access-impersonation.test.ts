import { EVENTS, Injectable, Module, provideAlias, REQUEST_CONTEXT, type App, type ModuleOptions } from '@plinth/core';
import { guarded, HttpModule, inject } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  definePermissions,
  defineRoles,
  impersonable,
  impersonated,
  Impersonation,
  impersonationOf,
  readSessionCookie,
  SECURITY_EVENT,
  session,
  SESSION_COOKIE,
  Sessions,
  setSessionCookie,
  stepUp,
  USERS,
  type AuthUser,
  type SecurityEvent,
} from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

const permissions = definePermissions({ 'user.impersonate': 'Act as another user', 'order.refund': 'Refund orders' });
const roles = defineRoles(permissions, {
  customer: {},
  support: { permits: ['user.impersonate'] },
  clerk: { permits: ['order.refund'] },
});

@Injectable({ deps: [] })
class People {
  readonly all = new Map<string, AuthUser>(
    Object.entries({ sue: ['support'], tom: ['support'], cat: ['customer'], dan: ['clerk'], eve: ['auditor'] }).map(([id, held]) => [
      id,
      { id, roles: held },
    ]),
  );

  findById(id: string): AuthUser | undefined {
    return this.all.get(id);
  }
}

@Module({ providers: [People, provideAlias(USERS, People)], exports: [People, USERS] })
class UsersModule {}

const returns = {
  type: 'object',
  properties: { user: { type: 'string' }, actor: { type: 'string' } },
  required: ['user', 'actor'],
} as const;
const module: ModuleOptions = {
  imports: [HttpModule.with({}), UsersModule],
  routes: [
    guarded(session).get('/me', { returns }, (context) => ({ user: context.user.id, actor: impersonationOf(context)?.actorId ?? '-' })),
    guarded(session).post('/orders', { returns: { 204: null } }, () => undefined),
    guarded(impersonable, session).post('/notes', { returns: { 204: null } }, () => undefined),
    guarded(session, stepUp()).get('/sensitive', { returns: { 204: null } }, () => undefined),
    guarded(impersonated).post(
      '/end',
      { returns: { 204: null } },
      async (context, impersonation) => {
        const ended = await impersonation.end(readSessionCookie(context)!);
        if (ended) setSessionCookie(context, ended);
      },
      { deps: [Impersonation] },
    ),
    guarded(session).get('/actor', { returns: { type: 'string' } }, (_context, contexts) => String(contexts.current()?.actor), {
      deps: [REQUEST_CONTEXT],
    }),
  ],
};
const impersonation = { roles, permission: 'user.impersonate' } as const;
const start = (clock = new StillClock()): Promise<App> => startAuth({ impersonation, imports: [UsersModule] }, { module, clock });
const signIn = async (app: App, id: string): Promise<string> => (await app.get(Sessions).create(id, { methods: ['pwd'] })).token;
const begin = async (app: App, token: string, userId: string): Promise<string> =>
  (await app.get(Impersonation).begin(token, { userId, reason: 'case 4711' })).token;
const call = async (app: App, method: string, url: string, token: string): Promise<readonly [number, unknown]> => {
  const headers = { cookie: `${SESSION_COOKIE}=${token}`, 'sec-fetch-site': 'same-origin' };
  const answer = await inject(app, { method, url, headers });
  const body = answer.status === 204 ? undefined : (answer.json() as { code?: string });
  return [answer.status, body?.code ?? body];
};
const code = (name: string): unknown => expect.objectContaining({ code: name });

test('who may can act as another user, and the session keeps both [AU-17]', async () => {
  await using app = await start();
  const own = await signIn(app, 'sue');
  const token = await begin(app, own, 'cat');
  expect(token).not.toBe(own);
  expect(await call(app, 'GET', '/me', token)).toEqual([200, { user: 'cat', actor: 'sue' }]);
  // What the log of security events says of whatever is done meanwhile.
  expect(await call(app, 'GET', '/actor', token)).toEqual([200, 'sue as cat']);
  expect(await app.get(Sessions).list('cat')).toEqual([]);
  expect(await app.get(Sessions).read(token)).toMatchObject({ userId: 'sue' });
  expect((await call(app, 'POST', '/end', token))[0]).toBe(204);
  expect(await call(app, 'GET', '/me', token)).toEqual([401, 'AUTH_SESSION_ENDED']);
});

test('the end gives the own account back, and there is nothing to end twice', async () => {
  await using app = await start();
  const token = await begin(app, await signIn(app, 'sue'), 'cat');
  const ended = await app.get(Impersonation).end(token);
  expect(await call(app, 'GET', '/me', ended!.token)).toEqual([200, { user: 'sue', actor: '-' }]);
  expect(await call(app, 'POST', '/end', ended!.token)).toEqual([403, 'AUTH_IMPERSONATION_NONE']);
  await expect(app.get(Impersonation).end(ended!.token)).rejects.toEqual(code('AUTH_IMPERSONATION_NONE'));
  expect(await app.get(Impersonation).end('nonsense')).toBeUndefined();
});

test('what changes something, and what wants a step-up, is refused, but for routes that say otherwise', async () => {
  await using app = await start();
  const own = await signIn(app, 'sue');
  expect((await call(app, 'GET', '/sensitive', own))[0]).toBe(204);
  const token = await begin(app, own, 'cat');
  expect(await call(app, 'POST', '/orders', token)).toEqual([403, 'AUTH_IMPERSONATING']);
  expect(await call(app, 'GET', '/sensitive', token)).toEqual([403, 'AUTH_IMPERSONATING']);
  expect((await call(app, 'POST', '/notes', token))[0]).toBe(204);
});

test.each([
  ['cat', 'sue', 'AUTH_PERMISSION_MISSING', 'who lacks the permission'],
  ['sue', 'dan', 'AUTH_IMPERSONATION_REFUSED', 'as one who may do more'],
  ['sue', 'eve', 'AUTH_IMPERSONATION_REFUSED', 'as one of a role that nobody has defined'],
  ['sue', 'sue', 'AUTH_IMPERSONATION_REFUSED', 'as oneself'],
  ['sue', 'nobody', 'AUTH_IMPERSONATION_REFUSED', 'as somebody who is not there'],
])('%s cannot act as %s: %s (%s)', async (actor, user, expected) => {
  await using app = await start();
  await expect(begin(app, await signIn(app, actor), user)).rejects.toEqual(code(expected));
});

test('it is never nested, and needs a reason and an open session', async () => {
  await using app = await start();
  const own = await signIn(app, 'sue');
  for (const reason of ['', 'x', 'a\nb', 'y'.repeat(201), undefined as unknown as string])
    await expect(app.get(Impersonation).begin(own, { userId: 'cat', reason })).rejects.toEqual(code('AUTH_IMPERSONATION_REASON'));
  const token = await begin(app, own, 'cat');
  await expect(begin(app, token, 'tom')).rejects.toEqual(code('AUTH_IMPERSONATION_REFUSED'));
  await expect(begin(app, own, 'cat')).rejects.toEqual(code('AUTH_SESSION_ENDED'));
  const pending = await app.get(Sessions).create('sue', { pending: true });
  await expect(begin(app, pending.token, 'cat')).rejects.toEqual(code('AUTH_SESSION_ENDED'));
});

test('after 30 minutes everything is refused until it is ended: nobody goes on as themselves unawares', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const token = await begin(app, await signIn(app, 'sue'), 'cat');
  clock.forward(1_799);
  expect((await call(app, 'GET', '/me', token))[0]).toBe(200);
  clock.forward(1);
  expect(await call(app, 'GET', '/me', token)).toEqual([403, 'AUTH_IMPERSONATION_OVER']);
  expect(await call(app, 'POST', '/notes', token)).toEqual([403, 'AUTH_IMPERSONATION_OVER']);
  expect((await call(app, 'POST', '/end', token))[0]).toBe(204);
});

test('a permission that is taken away, or a user who gets more, ends it at once', async () => {
  await using app = await start();
  const people = app.get(People);
  const token = await begin(app, await signIn(app, 'sue'), 'cat');
  people.all.set('cat', { id: 'cat', roles: ['clerk'] });
  expect(await call(app, 'GET', '/me', token)).toEqual([403, 'AUTH_IMPERSONATION_OVER']);
  people.all.set('cat', { id: 'cat', roles: ['customer'] });
  expect((await call(app, 'GET', '/me', token))[0]).toBe(200);
  people.all.set('sue', { id: 'sue', roles: [] });
  expect(await call(app, 'GET', '/me', token)).toEqual([403, 'AUTH_IMPERSONATION_OVER']);
});

test('the data of a session cannot make somebody another: it is encrypted for this session', async () => {
  await using app = await start();
  const sessions = app.get(Sessions);
  const token = await begin(app, await signIn(app, 'sue'), 'cat');
  const stolen = (await sessions.read(token))!.data;
  const forged = await sessions.create('tom', { data: stolen });
  expect(await call(app, 'GET', '/me', forged.token)).toEqual([403, 'AUTH_IMPERSONATION_OVER']);
  const own = await signIn(app, 'tom');
  await sessions.write(own, { ...stolen, theme: 'dark' });
  expect(await call(app, 'GET', '/me', own)).toEqual([200, { user: 'tom', actor: '-' }]);
  await sessions.write(token, { theme: 'dark' });
  expect(await call(app, 'GET', '/me', token)).toEqual([200, { user: 'cat', actor: 'sue' }]);
  expect((await sessions.read(token))!.data).toMatchObject({ theme: 'dark' });
});

test('begin, refusal and end are security events with both ids and the reason [AU-17]', async () => {
  await using app = await start();
  const noted: SecurityEvent[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void noted.push(event));
  const token = await begin(app, await signIn(app, 'sue'), 'cat');
  await begin(app, await signIn(app, 'sue'), 'dan').catch(() => undefined);
  await app.get(Impersonation).end(token);
  await expect
    .poll(() => noted)
    .toMatchObject([
      { type: 'impersonation.begun', outcome: 'success', actor: 'sue', userId: 'cat', details: { reason: 'case 4711' } },
      { type: 'impersonation.refused', outcome: 'refused', actor: 'sue', userId: 'dan' },
      { type: 'impersonation.ended', outcome: 'success', actor: 'sue', userId: 'cat' },
    ]);
});

test('options that cannot be are refused at boot', async () => {
  await expect(startAuth({ impersonation: { ...impersonation, lifetime: 0 } })).rejects.toThrow(/lifetime/);
  await expect(startAuth({ impersonation: { ...impersonation, permission: 'x' as never } })).rejects.toThrow(/"x"/);
});
