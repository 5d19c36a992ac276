import { Accounts } from '@plinth/auth/accounts';
import type { CompiledRoute, InjectResponse } from '@plinth/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Folio } from './support/folio.js';
import { browserOf, browserOfNobody, furnish, rowsAbout, type Ask, type Victim } from './support/intruder.js';

// The routes come from the application itself, as `plinth routes --access` lists them: a route that is added later is tried as well,
// and one that this file knows too little of fails it.

const folio = await Folio.start({ provider: true });
const routes = folio.app.server.routes().map((route) => ({ route, name: `${route.method} ${route.path}` }));
const guardedRoutes = routes.filter(({ route }) => !route.open);
const has = (route: CompiledRoute, guard: string): boolean => route.guards.some((name) => name === guard || name.startsWith(`${guard}(`));

/** What anybody may ask for; each with a body that names the victim, where it takes one. */
const open: Readonly<Record<string, ((victim: Victim) => object) | undefined>> = {
  'GET /': undefined,
  'GET /api/session': undefined,
  'GET /docs': undefined,
  'GET /docs/start.js': undefined,
  'GET /docs/swagger-ui-bundle.js': undefined,
  'GET /docs/swagger-ui.css': undefined,
  'GET /health/live': undefined,
  'GET /health/ready': undefined,
  'GET /health/startup': undefined,
  'GET /openapi.json': undefined,
  'GET /api/account/sign-in/with/:provider/callback': undefined,
  'POST /api/account/sign-in/with/:provider/callback': undefined,
  'POST /api/account/identities/:provider/logout': undefined,
  'POST /api/account/register': ({ account }) => ({ email: account.email, password: 'ten patient penguins' }),
  'POST /api/account/register/confirm': ({ marks }) => ({ token: marks[0], password: 'ten patient penguins' }),
  'POST /api/account/sign-in': ({ account }) => ({ email: account.email, password: 'ten patient penguins' }),
  'POST /api/account/password/forgot': ({ account }) => ({ email: account.email }),
  'POST /api/account/password/reset': ({ marks }) => ({ token: marks[0], password: 'ten patient penguins' }),
  'POST /api/account/sign-in/passkey/options': undefined,
  'POST /api/account/sign-in/passkey': () => ({ response: assertion }),
  'POST /api/account/sign-in/with/:provider': () => ({}),
};

/** A good body for each route that takes one, so that nothing but the access is in its way. */
const bodies: Readonly<Record<string, (victim: Victim) => object>> = {
  'PATCH /api/account': () => ({ name: 'Mallory' }),
  'POST /api/account/password': () => ({ current: 'ten patient penguins', password: 'eleven humble hens' }),
  'POST /api/account/password/set': () => ({ password: 'eleven humble hens' }),
  'POST /api/account/email': ({ account }) => ({ email: account.email }),
  'POST /api/account/email/confirm': ({ ids }) => ({ token: ids.session }),
  'POST /api/account/verify': () => ({ password: 'ten patient penguins' }),
  'POST /api/account/second-factor/totp/confirm': () => ({ code: '123456' }),
  'POST /api/account/second-factor/verify': () => ({ code: '123456' }),
  'POST /api/account/sign-in/totp': () => ({ code: '123456' }),
  'POST /api/account/sign-in/recovery-code': ({ marks }) => ({ code: marks.at(-1) }),
  'POST /api/account/sign-in/passkey-factor': () => ({ response: assertion }),
  'POST /api/account/passkeys': () => ({ response: attestation }),
  'PATCH /api/account/passkeys/:id': () => ({ name: 'Mine now' }),
  'POST /api/account/passkeys/verify': () => ({ response: assertion }),
  'POST /api/account/identities/:provider': () => ({}),
  'POST /api/account/identities/:provider/verify': () => ({}),
  'POST /api/notes': () => ({ title: 'A note of my own' }),
  'PATCH /api/notes/:id': () => ({ title: 'Mine now' }),
  'PUT /api/admin/accounts/:id/roles': () => ({ roles: ['user', 'admin'] }),
};

/** What stands for the parameters of a path: things of the victim. */
const things: Readonly<Record<string, (victim: Victim) => string>> = {
  '/api/account/sessions/:id': ({ ids }) => ids.session,
  '/api/account/passkeys/:id': ({ ids }) => ids.passkey,
  '/api/account/identities/:id': ({ ids }) => ids.identity,
  '/api/notes/:id': ({ ids }) => ids.note,
  '/api/admin/accounts/:id': ({ account }) => account.id,
};

const credential = { id: 'AAAA', rawId: 'AAAA', type: 'public-key' } as const;
const assertion = { ...credential, response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' } };
const attestation = { ...credential, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } };

let victim: Victim;
let before: readonly string[];

beforeAll(async () => {
  victim = await furnish(folio, await folio.account({ email: 'victim@example.com', name: 'Vera Victim' }));
  before = await rowsAbout(folio, victim);
});
afterAll(() => folio[Symbol.asyncDispose]());

function pathOf(path: string): string {
  if (path.includes(':provider')) return path.replace(':provider', 'local');
  const [prefix, thing] = Object.entries(things).find(([start]) => path.startsWith(start)) ?? [];
  if (prefix === undefined || thing === undefined) {
    if (path.includes(':')) throw new Error(`Which thing of the victim stands in ${path}? Add it to "things".`);
    return path;
  }
  return path.replace(prefix, prefix.replace(':id', thing(victim)));
}

function send(ask: Ask, { route, name }: (typeof routes)[number]): Promise<InjectResponse> {
  const body = bodies[name] ?? open[name];
  if (route.bodyTypes?.includes('application/json') && body === undefined)
    throw new Error(`Which body does ${name} take? Add it to "bodies".`);
  return ask(route.method, pathOf(route.path), body?.(victim));
}

function codeOf(response: InjectResponse): string {
  return (response.json() as { code: string }).code;
}

/** Nothing that belongs to the victim is in an answer, headers included, but for what was asked with. */
function expectNothingOf(response: InjectResponse, name: string): void {
  const sent = [
    pathOf(routes.find((each) => each.name === name)!.route.path),
    JSON.stringify((bodies[name] ?? open[name])?.(victim) ?? ''),
  ].join(' ');
  const text = `${JSON.stringify(response.headers)} ${response.text()}`;
  for (const mark of victim.marks.filter((each) => !sent.includes(each))) expect(text, name).not.toContain(mark);
}

/** Everything that was the victim's is there, as it was. */
async function expectUnharmed(): Promise<void> {
  const after = new Set(await rowsAbout(folio, victim));
  expect(before.filter((row) => !after.has(row))).toEqual([]);
}

test('the user whom others try to reach has something of everything', () => {
  const tables = new Set(before.map((row) => row.split(' ', 1)[0]));
  for (const table of ['accounts', 'notes', 'auth_passkeys', 'auth_identities', 'auth_totp', 'auth_recovery_codes', 'auth_sessions'])
    expect(tables, table).toContain(table);
});

test('what is open to anybody are these routes, and no others', () => {
  const found = routes.filter(({ route }) => route.open).map(({ name }) => name);
  expect(found.sort()).toEqual(Object.keys(open).sort());
  expect(guardedRoutes.length).toBeGreaterThan(35);
});

describe('nobody', () => {
  test.for(routes.filter(({ route }) => route.open))('learns and changes nothing of a user by $name', async (each) => {
    const response = await send(browserOfNobody(folio), each);
    expect(response.status).toBeLessThan(500);
    expectNothingOf(response, each.name);
    await expectUnharmed();
  });

  test.for(guardedRoutes)('is refused by $name', async (each) => {
    const response = await send(browserOfNobody(folio), each);
    expect([response.status, codeOf(response)]).toEqual([401, 'HTTP_NO_CREDENTIAL']);
    expectNothingOf(response, each.name);
  });
});

describe('a session that waits for its second factor', () => {
  const secondStep = guardedRoutes.filter(({ route }) => has(route, 'sessionPending'));
  const others = guardedRoutes.filter(({ route }) => !has(route, 'sessionPending'));

  test('has four routes', () => {
    expect(secondStep.map(({ name }) => name).sort()).toEqual([
      'POST /api/account/sign-in/passkey-factor',
      'POST /api/account/sign-in/passkey-factor/options',
      'POST /api/account/sign-in/recovery-code',
      'POST /api/account/sign-in/totp',
    ]);
  });

  test.for(others)('of the user is refused by $name', async (each) => {
    const waiting = await browserOf(folio, victim.account.id, { methods: ['pwd'], pending: true });
    const response = await send(waiting, each);
    expect([response.status, codeOf(response)]).toEqual([403, 'AUTH_SECOND_FACTOR_NEEDED']);
    expectNothingOf(response, each.name);
    await expectUnharmed();
  });

  test.for(secondStep)('that is open already has no use for $name', async (each) => {
    const response = await send(await browserOf(folio, victim.account.id), each);
    expect([response.status, codeOf(response)]).toEqual([403, 'AUTH_NOTHING_PENDING']);
  });

  test.for(secondStep)('of another user gets nowhere by $name', async (each) => {
    const mallory = await stranger();
    const response = await send(await browserOf(folio, mallory, { methods: ['pwd'], pending: true }), each);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expectNothingOf(response, each.name);
    await expectUnharmed();
  });
});

describe('another user', () => {
  const reachable = guardedRoutes.filter(({ route }) => !has(route, 'sessionPending'));

  test.for(reachable)('learns and changes nothing by $name', async (each) => {
    const mallory = await stranger();
    const response = await send(await browserOf(folio, mallory), each);
    if (has(each.route, 'permission')) expect([response.status, codeOf(response)]).toEqual([403, 'AUTH_PERMISSION_MISSING']);
    // As for things that never were: nobody learns that there is such a thing.
    else if (each.route.path.includes(':id')) expect(response.status).toBe(404);
    else expect(response.status).toBeLessThan(500);
    expectNothingOf(response, each.name);
    await expectUnharmed();
  });

  test.for(reachable.filter(({ route }) => route.bodyTypes?.includes('application/json')))(
    'cannot say whose it is in the body of $name',
    async (each) => {
      const mallory = await stranger();
      const ask = await browserOf(folio, mallory);
      for (const field of ['id', 'userId', 'ownerId', 'roles', 'emailVerifiedAt', 'disabledAt']) {
        const body = { ...bodies[each.name]!(victim), ...(field in bodies[each.name]!(victim) ? {} : { [field]: victim.account.id }) };
        const response = await ask(each.route.method, pathOf(each.route.path), body);
        expectNothingOf(response, each.name);
      }
      await expectUnharmed();
      expect((await folio.app.get(Accounts).find(mallory))?.roles ?? []).toEqual([]);
    },
  );
});

describe('an administrator', () => {
  const administration = guardedRoutes.filter(({ route }) => has(route, 'permission'));
  const changes = administration.filter(({ route }) => route.method !== 'GET');

  test('has five routes, all below one path', () => {
    expect(administration.map(({ name }) => name).sort()).toEqual([
      'DELETE /api/admin/accounts/:id/sessions',
      'GET /api/admin/accounts',
      'POST /api/admin/accounts/:id/disable',
      'POST /api/admin/accounts/:id/enable',
      'PUT /api/admin/accounts/:id/roles',
    ]);
    expect(routes.filter(({ route }) => route.path.startsWith('/api/admin')).length).toBe(administration.length);
  });

  test.for(changes)('with a password alone is refused by $name', async (each) => {
    const admin = await stranger(['admin']);
    const response = await send(await browserOf(folio, admin, { methods: ['pwd'] }), each);
    expect([response.status, codeOf(response)]).toEqual([403, 'AUTH_MFA_NEEDED']);
    await expectUnharmed();
  });

  test.for(changes)('does not do to the own account what $name does', async (each) => {
    const admin = await stranger(['admin']);
    const response = await (
      await browserOf(folio, admin)
    )(each.route.method, each.route.path.replace(':id', admin), bodies[each.name]?.(victim));
    expect([response.status, codeOf(response)]).toEqual([409, 'ADMIN_OWN_ACCOUNT']);
  });

  test('reads no notes of others', async () => {
    const ask = await browserOf(folio, await stranger(['admin']));
    expect((await ask('GET', `/api/notes/${victim.ids.note}`)).status).toBe(404);
    expect(((await ask('GET', '/api/notes')).json() as { items: unknown[] }).items).toEqual([]);
  });

  test('who loses the role has lost it with the next request', async () => {
    const admin = await stranger(['admin']);
    const ask = await browserOf(folio, admin);
    expect((await ask('GET', '/api/admin/accounts')).status).toBe(200);
    await folio.app.get(Accounts).setRoles(admin, ['user']);
    expect((await ask('GET', '/api/admin/accounts')).status).toBe(403);
  });
});

let strangers = 0;

/** A new account, which whatever is tried may harm. */
async function stranger(roles: readonly string[] = []): Promise<string> {
  const { id } = await folio.app.get(Accounts).create({ email: `mallory${strangers++}@example.org`, roles, verified: true });
  return id;
}
