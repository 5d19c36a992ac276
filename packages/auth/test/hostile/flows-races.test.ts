import { newId } from '@plinth/core';
import { DATABASE } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import type { TestClient } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecoveryCodes, Sessions, Totp } from '@plinth/auth';
import { ACCOUNT_STORE, Accounts } from '@plinth/auth/accounts';
import { accounts, authAttempts, authIdentities, authOneTimeTokens, authPasskeys, authSessions, authTotp } from '@plinth/auth/data';
import { IDENTITY_STORE } from '@plinth/auth/oidc';
import { PASSKEY_STORE } from '@plinth/auth/passkeys';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, type AccountsApp } from '../account-support.js';
import { totpCode } from '../account-totp.js';
import { startProvider, type FakeProvider } from '../oidc-fake-provider.js';
import { agreedLink, comeBack, linkWith, newPasskey, passkeyAnswer, signInWith, startFlows } from './flow-support.js';

// Two things at once, of which one ends what the other begins.
const TABLES = [accounts, authAttempts, authIdentities, authOneTimeTokens, authPasskeys, authSessions, authTotp];
const MANY = 20;
const many = <T>(make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: MANY }, (_each, index) => make(index)));
const statuses = async (responses: Promise<{ status: number }[]>) => (await responses).map(({ status }) => status);

function suite(start: (provider?: FakeProvider) => Promise<AccountsApp>): void {
  const idOf = async (client: TestClient) => ((await client.get('/account')).json() as { id: string }).id;

  test('whoever signs in with the former password while it is reset or changed is not signed in afterwards [AU-12]', async () => {
    await using t = await start();
    for (const way of ['reset', 'change'] as const) {
      const email = `${way}@example.org`;
      const { id } = await t.app.get(Accounts).create({ email, password: PASSWORD, verified: true });
      const owner = t.browser();
      expect((await owner.post('/account/sign-in', { json: { email, password: PASSWORD } })).status).toBe(200);
      await t.browser().post('/account/password/forgot', { json: { email } });
      const token = await t.token(email);
      const thieves = Array.from({ length: 4 }, () => t.browser());
      // In the queue of hashes, the new one before theirs.
      const over =
        way === 'reset'
          ? t.browser().post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } })
          : owner.post('/account/password', { json: { current: PASSWORD, password: OTHER_PASSWORD } });
      const signedIn = thieves.map((thief) => thief.post('/account/sign-in', { json: { email, password: PASSWORD } }));
      expect((await over).status).toBe(204);
      await Promise.all(signedIn);
      for (const thief of thieves) expect((await thief.get('/account')).status, way).toBe(401);
      expect(await t.app.get(Sessions).list(id), way).toHaveLength(way === 'reset' ? 0 : 1);
    }
  });

  test('an account that is removed while its owner does something else leaves nothing behind [AU-09]', async () => {
    await using provider = await startProvider();
    await using t = await start(provider);
    for (const round of [0, 1, 2]) {
      const email = `person${round}@example.org`;
      const { id } = await t.app.get(Accounts).create({ email, password: PASSWORD, verified: true });
      const client = t.browser();
      expect((await client.post('/account/sign-in', { json: { email, password: PASSWORD } })).status).toBe(200);
      const passkey = await newPasskey(client);
      const link = await agreedLink(provider, client, { sub: email });
      const others = [
        client.post('/account/passkeys', passkey),
        comeBack(client, link),
        client.post('/account/second-factor/totp'),
        t.browser().post('/account/sign-in', { json: { email, password: PASSWORD } }),
        t.browser().post('/account/password/forgot', { json: { email } }),
      ];
      for (let turn = 0; turn < round * 4; turn++) await new Promise(setImmediate);
      const removed = await statuses(Promise.all(Array.from({ length: 3 }, () => client.delete('/account'))));
      await Promise.all(others);
      expect(
        removed.every((status) => [204, 401, 404].includes(status)),
        String(removed),
      ).toBe(true);
      await t.app
        .get(Accounts)
        .remove(id)
        .catch(() => undefined);
      expect(await t.app.get(ACCOUNT_STORE).find(id)).toBeUndefined();
      expect(await t.app.get(PASSKEY_STORE).count(id), 'passkeys').toBe(0);
      expect(await t.app.get(IDENTITY_STORE).list(id), 'identities').toEqual([]);
      expect(await t.app.get(Totp).disable(id), 'authenticators').toBe(false);
      expect(await t.app.get(Sessions).list(id), 'sessions').toEqual([]);
    }
  });

  test('of many confirmations, resets, and changes of address with one token each one is done, and none fails otherwise [AU-09]', async () => {
    await using t = await start();
    const client = t.browser();
    await client.post('/account/register', { json: { email: ADA, password: PASSWORD } });
    const cookies = { '__Host-registration': client.cookies.get('__Host-registration')! };
    const token = await t.token(ADA);
    const confirmed = await statuses(many(() => t.browser().post('/account/register/confirm', { json: { token }, cookies })));
    expect(confirmed.filter((status) => status === 200)).toHaveLength(1);
    expect(confirmed.filter((status) => status === 422)).toHaveLength(MANY - 1);
    expect((await client.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } })).status).toBe(200);
    await client.post('/account/email', { json: { email: 'new@example.org' } });
    const link = await t.token('new@example.org');
    const moved = await statuses(many(() => client.post('/account/email/confirm', { json: { token: link } })));
    expect(moved.filter((status) => status === 204)).toHaveLength(1);
    expect(
      moved.every((status) => [204, 401, 422].includes(status)),
      String(moved),
    ).toBe(true);
  });

  test('a reset and a change of the password at the same time: one of them stands, and only whoever made it may be signed in [AU-12]', async () => {
    await using t = await start();
    for (const email of ['one@example.org', 'two@example.org', 'three@example.org']) {
      await t.app.get(Accounts).create({ email, password: PASSWORD, verified: true });
      const client = t.browser();
      await client.post('/account/sign-in', { json: { email, password: PASSWORD } });
      await t.browser().post('/account/password/forgot', { json: { email } });
      const token = await t.token(email);
      const [reset, change] = await Promise.all([
        answer(t.browser().post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } })),
        answer(client.post('/account/password', { json: { current: PASSWORD, password: 'a third one altogether' } })),
      ]);
      const works = async (password: string) => (await t.browser().post('/account/sign-in', { json: { email, password } })).status === 200;
      const standing = [await works(OTHER_PASSWORD), await works('a third one altogether'), await works(PASSWORD)];
      expect(standing, JSON.stringify([reset, change])).toEqual([reset[0] === 204, change[0] === 204, false]);
      expect([reset[0], change[0]].filter((status) => status === 204)).toHaveLength(1);
    }
  });

  test('an identity that two accounts link at the same time is that of one, and a removed account leaves it free [AU-08]', async () => {
    await using provider = await startProvider();
    await using t = await start(provider);
    const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => t.person(`${name}@example.org`)));
    const links = await Promise.all(people.map((client) => agreedLink(provider, client, { sub: 'shared' })));
    const outcomes = await Promise.all(people.map((client, index) => comeBack(client, links[index]!)));
    expect(outcomes.filter((to) => to === '/account')).toHaveLength(1);
    expect(outcomes.filter((to) => to === '/account?error=AUTH_OIDC_LINKED_ELSEWHERE')).toHaveLength(3);
    const owner = people[outcomes.indexOf('/account')]!;
    expect((await owner.delete('/account')).status).toBe(204);
    expect(
      await linkWith(
        provider,
        people.find((each) => each !== owner)!,
        { sub: 'shared' },
      ),
    ).toBe('/account');
  });

  test('one address that a registration, a provider and two changes of address bring at the same time is that of one account [AU-09]', async () => {
    await using provider = await startProvider();
    await using t = await start(provider);
    const shared = 'shared@example.org';
    const movers = [await t.person('one@example.org'), await t.person('two@example.org')];
    const registering = t.browser();
    await registering.post('/account/register', { json: { email: shared, password: PASSWORD } });
    const waiting = await t.token(shared);
    const links: string[] = [];
    for (const mover of movers) {
      expect((await mover.post('/account/email', { json: { email: shared } })).status).toBe(202);
      links.push(await t.token(shared));
    }
    const [confirmed, moved, other, to] = await Promise.all([
      registering.post('/account/register/confirm', { json: { token: waiting } }),
      movers[0]!.post('/account/email/confirm', { json: { token: links[0]! } }),
      movers[1]!.post('/account/email/confirm', { json: { token: links[1]! } }),
      signInWith(provider, t.browser(), { sub: 'shared', email: shared }),
    ]);
    const won = [confirmed.status === 200, moved.status === 204, other.status === 204, to === '/'];
    expect(won.filter(Boolean), JSON.stringify([confirmed.status, moved.status, other.status, to])).toHaveLength(1);
    expect([confirmed, moved, other].every(({ status }) => [200, 204, 409].includes(status))).toBe(true);
    expect(['/', '/sign-in?error=AUTH_OIDC_LINK_FIRST']).toContain(to);
    const all = await t.app.get(Accounts).list();
    expect(all.filter(({ email }) => email === shared)).toHaveLength(1);
    for (const { id, email } of all)
      expect(await t.app.get(IDENTITY_STORE).list(id)).toHaveLength(email === shared && won[3] === true ? 1 : 0);
  });

  test('an authenticator that is confirmed and removed at the same time is there with its codes, or not at all [AU-10]', async () => {
    await using t = await start();
    const client = await t.person();
    const id = await idOf(client);
    for (let round = 0; round < 4; round++) {
      const { secret } = (await client.post('/account/second-factor/totp')).json() as { secret: string };
      const code = totpCode(secret, t.clock.now());
      const both = await Promise.all([
        ...Array.from({ length: 4 }, () => client.post('/account/second-factor/totp/confirm', { json: { code } })),
        ...Array.from({ length: 4 }, () => client.delete('/account/second-factor/totp')),
      ]);
      expect(
        both.every(({ status }) => status < 500),
        both.map(({ status }) => status).join(),
      ).toBe(true);
      const { factors, recoveryCodes } = (await client.get('/account/second-factor')).json() as {
        factors: string[];
        recoveryCodes: number;
      };
      if (factors.length > 0) expect(recoveryCodes).toBeGreaterThan(0);
      await client.delete('/account/second-factor/totp');
      await t.app.get(RecoveryCodes).remove(id);
      await t.clock.advance(60_000);
    }
  });

  test('an account that is closed while somebody signs in is closed to them, also when it is opened again [AU-09]', async () => {
    await using provider = await startProvider();
    await using t = await start(provider);
    const client = await t.person();
    const id = await idOf(client);
    expect(await linkWith(provider, client, { sub: 'ada' })).toBe('/account');
    const { authenticator, json } = await newPasskey(client);
    expect((await client.post('/account/passkeys', { json })).status).toBe(201);
    for (let round = 0; round < 4; round++) {
      const [byPasskey, byProvider, byPassword] = [t.browser(), t.browser(), t.browser()];
      const proof = await passkeyAnswer(byPasskey, authenticator);
      const signingIn = [
        byPasskey.post('/account/sign-in/passkey', proof),
        signInWith(provider, byProvider, { sub: 'ada' }),
        byPassword.post('/account/sign-in', { json: { email: ADA, password: PASSWORD } }),
      ];
      for (let turn = 0; turn < round * 3; turn++) await new Promise(setImmediate);
      await t.app.get(Accounts).disable(id);
      await Promise.all(signingIn);
      await t.app.get(Accounts).enable(id);
      for (const each of [byPasskey, byProvider, byPassword]) expect((await each.get('/account')).status).toBe(401);
      expect(await t.app.get(Sessions).list(id)).toEqual([]);
      await t.clock.advance(120_000);
    }
  });
}

describe('flows at once, in memory', () => {
  suite((provider) => startFlows(provider));
});

await describeDialect(
  'flows at once, in SQL',
  { describe, test, beforeAll, afterAll },
  (own) => {
    const start = async (provider?: FakeProvider): Promise<AccountsApp> => {
      const t = await startFlows(provider, { database: own.database.url });
      for (const table of TABLES) await t.app.get(DATABASE).repository(table).deleteMany({ all: true });
      return t;
    };
    suite(start);

    test('an identity that somebody has leaves the transaction of the caller whole [AU-08]', async () => {
      await using t = await start();
      const store = t.app.get(IDENTITY_STORE);
      const record = {
        id: newId(),
        userId: 'ada',
        provider: 'own',
        issuer: 'https://a.example',
        subject: '1',
        email: null,
        linkedAt: 0,
        usedAt: 0,
        tokens: null,
      };
      expect(await store.insert(record)).toBe(true);
      await t.app.get(DATABASE).transaction(async () => {
        expect(await store.insert({ ...record, id: newId(), userId: 'eve' })).toBe(false);
        expect(await store.insert({ ...record, id: newId(), subject: '2' })).toBe(true);
      });
      expect(await store.list('ada')).toHaveLength(2);
    });
  },
  ['sqlite', 'postgres'],
);
