import { DATABASE } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accountRoutes, Accounts } from '@plinth/auth/accounts';
import { secondFactorRoutes, sessionRoutes } from '@plinth/auth';
import { accounts, authOneTimeTokens, authSessions } from '@plinth/auth/data';
import { oidcRoutes } from '@plinth/auth/oidc';
import { passkeyRoutes } from '@plinth/auth/passkeys';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, startAccounts, tokenIn } from '../account-support.js';
import { startFlows } from './flow-support.js';

// Whatever a client may send where a text, a name or an address belongs.
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly contract: {
    readonly unknown?: string;
    readonly body?: { readonly properties?: Readonly<Record<string, object>>; readonly required?: readonly string[] };
  };
}
const ROUTES = [accountRoutes(), secondFactorRoutes(), sessionRoutes(), passkeyRoutes(), oidcRoutes()]
  .flatMap((record) => Object.values(record) as unknown as Sent[])
  .filter(({ method }) => method !== 'GET')
  .map((route) => ({ ...route, path: route.path.replace(':provider', 'own').replace(':id', 'x') }));

const GOOD: Readonly<Record<string, unknown>> = {
  email: 'new@example.org',
  password: OTHER_PASSWORD,
  current: 'not this one at all',
  token: 'x'.repeat(43),
  code: '123456',
  name: 'Eve',
  returnTo: '/',
  logout_token: 'x',
  response: { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: {} },
};
const bodyOf = ({ contract }: Sent): Record<string, unknown> =>
  Object.fromEntries((contract.body?.required ?? []).map((field) => [field, GOOD[field]]));

test('no body writes what nobody declared: neither by a field, nor by the prototype of one, nor by a field that stands there twice', async () => {
  await using t = await startFlows(undefined);
  const client = await t.person();
  const { id } = (await t.app.get(Accounts).findByEmail(ADA))!;
  const before = await t.app.get(Accounts).find(id);
  const extras = [
    '"roles":["admin"]',
    '"id":"x"',
    '"emailVerifiedAt":null',
    '"passwordHash":"x"',
    '"disabledAt":null',
    '"userId":"x"',
    '"__proto__":{"roles":["admin"]}',
    '"constructor":{"prototype":{"roles":["admin"]}}',
    '"prototype":{"roles":["admin"]}',
  ];
  for (const route of ROUTES) {
    if (route.path === '/account' && route.method === 'DELETE') continue;
    // Some of these sign out.
    expect((await client.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } })).status).toBe(200);
    const own = JSON.stringify(bodyOf(route)).slice(1, -1);
    for (const extra of extras) {
      const body = `{${[own, extra].filter((part) => part !== '').join(',')}}`;
      const sent = await client.request(route.method, route.path, { body, headers: { 'content-type': 'application/json' } });
      expect(sent.status, `${route.method} ${route.path} ${extra} ${sent.text()}`).toBeLessThan(500);
      const strict = route.contract.body !== undefined && route.contract.unknown === undefined;
      if (strict) expect(sent.status, `${route.path} ${extra}`).toBeGreaterThanOrEqual(400);
      expect(sent.text()).not.toContain('admin');
    }
  }
  expect(({} as { roles?: unknown }).roles).toBeUndefined();
  const after = await t.browser().post('/account/sign-in', { json: { email: ADA, password: PASSWORD } });
  expect(after.status).toBe(200);
  expect({ ...(await t.app.get(Accounts).find(id)), name: null }).toEqual(before);
});

test('what is no text where a text belongs is refused as such, by every route', async () => {
  await using t = await startFlows(undefined);
  const values: readonly unknown[] = [
    ['a@example.org'],
    [],
    {},
    { toString: 'x' },
    5,
    true,
    null,
    '',
    'x'.repeat(100_000),
    [[]],
    { $gt: '' },
  ];
  const wrong: string[] = [];
  for (const route of ROUTES) {
    for (const field of Object.keys(route.contract.body?.properties ?? {}))
      for (const value of values) {
        // A new session for each: some of these end it.
        const sent = await t.browser().request(route.method, route.path, { json: { ...bodyOf(route), [field]: value } });
        if (![400, 401, 413, 415, 422].includes(sent.status))
          wrong.push(`${route.path} ${field} ${JSON.stringify(value)?.slice(0, 40)}: ${sent.status}`);
      }
    const raw = ['', 'null', '[]', '"x"', '5', '{', '{"a":1', '\uFEFF{}', `${'['.repeat(50_000)}`];
    for (const body of route.contract.body ? raw : []) {
      const sent = await t.browser().request(route.method, route.path, { body, headers: { 'content-type': 'application/json' } });
      if (![400, 401, 413, 415, 422].includes(sent.status)) wrong.push(`${route.path} ${body.slice(0, 20)}: ${sent.status}`);
    }
  }
  // Where a body may be left out, and a name or a member may be null.
  expect(wrong.filter((each) => !/with\/own .*: (404|409)|remember|returnTo|clientExtension|register name null/.test(each))).toEqual([]);
});

const long = `${'x'.repeat(58)}.`.repeat(3);
const ADDRESSES: readonly string[] = [
  `${'\u0130'.repeat(32)}@example.org`,
  `${'\uFB2C'.repeat(21)}@example.org`,
  `${'\u0958'.repeat(21)}@${long}example.org`,
  `${'a'.repeat(64)}@${long}org`,
  '\u{1D400}@example.org',
  'ada@b\u00FCcher.example',
  "o'hara+tag/x=y?z#w{}|`^%s*!$&~-@example.org",
  '\u0627\u0628@example.org',
];
// A body with NUL or half a character is no JSON of ours.
const REFUSED = expect.toSatisfy((status: number) => [400, 422].includes(status));
const NO_ADDRESSES: readonly string[] = [
  '"quoted"@example.org',
  'a b@example.org',
  'a\u0000@example.org',
  'a\r\nBcc: x@example.org',
  'a@example.org\r\n',
  'a@example.org,b@example.org',
  'a@example.org;b@example.org',
  'Ada <a@example.org>',
  'a@[127.0.0.1]',
  'a@example.org.',
  'a@.example.org',
  'a@exa_mple.org',
  'a@example.org%00',
  '\u202Ea@example.org',
  'a\u200B@example.org',
  'a@@example.org',
  'a@b@example.org',
  '\uD800@example.org',
  'a@127.0.0.1:25',
  '.a@example.org',
  'ada@\u0661\u0662.example',
  'a..b@example.org',
];
const NAMES: readonly string[] = [
  '\u{1F9D1}\u200D\u{1F680}'.repeat(33),
  '\u{1F600}'.repeat(100),
  '\u0627'.repeat(100),
  "Robert'); DROP TABLE accounts;--",
  '<b>&amp;',
  '%00',
  '\u0301'.repeat(100),
  '__proto__',
];
const NO_NAMES: readonly string[] = ['\u{1F600}'.repeat(101), 'a\u0000', 'a\r\nb', '\uD800', '\u202Eabc', '\u061Cabc', ' ', '\u2028'];

test('what is no address is refused where one is taken, is nobody where one is looked for, and gets no mail', async () => {
  await using t = await startAccounts();
  const before = await t.settled();
  for (const email of NO_ADDRESSES) {
    await t.clock.advance(60_000);
    const post = async (path: string, json: object) => (await t.browser().post(path, { json })).status;
    expect([email, await post('/account/register', { email, password: PASSWORD })]).toEqual([email, REFUSED]);
    expect([202, 400], email).toContain(await post('/account/password/forgot', { email }));
    expect([400, 401], email).toContain(await post('/account/sign-in', { email, password: PASSWORD }));
  }
  expect(await t.settled()).toBe(before);
});

const suite = (start: () => ReturnType<typeof startAccounts>): void => {
  test('an odd address becomes an account whose mails go to it, and that is found again', async () => {
    await using t = await start();
    let place = 0;
    for (const email of ADDRESSES) {
      const client = t.browser();
      const sent = await client.post('/account/register', { json: { email, password: PASSWORD } });
      expect([email, sent.status]).toEqual([email, 202]);
      const mail = await vi.waitFor(() => t.box.sent[place] ?? expect.fail('no mail'), { interval: 2, timeout: 3_000 });
      place += 1;
      expect(mail.to).toHaveLength(1);
      expect(await answer(client.post('/account/register/confirm', { json: { token: tokenIn(mail) } })), email).toMatchObject([200, {}]);
      expect((await t.browser().post('/account/sign-in', { json: { email, password: PASSWORD } })).status, email).toBe(200);
      expect(
        (await t.browser().post('/account/sign-in', { json: { email: email.toUpperCase(), password: OTHER_PASSWORD } })).status,
        email,
      ).toBe(401);
      expect((await client.get('/account')).json()).toMatchObject({ email: mail.to[0]!.address });
    }
  });

  test('an odd name is kept to the letter or refused, never cut, and never a failure', async () => {
    await using t = await start();
    const client = await t.person('names@example.org');
    for (const name of NAMES) expect((await client.patch('/account', { json: { name } })).json(), name).toMatchObject({ name });
    for (const name of NO_NAMES) expect([name, (await client.patch('/account', { json: { name } })).status]).toEqual([name, REFUSED]);
    const registering = t.browser();
    const registered = await registering.post('/account/register', {
      json: { email: 'emoji@example.org', password: PASSWORD, name: '\u{1F600}'.repeat(100) },
    });
    expect(registered.status).toBe(202);
    expect((await registering.post('/account/register/confirm', { json: { token: await t.token('emoji@example.org') } })).status).toBe(200);
  });

  test('odd passwords, tokens and codes are wrong ones, and never a failure', async () => {
    await using t = await start();
    const client = await t.person('odd@example.org');
    for (const odd of ['\u0000', '\uD800', '\u{1F600}'.repeat(1_000), '__proto__']) {
      expect((await t.browser().post('/account/sign-in', { json: { email: 'odd@example.org', password: odd } })).status).toBeLessThan(500);
      expect((await client.post('/account/verify', { json: { password: odd } })).status).toBeLessThan(500);
      for (const path of ['/account/register/confirm', '/account/password/reset', '/account/email/confirm'])
        expect(
          (await client.post(path, { json: { token: odd.slice(0, 200), ...(path.endsWith('reset') && { password: OTHER_PASSWORD }) } }))
            .status,
          path,
        ).toBeLessThan(500);
      expect((await client.post('/account/second-factor/verify', { json: { code: odd.slice(0, 100) } })).status).toBeLessThan(500);
      expect((await client.delete(`/account/sessions/${encodeURIComponent(odd.toWellFormed().slice(0, 50))}`)).status).toBeLessThan(500);
      await t.clock.advance(3_600_000 * 5);
      await client.post('/account/sign-in', { json: { email: 'odd@example.org', password: PASSWORD } });
    }
  });
};

describe('odd values, in memory', () => {
  suite(() => startAccounts());
});
await describeDialect(
  'odd values, in SQL',
  { describe, test, beforeAll, afterAll },
  (own) =>
    suite(async () => {
      const t = await startAccounts({ database: own.database.url });
      for (const table of [accounts, authOneTimeTokens, authSessions])
        await t.app.get(DATABASE).repository(table).deleteMany({ all: true });
      return t;
    }),
  ['postgres', 'mysql'],
);
