import { provideClass } from '@plinth/core';
import { DATABASE } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiKeys, OneTimeTokens, RecoveryCodes, REFRESH_STORE, RefreshTokens, Sessions, Totp, type RefreshFilter } from '@plinth/auth';
import { ACCOUNT_STORE, Accounts } from '@plinth/auth/accounts';
import {
  accounts,
  authApiKeys,
  authAttempts,
  authOneTimeTokens,
  authRecoveryCodes,
  authRefreshTokens,
  authSessions,
  authTotp,
  SqlRefreshStore,
} from '@plinth/auth/data';
import { ADA, answer, OTHER_PASSWORD, PASSWORD, startAccounts, type AccountsApp } from './account-support.js';

/** What a crash in the middle looks like: a step after the first ones fails. */
let crashes = false;
class CrashingStore extends SqlRefreshStore {
  override async removeAll(filter: RefreshFilter): Promise<number> {
    if (crashes) throw new Error('the process ends here');
    return super.removeAll(filter);
  }
}

const TABLES = [accounts, authApiKeys, authOneTimeTokens, authRecoveryCodes, authRefreshTokens, authSessions, authTotp];
const AT_ONCE = 50;

await describeDialect(
  'accounts over SQL',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    const start = async (): Promise<AccountsApp> => {
      crashes = false;
      const refresh = { store: provideClass(REFRESH_STORE, CrashingStore, { deps: [DATABASE] }) };
      const t = await startAccounts({ database: suite.database.url, auth: { refresh } });
      for (const table of [...TABLES, authAttempts]) await t.app.get(DATABASE).repository(table).deleteMany({ all: true });
      return t;
    };
    const rows = (t: AccountsApp) => Promise.all(TABLES.map((table) => t.app.get(DATABASE).repository(table).count()));

    test('the life of an account: registration, sign-in, a new password, a new address, the end', async () => {
      await using t = await start();
      const client = await t.person();
      expect(await answer(client.post('/account/password', { json: { current: PASSWORD, password: OTHER_PASSWORD } }))).toEqual([
        204,
        undefined,
      ]);
      await t.mail(ADA);
      const other = t.browser();
      expect((await answer(other.post('/account/sign-in', { json: { email: ADA, password: OTHER_PASSWORD } })))[0]).toBe(200);
      expect((await client.post('/account/email', { json: { email: 'new@example.org' } })).status).toBe(202);
      expect((await client.post('/account/email/confirm', { json: { token: await t.token('new@example.org') } })).status).toBe(204);
      expect((await other.get('/account')).status).toBe(401);
      expect((await client.get('/account')).json()).toMatchObject({ email: 'new@example.org' });
      expect((await client.delete('/account')).status).toBe(204);
      await t.settled();
      expect(await rows(t)).toEqual(TABLES.map(() => 0));
    });

    test(`of ${AT_ONCE} confirmations of one address at the same time one makes the account [AU-09]`, async () => {
      await using t = await start();
      const client = t.browser();
      await client.post('/account/register', { json: { email: ADA, password: PASSWORD } });
      const tokens = t.app.get(OneTimeTokens);
      const { data } = await tokens.find('account.register', await t.token(ADA));
      const issue = (index: number) => tokens.issue({ purpose: 'account.register', subject: `browser ${index}`, lifetime: 60, data });
      const issued = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => issue(index)));
      const cookies = { '__Host-registration': client.cookies.get('__Host-registration')! };
      const confirm = (token: string) => t.browser().post('/account/register/confirm', { json: { token }, cookies });
      const answers = await Promise.all(issued.map(({ token }) => answer(confirm(token))));
      expect(answers.filter(([status]) => status === 200)).toHaveLength(1);
      expect(answers.filter(([, code]) => code === 'AUTH_ACCOUNT_EXISTS')).toHaveLength(AT_ONCE - 1);
      expect(await t.app.get(Accounts).list()).toHaveLength(1);
    });

    test('of several resets with one token at the same time one wins, and its password is the one [AU-12]', async () => {
      await using t = await start();
      await t.person();
      await t.browser().post('/account/password/forgot', { json: { email: ADA } });
      const token = await t.token(ADA);
      const passwords = Array.from({ length: 4 }, (_, index) => `the password number ${index} of many`);
      const reset = (password: string) => answer(t.browser().post('/account/password/reset', { json: { token, password } }));
      const answers = await Promise.all(passwords.map(reset));
      const won = answers.findIndex(([status]) => status === 204);
      expect(answers.filter(([status]) => status === 204)).toHaveLength(1);
      expect(answers.filter(([, code]) => code === 'AUTH_ONE_TIME_TOKEN')).toHaveLength(3);
      const signIn = (password: string) => t.browser().post('/account/sign-in', { json: { email: ADA, password } });
      expect((await signIn(passwords[won]!)).status).toBe(200);
      expect((await signIn(PASSWORD)).status).toBe(401);
    });

    test('a reset that fails half way leaves the password, the token and the sessions as they were', async () => {
      await using t = await start();
      const client = await t.person();
      await t.browser().post('/account/password/forgot', { json: { email: ADA } });
      const token = await t.token(ADA);
      const reset = () => t.browser().post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } });
      crashes = true;
      expect((await reset()).status).toBe(500);
      expect(t.app.logs.errors()).toHaveLength(1);
      crashes = false;
      expect((await client.get('/account')).status).toBe(200);
      expect((await t.browser().post('/account/sign-in', { json: { email: ADA, password: PASSWORD } })).status).toBe(200);
      expect((await reset()).status).toBe(204);
      expect((await client.get('/account')).status).toBe(401);
      expect((await t.browser().post('/account/sign-in', { json: { email: ADA, password: OTHER_PASSWORD } })).status).toBe(200);
    });

    test('a removal takes everything of the account, and nothing of another; or nothing where it fails', async () => {
      await using t = await start();
      const [ada, bob] = [await furnished(t, ADA), await furnished(t, 'bob@example.org')];
      const before = await rows(t);
      expect(
        before.every((count) => count >= 2),
        String(before),
      ).toBe(true);
      crashes = true;
      await expect(t.app.get(Accounts).remove(ada)).rejects.toThrow('the process ends here');
      expect(await rows(t)).toEqual(before);
      crashes = false;
      await t.app.get(Accounts).remove(ada);
      expect(await rows(t)).toEqual(before.map((count) => count / 2));
      expect(await t.app.get(ACCOUNT_STORE).find(ada)).toBeUndefined();
      expect(await t.app.get(Sessions).list(bob)).toHaveLength(1);
      await expect(t.app.get(Accounts).remove(ada)).rejects.toMatchObject({ code: 'AUTH_ACCOUNT_NONE' });
    });

    test('a removal can be part of a transaction of the application', async () => {
      await using t = await start();
      const id = await furnished(t, ADA);
      const remove = () => t.app.get(DATABASE).transaction(() => t.app.get(Accounts).remove(id));
      await remove();
      expect(await rows(t)).toEqual(TABLES.map(() => 0));
    });
  },
  ['sqlite', 'postgres', 'mysql'],
);

/** An account with one of everything. */
async function furnished({ app }: AccountsApp, email: string): Promise<string> {
  const { id } = await app.get(Accounts).create({ email });
  await app.get(Totp).enrol(id, email);
  await app.get(RecoveryCodes).generate(id);
  await app.get(Sessions).create(id, { methods: ['pwd'] });
  await app.get(ApiKeys).create({ owner: id, name: 'key' });
  await app.get(RefreshTokens).issue(id);
  await app.get(OneTimeTokens).issue({ purpose: 'anything', subject: id, lifetime: 60 });
  return id;
}
