import { Injectable, Module, provideAlias, type App, type ModuleOptions } from '@plinth/core';
import { anyOf, guarded, HttpModule, inject, optional } from '@plinth/http';
import { describe, expect, test } from 'vitest';
import {
  bearer,
  definePermissions,
  defineRoles,
  impersonable,
  Impersonation,
  impersonated,
  impersonationOf,
  permission,
  role,
  scopes,
  session,
  SESSION_COOKIE,
  Sessions,
  stepUp,
  Tokens,
  USERS,
  type AuthUser,
} from '@plinth/auth';
import { startAuth, StillClock } from '../support.js';

const permissions = definePermissions({ 'user.impersonate': 'Act as another user', 'order.refund': 'Refund orders' });
const roles = defineRoles(permissions, {
  customer: {},
  support: { permits: ['user.impersonate'] },
  clerk: { includes: ['support'], permits: ['order.refund'] },
});

@Injectable({ deps: [] })
class People {
  readonly all = new Map<string, AuthUser & { readonly permissions?: readonly string[] }>([
    ['sue', { id: 'sue', roles: ['support'] }],
    ['tom', { id: 'tom', roles: ['support'] }],
    ['cat', { id: 'cat', roles: ['customer'] }],
    ['dan', { id: 'dan', roles: ['clerk'] }],
    ['own', { id: 'own', roles: ['customer'], permissions: ['order.refund'] }],
    ['odd', { id: 'odd', roles: ['__proto__'] }],
    ['bad', { id: 'bad', roles: 'admin' as never }],
  ]);

  findById(id: string): AuthUser | undefined {
    return this.all.get(id);
  }
}

@Module({ providers: [People, provideAlias(USERS, People)], exports: [People, USERS] })
class UsersModule {}

const returns = { type: 'string' } as const;
const none = { returns: { 204: null } } as const;
const module: ModuleOptions = {
  imports: [HttpModule.with({ rateLimit: false }), UsersModule],
  routes: [
    guarded(session).get('/me', { returns }, (context) => `${context.user.id} ${impersonationOf(context)?.actorId ?? '-'}`),
    guarded(session).post('/orders', none, () => undefined),
    guarded(optional(session)).post('/optional', none, () => undefined),
    guarded(anyOf(session, bearer())).post('/either', none, () => undefined),
    guarded(session, stepUp()).get('/sensitive', none, () => undefined),
    guarded(impersonable, session, role('support')).post('/support', none, () => undefined),
    guarded(session, role('support')).get('/desk', none, () => undefined),
    guarded(session, permission(roles, 'user.impersonate')).get('/begin', none, () => undefined),
    guarded(bearer(), scopes('orders:write')).get('/scoped', none, () => undefined),
    guarded(impersonated).get('/acting', none, () => undefined),
  ],
};
const start = (clock = new StillClock()): Promise<App> =>
  startAuth({ impersonation: { roles, permission: 'user.impersonate' }, imports: [UsersModule] }, { module, clock });
const call = async (app: App, method: string, url: string, token: string, more: Record<string, string> = {}): Promise<unknown> => {
  const headers = { cookie: `${SESSION_COOKIE}=${token}`, 'sec-fetch-site': 'same-origin', ...more };
  const answer = await inject(app, { method, url, headers });
  if (answer.status === 204) return 204;
  const body: unknown = answer.json();
  return typeof body === 'string' ? body : (body as { code?: string }).code;
};
const begin = async (app: App, actor: string, userId: string): Promise<string> => {
  const { token } = await app.get(Sessions).create(actor, { methods: ['pwd'] });
  return (await app.get(Impersonation).begin(token, { userId, reason: 'case 4711' })).token;
};

describe('acting as somebody else [AU-17]', () => {
  test('whoever acts as another has the rights of that one, and none of their own', async () => {
    await using app = await start();
    const token = await begin(app, 'sue', 'cat');
    expect(await call(app, 'GET', '/me', token)).toBe('cat sue');
    expect(await call(app, 'GET', '/desk', token)).toBe('AUTH_ROLE_MISSING');
    expect(await call(app, 'GET', '/begin', token)).toBe('AUTH_PERMISSION_MISSING');
    expect(await call(app, 'POST', '/support', token), 'impersonable lets nobody in who is not let in otherwise').toBe('AUTH_ROLE_MISSING');
  });

  test.each([
    ['own', 'a permission of their own'],
    ['dan', 'a role that includes more'],
    ['odd', 'a role that is none'],
    ['', 'an empty id'],
    ['__proto__', 'the id of nobody'],
  ])('nobody acts as %j, who has %s', async (userId) => {
    await using app = await start();
    await expect(begin(app, 'sue', userId)).rejects.toMatchObject({ code: 'AUTH_IMPERSONATION_REFUSED' });
  });

  test('a user whose roles are no list is nobody to act as, and an actor whose rights are none may not act', async () => {
    await using app = await start();
    await expect(begin(app, 'sue', 'bad')).rejects.toThrow();
    for (const actor of ['cat', 'odd', 'bad', 'own']) await expect(begin(app, actor, 'cat')).rejects.toThrow();
  });

  test('two who act as each other get nowhere: rights are those of the session, and it is never nested', async () => {
    await using app = await start();
    const token = await begin(app, 'sue', 'tom');
    const impersonation = app.get(Impersonation);
    await expect(impersonation.begin(token, { userId: 'cat', reason: 'case 4711' })).rejects.toMatchObject({
      code: 'AUTH_IMPERSONATION_REFUSED',
    });
    const both = await app.get(Sessions).create('tom', { methods: ['pwd'] });
    const results = await Promise.allSettled(
      ['cat', 'sue'].map((userId) => impersonation.begin(both.token, { userId, reason: 'case 4711' })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('no route, method or header is a way to change something meanwhile', async () => {
    await using app = await start();
    const token = await begin(app, 'sue', 'cat');
    // Where there are other ways to sign in, the refusal of this one is not the answer; but nobody is let in.
    const refusals = { '/orders': 'AUTH_IMPERSONATING', '/optional': 'AUTH_IMPERSONATING', '/either': 'HTTP_UNAUTHENTICATED' };
    for (const [url, refusal] of Object.entries(refusals))
      for (const more of [{}, { 'x-http-method-override': 'GET' }, { 'x-method-override': 'GET' }] as readonly Record<string, string>[])
        expect(await call(app, 'POST', url, token, more), url).toBe(refusal);
    expect(await call(app, 'GET', '/sensitive', token)).toBe('AUTH_IMPERSONATING');
    // A proof given meanwhile is the real person's, and opens nothing of the other.
    const confirmed = await app.get(Sessions).confirm(token, { methods: ['pwd', 'otp'] });
    expect(await call(app, 'GET', '/sensitive', confirmed!.token)).toBe('AUTH_IMPERSONATING');
    expect(await call(app, 'POST', '/orders', confirmed!.token)).toBe('AUTH_IMPERSONATING');
  });

  test('what an application writes into the session neither begins, changes nor ends it', async () => {
    await using app = await start();
    const sessions = app.get(Sessions);
    const token = await begin(app, 'sue', 'cat');
    const { data } = (await sessions.read(token))!;
    for (const change of [{}, { $impersonation: undefined }, { $impersonation: 'tom' }, { $impersonation: { userId: 'tom' } }]) {
      await sessions.write(token, change as Record<string, unknown>);
      expect(await call(app, 'GET', '/me', token), JSON.stringify(change)).toBe('cat sue');
    }
    // Into a session that is not acting it is not written, and one that begins with it opens nothing.
    for (const forged of [data['$impersonation'], 'x', 7, null, { userId: 'cat' }]) {
      const made = await sessions.create('tom', { data: { $impersonation: forged } });
      expect(await call(app, 'GET', '/me', made.token), JSON.stringify(forged)).toBe('AUTH_IMPERSONATION_OVER');
    }
    expect(await call(app, 'GET', '/acting', (await sessions.create('tom')).token)).toBe('AUTH_IMPERSONATION_NONE');
    // The guard of those who act lets in nobody else: not without a cookie, not with one that is over, not from another site.
    expect(await call(app, 'GET', '/acting', '')).toBe('HTTP_NO_CREDENTIAL');
    await sessions.rotate(token);
    for (const over of [token, 'x', 'A'.repeat(68)]) expect(await call(app, 'GET', '/acting', over)).toBe('AUTH_SESSION_ENDED');
  });

  test('it ends with the session of the real person, and with every other session they are signed out of', async () => {
    await using app = await start();
    const token = await begin(app, 'sue', 'cat');
    await app.get(Sessions).revokeAll('cat');
    expect(await call(app, 'GET', '/me', token), 'the sessions of the other are not this one').toBe('cat sue');
    await app.get(Sessions).revokeAll('sue');
    expect(await call(app, 'GET', '/me', token)).toBe('AUTH_SESSION_ENDED');
    expect(await app.get(Impersonation).end(token)).toBeUndefined();
  });
});

test('scopes of a token are words of a text, and no other kind of claim is one [AU-05]', async () => {
  await using app = await start();
  const tokens = app.get(Tokens);
  const asked = async (scope: unknown): Promise<number> => {
    const { token } = await tokens.sign('cat', { scope });
    return (await inject(app, { method: 'GET', url: '/scoped', headers: { authorization: `Bearer ${token}` } })).status;
  };
  for (const scope of [
    ['orders:write'],
    { 'orders:write': true },
    'orders:write2',
    'orders:writ',
    'ORDERS:WRITE',
    'orders:*',
    '*',
    'orders:write\u00a0x',
    'orders:write,x',
    'x\torders:write',
    null,
    true,
    0,
    '__proto__',
  ])
    expect(await asked(scope), JSON.stringify(scope)).toBe(403);
  expect(await asked('orders:read orders:write')).toBe(204);
});
