import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addAuthSessionFacts,
  authMigrations,
  createAuthSessions,
  sqlAttemptStore,
  sqlRecoveryCodeStore,
  SqlSessionStore,
  sqlSessionStore,
  sqlTotpStore,
} from '@plinth/auth/data';
import { codeFrom, codeOf, enrolled, start, type Started } from './sign-in-support.js';

/** Everything in one SQL database, as an application of several processes has it. */
function startOnSql(): Promise<Started> {
  const data = DataModule.with({ url: 'sqlite::memory:', migrations: authMigrations, migrate: 'start' });
  const auth = {
    imports: [data],
    sessions: { store: sqlSessionStore },
    secondFactor: { totpStore: sqlTotpStore, recoveryCodeStore: sqlRecoveryCodeStore },
    throttle: { store: sqlAttemptStore },
  };
  return start({ auth, imports: [data] });
}

test('of two sign-ins that send the same code of the app at the same time one gets in, in SQL [AU-10]', async () => {
  await using t = await startOnSql();
  const { secret } = await enrolled(t);
  const browsers = [t.browser(), t.browser()];
  for (const browser of browsers) await browser.signIn('ada');
  const code = codeOf(secret, t.clock);
  const answers = await Promise.all(browsers.flatMap((browser) => [browser.totp(code), browser.copy().totp(code)]));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('of two sign-ins that send the same recovery code at the same time one gets in, in SQL [AU-10]', async () => {
  await using t = await startOnSql();
  const { recoveryCodes } = await enrolled(t);
  const browsers = [t.browser(), t.browser()];
  for (const browser of browsers) await browser.signIn('ada');
  const answers = await Promise.all(browsers.map((browser) => browser.recoveryCode(recoveryCodes[0]!)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
  expect(await t.codes.remaining('ada')).toBe(9);
  expect(t.changes.filter(({ change }) => change === 'recovery-code-used')).toHaveLength(1);
});

test('of two hundred wrong codes at once five are looked at, and the sign-in is over, in SQL [AU-10]', async () => {
  await using t = await startOnSql();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada', { data: { returnTo: '/' } });
  await Promise.all(Array.from({ length: 200 }, () => browser.copy().totp('000000')));
  expect(t.events.filter(({ type }) => type === 'totp.used')).toHaveLength(5);
  expect(codeFrom(await browser.totp(codeOf(secret, t.clock)))).toBe('AUTH_SESSION_ENDED');
});

test('the session that opens has its data and not the name, and an id that no row can have ends nothing, in SQL [AU-02]', async () => {
  await using t = await startOnSql();
  const { secret } = await enrolled(t);
  const browser = t.browser();
  await browser.signIn('ada', { data: { returnTo: '/orders' }, remember: true });
  await browser.client.post('/pending/data', { json: { basket: '7' } });
  expect((await browser.totp(codeOf(secret, t.clock))).status).toBe(200);
  expect((await browser.client.get('/data')).json()).toEqual({ data: { basket: '7' }, methods: ['pwd', 'otp'] });
  expect(codeFrom(await browser.client.delete('/account/sessions/no-uuid'))).toBe('AUTH_SESSION_UNKNOWN');
  expect((await browser.client.delete('/account/sessions')).json()).toEqual({ ended: 1 });
});

await describeDialect('sessions in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  test('no session has an id that is no UUID, whatever the column says to it [AU-02]', async () => {
    const database = suite.database.open({ migrations: [createAuthSessions, addAuthSessionFacts] });
    await database.migrate.up();
    const store = new SqlSessionStore(database);
    for (const id of ['no-uuid', '', '__proto__', 'a'.repeat(10_000)]) expect(await store.remove('ada', id)).toBe(false);
    await database.close();
  });
});
