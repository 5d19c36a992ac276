import { EVENTS, Injectable, type App, type ModuleOptions } from '@plinth/core';
import { guarded, HttpModule, inject, type Guard } from '@plinth/http';
import { expect, test } from 'vitest';
import { bearer, definePermissions, defineRoles, permission, role, SECURITY_EVENT, Tokens, type SecurityEvent } from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

const permissions = definePermissions({
  'article.write': 'Write articles',
  'article.publish': 'Put articles on the front page',
  'user.ban': 'Close accounts',
});
const roles = defineRoles(permissions, {
  author: { permits: ['article.write'] },
  editor: { includes: ['author'], permits: ['article.publish'] },
  admin: { permits: 'all' },
  guest: {},
});

test('a role has its own permissions and those of the roles that it includes [AU-15]', () => {
  expect([...roles.permissionsOf({ roles: ['editor'] })].sort()).toEqual(['article.publish', 'article.write']);
  expect(roles.permits({ roles: ['author'] }, 'article.publish')).toBe(false);
  expect(roles.permits({ roles: ['guest', 'admin'] }, 'user.ban')).toBe(true);
  expect(roles.rolesWith('article.publish')).toEqual(['editor', 'admin']);
});

test('a permission may be given to a user alone; names that nobody defined are nothing', () => {
  expect(roles.permits({ permissions: ['user.ban'] }, 'user.ban')).toBe(true);
  expect(roles.permits({ roles: ['__proto__', 'constructor', 'Editor'] }, 'article.write')).toBe(false);
  expect([...roles.permissionsOf({ permissions: ['everything', 'toString'] })]).toEqual([]);
});

test('nobody, a user without roles, and roles that are no list are permitted nothing', () => {
  for (const user of [undefined, null, {}, { roles: undefined }, { roles: 'admin' as never }])
    expect(roles.permits(user, 'article.write')).toBe(false);
});

test('roles that cannot be are refused where they are defined (AUTH_ROLES)', () => {
  const define = (wrong: object): unknown => defineRoles(permissions, wrong as never);
  const refused = (reason: string): unknown => expect.objectContaining({ code: 'AUTH_ROLES', detail: expect.stringContaining(reason) });
  expect(() => define({ a: { includes: ['b'] }, b: { includes: ['c'] }, c: { includes: ['a'] } })).toThrow(refused('a > b > c > a'));
  expect(() => define({ a: { includes: ['b'] } })).toThrow(refused('a includes "b"'));
  expect(() => define({ a: { permits: ['article.burn'] } })).toThrow(refused('a permits "article.burn"'));
  expect(() => define({ a: { includes: ['toString'] } })).toThrow(refused('a includes "toString"'));
  expect(() => permission(roles, 'article.burn' as never)).toThrow(refused('"article.burn"'));
});

test('two ways to the same role are no circle', () => {
  const diamond = defineRoles(permissions, {
    base: { permits: ['article.write'] },
    left: { includes: ['base'] },
    right: { includes: ['base'] },
    top: { includes: ['left', 'right'] },
  });
  expect(diamond.permits({ roles: ['top'] }, 'article.write')).toBe(true);
});

@Injectable({ deps: [] })
class People {
  readonly #roles: Readonly<Record<string, readonly string[]>> = { editor: ['editor'], author: ['author'] };

  findById(id: string): { readonly id: string; readonly roles: readonly string[] } {
    return { id, roles: this.#roles[id] ?? [] };
  }
}

const ok = { returns: { type: 'string' } } as const;
const module: ModuleOptions = {
  imports: [HttpModule.with({})],
  providers: [People],
  routes: [
    guarded(bearer({ users: People }), permission(roles, 'article.publish')).get('/publish', ok, () => 'done'),
    guarded(bearer({ users: People }), role('admin')).get('/staff/:id', ok, () => 'done'),
    guarded(permission(roles, 'user.ban') as Guard).get('/nobody', ok, () => 'done'),
  ],
};
const call = async (app: App, url: string, id: string): ReturnType<typeof inject> =>
  inject(app, { url, headers: { authorization: `Bearer ${(await app.get(Tokens).sign(id)).token}` } });

test('the guard lets in who has the permission, and is 403 for others', async () => {
  await using app = await startAuth({}, { module });
  expect((await call(app, '/publish', 'editor')).status).toBe(200);
  const refused = await call(app, '/publish', 'author');
  expect(refused.status).toBe(403);
  expect(refused.json()).toMatchObject({ code: 'AUTH_PERMISSION_MISSING', detail: 'This needs the permission article.publish.' });
  expect((await inject(app, { url: '/publish' })).status).toBe(401);
});

test('the guard without a user to its left lets nobody in', async () => {
  await using app = await startAuth({}, { module });
  expect((await call(app, '/nobody', 'editor')).status).toBe(500);
});

test('a refusal is noted once a minute for each user and route [AU-21]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { module, clock });
  const noted: SecurityEvent[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void noted.push(event));
  for (let count = 0; count < 20; count++) {
    expect((await call(app, '/publish', 'author')).status).toBe(403);
    expect((await call(app, `/staff/${count}`, 'author')).status).toBe(403);
  }
  await call(app, '/publish', 'guest');
  clock.forward(60);
  await call(app, '/publish', 'author');
  const routes = (): unknown[] => noted.filter(({ type }) => type === 'access.denied').map(({ details }) => details?.['route']);
  await expect.poll(routes).toEqual(['/publish', '/staff/:id', '/publish', '/publish']);
});
